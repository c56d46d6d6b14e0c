import { canonicalBytes } from "../../src/entry/canonical.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import { signEntry, type LogEntry } from "../../src/entry/entry.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { altered, type Line } from "./export-files.ts";
import { GatewayStage, type Name } from "./gateway-stage.ts";
import { fileOf } from "./log-file-stage.ts";

/** A transfer between two gateways with private logs, as either has it in a file, and as beta tells it elsewhere. */
export interface PrivateCopies {
  readonly sessionId: SessionId;
  /** Who tells two stories, and where its log becomes two. */
  readonly beta: GatewayId;
  readonly index: number;
  readonly ofAlpha: string;
  readonly ofBeta: string;
  /** Beta's file with other last entries, signed and closed by itself. */
  readonly forked: string;
}

/** The last entries of beta's log: nobody answers them, so that each of the two stories is whole by itself. */
const FORKED = 2;

export async function privateCopies(): Promise<PrivateCopies> {
  const stage = new GatewayStage("local");
  await stage.start();
  try {
    const sessionId = await stage.transfer("alpha");
    await stage.untilClosed(sessionId);
    await stage.clock.pass(1_000); // the rest of a closed log is on its way
    const [ofAlpha, ofBeta] = [await fileBy(stage, "alpha", sessionId), await fileBy(stage, "beta", sessionId)];
    const { gatewayId, log } = stage.parties.beta;
    const entries = await log.read(sessionId, gatewayId, { from: 0, limit: 250 });
    const index = entries.length - FORKED;
    const forked = await withOther(stage, ofBeta, entries, index);
    return { sessionId, beta: gatewayId, index, ofAlpha, ofBeta, forked };
  } finally {
    await stage.stop();
  }
}

async function fileBy(stage: GatewayStage, name: Name, sessionId: SessionId): Promise<string> {
  const text = await fileOf({ store: stage.parties[name].log, directory: stage.directory }, [sessionId]);
  return altered(text, ([header, ...lines]) => [
    { ...header!, exported: { ...(header!["exported"] as object), by: `gateway ${name}` } },
    ...lines,
  ]);
}

interface Head {
  readonly gatewayId: GatewayId;
}

/** The file with other entries of beta's from an index on, and the closing over them. */
async function withOther(stage: GatewayStage, text: string, entries: readonly LogEntry[], index: number) {
  const { signer } = stage.portsOf("beta");
  const others = new Map<number, object>();
  let last = entries[index - 1]!;
  for (const entry of entries.slice(index)) {
    const changed = { ...entry, timestamp: entry.timestamp + 1, lastEntryHash: last.entryHash };
    last = await signEntry(changed, canonicalBytes({ another: "story" }), signer);
    others.set(entry.index, entryToJson(last));
  }
  const { gatewayId, epoch, entryHash: lastEntryHash } = last;
  const { opening } = await stage.parties.beta.log.session(last.sessionId);
  const closing = await signClosing(opening.facts, { gatewayId, length: entries.length, lastEntryHash, epoch }, signer);
  return altered(text, (lines) => {
    for (const line of lines) {
      const other = entryOf(line, gatewayId);
      if (other !== undefined && others.has(other)) Object.assign(line, { entry: others.get(other) });
      else if (line.kind === "closing" && (line["statement"] as Head).gatewayId === gatewayId)
        line["statement"] = closing;
      else if (line.kind === "session")
        for (const log of line["logs"] as Head[])
          if (log.gatewayId === gatewayId) Object.assign(log, { lastEntryHash });
    }
    return undefined;
  });
}

/** Index of an entry of this gateway's. */
function entryOf(line: Line, gatewayId: GatewayId): number | undefined {
  const { entry } = line as { readonly entry?: Head & { readonly index: number } };
  return entry?.gatewayId === gatewayId ? entry.index : undefined;
}
