import { z } from "zod";
import { entryToJson, signedEntrySchema } from "../entry/entry-json.ts";
import type { SignedEntry } from "../entry/entry.ts";
import type { GatelogError } from "../entry/errors.ts";
import type { SessionId } from "../entry/hex.ts";
import { parseAs } from "../entry/parse.ts";
import { sessionHashOf, type SessionOpening } from "../entry/session.ts";
import type { ClosingStatement, DecisionStatement } from "../entry/statements.ts";
import { closingStatementSchema, decisionStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
import type { Row } from "./sqlite-file.ts";

/** Something signed that is on its way to a store. */
export type OutboxContent =
  | { readonly kind: "opening"; readonly sessionId: SessionId; readonly opening: SessionOpening }
  | { readonly kind: "entry"; readonly sessionId: SessionId; readonly entry: SignedEntry }
  | { readonly kind: "closing"; readonly sessionId: SessionId; readonly closing: ClosingStatement }
  | { readonly kind: "decision"; readonly sessionId: SessionId; readonly statement: DecisionStatement };

export type OutboxItem = OutboxContent & {
  /** Order in which items were put. */
  readonly id: number;
  /** What one call wrote shares it, an opening and its first entries too: it goes to the store together or not at all. */
  readonly group: number;
};

/** An item that the store will never take, kept with the reason. */
export type SetAsideItem = OutboxItem & { readonly refusal: GatelogError };

const contentSchemas = {
  opening: sessionOpeningSchema.transform((opening) => ({ kind: "opening", opening }) as const),
  entry: signedEntrySchema.transform((entry) => ({ kind: "entry", entry }) as const),
  closing: closingStatementSchema.transform((closing) => ({ kind: "closing", closing }) as const),
  decision: decisionStatementSchema.transform((statement) => ({ kind: "decision", statement }) as const),
};

const itemRowSchema = z.object({
  id: z.int(),
  group: z.int(),
  session_id: z.string(),
  kind: z.enum(["opening", "entry", "closing", "decision"]),
  body: z.string(),
});
/** Where an item belongs; of entries, one slot holds one only. */
export function slotOf(content: OutboxContent): string {
  if (content.kind !== "entry") return `${content.sessionId} ${content.kind}`;
  const { gatewayId, epoch, index } = content.entry;
  return `${content.sessionId} ${gatewayId} ${epoch} ${index}`;
}

/** What makes two items of a slot the same: other signature bytes do not make another item. */
export function keyOf(content: OutboxContent): string {
  switch (content.kind) {
    case "entry":
      return content.entry.entryHash;
    case "opening":
      return `${sessionHashOf(content.opening.facts)} ${content.opening.epoch}`;
    case "closing":
      return `${content.closing.gatewayId} ${content.closing.length} ${content.closing.lastEntryHash} ${content.closing.epoch}`;
    case "decision":
      return `${content.statement.decision} ${content.statement.ground} ${content.statement.epoch}`;
  }
}

/** JSON of the content; MALFORMED if it could not be read again. */
export function bodyOf(content: OutboxContent): string {
  switch (content.kind) {
    case "entry": {
      const json = entryToJson(content.entry);
      parseAs(signedEntrySchema, json, "MALFORMED", "the entry");
      return JSON.stringify(json);
    }
    case "opening":
      return JSON.stringify(parseAs(sessionOpeningSchema, content.opening, "MALFORMED", "the opening"));
    case "closing":
      return JSON.stringify(parseAs(closingStatementSchema, content.closing, "MALFORMED", "the closing"));
    case "decision":
      return JSON.stringify(parseAs(decisionStatementSchema, content.statement, "MALFORMED", "the decision"));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The schema then refuses it.
  }
}

/** The item of a row, or undefined if it is not what was written. */
export function itemFromRow(row: Row): OutboxItem | undefined {
  const parsed = itemRowSchema.safeParse(row);
  if (!parsed.success) return undefined;
  const { id, group, session_id: sessionId, kind, body } = parsed.data;
  const content = contentSchemas[kind].safeParse(parseJson(body));
  return content.success ? { ...content.data, sessionId, id, group } : undefined;
}
