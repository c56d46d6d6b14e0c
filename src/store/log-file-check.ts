import { GatelogError } from "../entry/errors.ts";
import type { Address, GatewayId, SessionId } from "../entry/hex.ts";
import type { RegistryDomain } from "../entry/statements.ts";
import { checkGatewayLine } from "./log-file-gateway.ts";
import { LogFileSession, type FileKeys } from "./log-file-session.ts";
import type { GatewayLine, LogFileEnd, LogFileHeader, LogFileRecord, SessionLine } from "./log-file.ts";

export type LogFileCounts = Omit<LogFileEnd, "kind" | "sha256" | "lines" | "proofs"> & { readonly proofs: number };

/** What stands under a session. */
type OfSession = Extract<LogFileRecord, { kind: "entry" | "decision" | "closing" | "closed" | "proof" }>;

/** Sessions, and gateways, of one file: their ids are remembered, about 100 bytes each. */
const MAX_SESSIONS = 1_000_000;

/**
 * What must hold of a file's records, in their order; the writer and the reader ask it alike, so that nothing is written that
 * cannot be read. It holds one session at a time, and no entry.
 *
 * Errors: those of the single records (`log-file-session.ts`), MALFORMED for everything about the file as a whole.
 */
export class LogFileCheck {
  readonly #withSignatures: boolean;
  readonly #keys = new Map<GatewayId, ReadonlyMap<number, Address>>();
  readonly #sessions = new Set<SessionId>();
  readonly #counts = { gateways: 0, sessions: 0, entries: 0, decisions: 0, closings: 0, skipped: 0, proofs: 0 };
  #header: LogFileHeader | undefined;
  #session: LogFileSession | undefined;
  #ended = false;

  constructor(options: { readonly withSignatures: boolean }) {
    this.#withSignatures = options.withSignatures;
  }

  get counts(): LogFileCounts {
    return { ...this.#counts };
  }

  take(record: LogFileRecord): void {
    if (this.#ended) throw wrong("nothing stands behind the end");
    if ((record.kind === "header") === (this.#header !== undefined))
      throw wrong(record.kind === "header" ? "a second header" : "a log file begins with its header");
    switch (record.kind) {
      case "header":
        this.#header = record;
        break;
      case "gateway":
        this.#takeGateway(record);
        break;
      case "session":
        this.#takeSession(record);
        break;
      case "skipped":
        this.#takeSkipped(record.sessionId);
        break;
      case "end":
        this.#takeEnd(record);
        break;
      default:
        this.#takeOfSession(record);
    }
  }

  #takeSkipped(sessionId: SessionId): void {
    this.#close();
    this.#name(sessionId);
    if (this.#need().sessions !== "all") throw wrong("a session that was asked for by name is not skipped");
    this.#counts.skipped += 1;
  }

  #takeOfSession(record: OfSession): void {
    if (this.#session === undefined) throw wrong(`a record of kind ${record.kind} before any session`);
    switch (record.kind) {
      case "entry":
        this.#session.entry(record);
        this.#counts.entries += 1;
        break;
      case "decision":
        this.#session.decision(record);
        this.#counts.decisions += 1;
        break;
      case "closing":
        this.#session.closing(record);
        this.#counts.closings += 1;
        break;
      case "proof":
        this.#session.proof(record);
        this.#counts.proofs += 1;
        break;
      case "closed":
        this.#session.closed(record);
    }
  }

  #takeGateway(line: GatewayLine): void {
    const { gatewayId, keys } = line;
    if (this.#keys.has(gatewayId)) throw wrong("the gateway stands in the file already");
    if (this.#keys.size >= MAX_SESSIONS) throw tooMany("gateways");
    const { source } = this.#need();
    const domain: RegistryDomain | null = source.kind === "chain" ? source : null;
    if (domain === null && line.chain !== null) throw wrong("a place on chain goes with a file from a chain");
    checkGatewayLine(line, domain, this.#withSignatures);
    this.#keys.set(gatewayId, new Map(keys.map(({ epoch, key }) => [epoch, key])));
    this.#counts.gateways += 1;
  }

  #takeSession(line: SessionLine): void {
    this.#close();
    const { sessions, source } = this.#need();
    const { sessionId, origin, destination } = line.opening.facts;
    this.#name(sessionId);
    if (sessions !== "all" && !sessions.includes(sessionId)) throw wrong("a session that was not asked for");
    for (const { gatewayId } of [origin, ...(destination === null ? [] : [destination])]) this.#keysOf(gatewayId);
    if (source.kind === "chain" && line.opening.facts.log !== null && line.opening.facts.register === "log") {
      const { chainId, registry } = line.opening.facts.log;
      if (chainId !== source.chainId || registry !== source.registry)
        throw wrong("the session's register is another one");
    }
    const upTo = source.kind === "chain" ? source.block.number : null;
    this.#session = new LogFileSession(line, upTo, this.#withSignatures ? this.#keyOf : null);
    this.#counts.sessions += 1;
  }

  #takeEnd(end: LogFileEnd): void {
    this.#close();
    const { sessions } = this.#need();
    for (const member of ["gateways", "sessions", "entries", "decisions", "closings", "skipped", "proofs"] as const) {
      const [expected, actual] = [end[member] ?? 0, this.#counts[member]];
      if (expected !== actual)
        throw new GatelogError("MALFORMED", `the file has ${actual} ${member}, and its end says ${expected}`, {
          ...{ member, expected, actual },
        });
    }
    if (sessions !== "all" && sessions.length !== this.#counts.sessions)
      throw wrong("a session that was asked for is missing");
    this.#ended = true;
  }

  #close(): void {
    this.#session?.end();
    this.#session = undefined;
  }

  #name(sessionId: SessionId): void {
    if (this.#sessions.has(sessionId)) throw wrong("the session stands in the file already");
    if (this.#sessions.size >= MAX_SESSIONS) throw tooMany("sessions");
    this.#sessions.add(sessionId);
  }

  #need(): LogFileHeader {
    if (this.#header === undefined) throw wrong("a log file begins with its header");
    return this.#header;
  }

  #keysOf(gatewayId: GatewayId): ReadonlyMap<number, Address> {
    const keys = this.#keys.get(gatewayId);
    if (keys === undefined)
      throw new GatelogError("UNKNOWN_GATEWAY", "a session's gateways stand in the file before it", { gatewayId });
    return keys;
  }

  readonly #keyOf: FileKeys = (gatewayId, epoch) => {
    const key = this.#keysOf(gatewayId).get(epoch);
    if (key !== undefined) return key;
    throw new GatelogError("STALE_EPOCH", `the gateway had no key in epoch ${epoch}`, { gatewayId, actual: epoch });
  };
}

function wrong(message: string): GatelogError {
  return new GatelogError("MALFORMED", message);
}

function tooMany(what: string): GatelogError {
  return new GatelogError("TOO_LARGE", `at most ${MAX_SESSIONS} ${what} are in one file`, { maximum: MAX_SESSIONS });
}
