import { REGISTRY_EVENTS } from "../../src/audit/reading/event-decoder.ts";
import type { FindingCode } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { packHeader, type LogEntry } from "../../src/entry/entry.ts";
import { toHex, ZERO_HASH, type Hash } from "../../src/entry/hex.ts";
import { splitSignature, type DigestSigner } from "../../src/entry/signature.ts";
import { statementDigest, type Statements } from "../../src/entry/statements.ts";
import { sampleSigner } from "../../test/support/sample-log.ts";
import { identityOf, restsOnKey } from "./dues.ts";
import type { Mutation } from "./mutation.ts";
import { endOf, OTHER_TRANSACTION } from "./pieces.ts";
import { altered, placeOf, type Known, type Subject } from "./subject.ts";

/** What mutations that sign something have in common. */

export type Forger = (subject: Subject) => Promise<Mutation | undefined>;

/** Somebody whom no gateway has ever named. */
export const STRANGER = sampleSigner("a stranger");

export async function sign<Name extends keyof Statements>(
  { domain }: Subject,
  signer: DigestSigner,
  name: Name,
  statement: Statements[Name],
): Promise<{ r: Hash; vs: Hash }> {
  return splitSignature(await signer.signDigest(statementDigest(domain, name, statement)));
}

export function changed(
  subject: Subject,
  known: Known,
  values: Readonly<Record<string, unknown>>,
  row: string,
  codes: readonly FindingCode[],
): Mutation {
  return {
    row,
    what: `${known.event.kind} at ${placeOf(known.log)}`,
    recording: subject.withLog(known.place, altered(known.log, values)),
    due: [{ ...identityOf(known), codes }],
    may: restsOnKey(subject, known),
  };
}

export function pick<Item>({ random }: Subject, items: readonly Item[]): Item | undefined {
  return items.length === 0 ? undefined : random.pick(items);
}

/** Behind everything that there is. */
function behindAll({ recording }: Subject, log: RawLog): RawLog {
  return { ...log, ...endOf(recording.logs), transactionHash: OTHER_TRANSACTION };
}

export function append(subject: Subject, log: RawLog, row: string, due: Mutation["due"]): Mutation {
  const given = behindAll(subject, log);
  return { row, what: `at ${placeOf(given)}`, recording: subject.withLogs([...subject.recording.logs, given]), due };
}

export function made(log: RawLog, name: string, values: readonly unknown[]): RawLog {
  const { data, topics } = REGISTRY_EVENTS.encodeEventLog(name, [...values]);
  return { ...log, data: toHex(data), topics: topics.map(toHex) };
}

/** An entry as the values of its event. */
export function valuesOf(entry: LogEntry): Readonly<Record<string, unknown>> {
  const { causedBy, lastEntryHash, payloadHash, payload, signature } = entry;
  const words = signature === null ? { r: ZERO_HASH, vs: ZERO_HASH } : splitSignature(signature);
  return { header: packHeader(entry), causedBy, lastEntryHash, payloadHash, payload, ...words };
}
