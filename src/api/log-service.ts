import type { JsonObject } from "../entry/canonical.ts";
import { entryToJson } from "../entry/entry-json.ts";
import { LENGTH_MAX, type LogEntry, type SignedEntry } from "../entry/entry.ts";
import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { requireSigned } from "../entry/log-check.ts";
import { logEntryRequestSchema, requestFromFigure9, type LogEntryRequest } from "../entry/log-entry-request.ts";
import { readFigure9 } from "../entry/odap-01.ts";
import { parseAs } from "../entry/parse.ts";
import type { Signed } from "./signature-thread.ts";
import { phaseOf } from "../entry/vocabulary.ts";
import { keysOf } from "../store/admission.ts";
import { readEntries } from "../store/log-reader.ts";
import {
  homeOf,
  locatesEntries,
  provesInclusion,
  MAX_ENTRIES_PER_CALL,
  type GatewayDirectory,
  type LogHead,
  type LogStore,
  type SessionRecord,
} from "../store/log-store.ts";
import type { OperatorLog } from "../store/operator-log.ts";
import { LogCopies } from "./log-copies.ts";
import { checkSession, isBareFigure9, isRequest, otherSession, parseEntries, signsForNobody } from "./posted-log.ts";
import { parseSessionId, selectLog, type EntryPlace } from "./log-selection.ts";

export interface LogServiceDeps {
  readonly store: LogStore;
  readonly directory: GatewayDirectory;
  /** Present in a gateway's own service: signs what its operator asks it to log. */
  readonly operator?: OperatorLog;
  /** Recovers signers where it holds up nobody, before the store checks them; the store is right without it, too. */
  readonly recoverAhead?: (signed: readonly Signed[]) => Promise<void>;
}

/** The log API's operations, without HTTP. Thin: the store checks what it takes. */
export class LogService {
  readonly copies: LogCopies;
  readonly #store: LogStore;
  readonly #directory: GatewayDirectory;
  readonly #operator: OperatorLog | undefined;
  readonly #recoverAhead: LogServiceDeps["recoverAhead"];

  constructor(deps: LogServiceDeps) {
    this.copies = new LogCopies(deps);
    this.#store = deps.store;
    this.#directory = deps.directory;
    this.#operator = deps.operator;
    this.#recoverAhead = deps.recoverAhead;
  }

  /** Stores a signed entry or an array of them; has the operator's gateway sign a log-entry request or an entry of Figure 9. */
  async save(sessionId: SessionId | undefined, body: unknown): Promise<number> {
    if (isRequest(body)) return (await this.#make(sessionId, body)).index;
    const entries = await parseEntries(this.#store, Array.isArray(body) ? body : [body], MAX_ENTRIES_PER_CALL);
    const last = entries.at(-1);
    if (last === undefined) throw new GatelogError("MALFORMED", "an entry, or an array of at least one");
    checkSession(sessionId, entries);
    const signed = entries.map(requireSigned);
    await this.#recoverAhead?.(signed.map(({ entryHash, signature }) => ({ digest: entryHash, signature })));
    await this.#store.append(signed);
    return last.index;
  }

  async entry(record: SessionRecord, place: EntryPlace, own: GatewayId | undefined): Promise<LogEntry> {
    const { gatewayId } = selectLog(record, place.gatewayId, own);
    const { sessionId } = record.opening.facts;
    const [entry] = await this.#store.read(sessionId, gatewayId, { from: place.index, limit: 1 });
    if (entry === undefined)
      throw new GatelogError("UNKNOWN_ENTRY", "the log has no such entry", {
        sessionId,
        gatewayId,
        index: place.index,
      });
    return entry;
  }

  async last(record: SessionRecord, log: LogHead): Promise<LogEntry> {
    const { sessionId } = record.opening.facts;
    if (log.length === 0)
      throw new GatelogError("UNKNOWN_ENTRY", "the log has no entry yet", { sessionId, gatewayId: log.gatewayId });
    return this.entry(record, { gatewayId: log.gatewayId, index: log.length - 1 }, undefined);
  }

  /** How an entry is held; see `proofSchema`. */
  async proof(record: SessionRecord, place: EntryPlace, own: GatewayId | undefined): Promise<JsonObject> {
    const entry = await this.entry(record, place, own);
    const { sessionId, gatewayId, index } = entry;
    const run = [entry];
    // A run ends with the entry that carries its signature.
    if (entry.signature === null)
      for await (const next of readEntries(this.#store, sessionId, gatewayId, { from: index + 1, to: LENGTH_MAX })) {
        run.push(next);
        if (next.signature !== null) break;
      }
    const { signature, epoch } = requireSigned(run.at(-1) ?? entry);
    const signer = keysOf(await this.#directory.gateway(gatewayId, epoch))(gatewayId, epoch);
    if (signer === undefined)
      throw new GatelogError("CORRUPT_STORE", `the gateway had no key in epoch ${epoch}`, { gatewayId, epoch });
    const home = await homeOf(this.#store, sessionId);
    const chain = locatesEntries(home) ? await home.locate(entry) : null;
    const inclusion = provesInclusion(home) ? await home.proof(sessionId, gatewayId, index) : null;
    return {
      ...{ entryHash: entry.entryHash, entries: run.map(entryToJson), signature, epoch, signer },
      ...{ durability: home.durability, chain: chain && { ...chain }, inclusion },
    };
  }

  async status(record: SessionRecord): Promise<JsonObject> {
    const { facts } = record.opening;
    const logs = await Promise.all(
      record.logs.map(async (log) => ({ ...log, epoch: (await this.#directory.gateway(log.gatewayId)).epoch })),
    );
    const lasts = await Promise.all(record.logs.filter((log) => log.length > 0).map((log) => this.last(record, log)));
    const { durability } = await homeOf(this.#store, facts.sessionId);
    const latest = lasts.toSorted((left, right) => right.seqNumber - left.seqNumber)[0];
    return {
      sessionId: facts.sessionId,
      sessionHash: record.sessionHash,
      phase: latest === undefined ? null : phaseOf(latest.step),
      step: latest === undefined ? null : latest.step,
      decision: record.decision.decision,
      logs,
      closed: record.closed,
      finality: { durability, decision: record.decision.final },
    };
  }

  /** The entry that a log-entry request, or an entry of Figure 9, amounts to. */
  async #make(sessionId: SessionId | undefined, body: unknown): Promise<SignedEntry> {
    if (isBareFigure9(body)) {
      const entry = readFigure9(body);
      return this.#operate(sessionId ?? entry.sessionId, requestFromFigure9(entry), entry.sessionId);
    }
    const request = parseAs(logEntryRequestSchema, body, "MALFORMED", "the log-entry request");
    return this.#operate(parseSessionId(sessionId), request);
  }

  #operate(sessionId: SessionId, request: LogEntryRequest, named: SessionId = sessionId): Promise<SignedEntry> {
    if (named !== sessionId) throw otherSession(sessionId, named);
    if (this.#operator === undefined) throw signsForNobody();
    return this.#operator.write(sessionId, request);
  }
}
