import { canonicalBytes, isJsonObject, type Json } from "../../src/entry/canonical.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { toHex, ZERO_HASH, type Hash } from "../../src/entry/hex.ts";
import { COMMANDS, STEPS } from "../../src/entry/vocabulary.ts";
import { BESIDE_ORDER, type Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { EntryDraft, SessionState } from "../../src/protocol/state.ts";

/** An entry by what it says: numbers, times and what a payload tells only to people make no difference between two. */
export interface ModelEntry {
  readonly key: string;
  readonly number: number;
  readonly mark: Mark;
  readonly role: Role;
  readonly draft: EntryDraft;
  readonly payload: Uint8Array;
  readonly hash: Hash;
  /** How many RECOVERs its writer had logged before this one; two of them are not the same entry. */
  readonly generation: number;
}

/** Entries that become durable, or are read, together. */
export interface Group {
  readonly id: number;
  readonly label: string;
  readonly entries: readonly ModelEntry[];
  /** All of it stands beside the order: the recovery handshake. */
  readonly isRecovery: boolean;
  /** All of it is what its writer makes of the peer: nobody else goes by that. */
  readonly isPeerState: boolean;
}

export const PEER_STATE_MARKS: ReadonlySet<Mark> = new Set<Mark>(["fail-peer", "done-peer"]);
export const RECOVERY_MARKS: ReadonlySet<Mark> = new Set(BESIDE_ORDER.filter((mark) => !PEER_STATE_MARKS.has(mark)));

export function isBeside(mark: Mark): boolean {
  return PEER_STATE_MARKS.has(mark) || RECOVERY_MARKS.has(mark);
}

/** Entries and groups of one exploration, each kept once. */
export class Entries {
  readonly groups: Group[] = [];
  readonly #byKey = new Map<string, ModelEntry>();
  readonly #byHash = new Map<Hash, ModelEntry>();
  readonly #groupByKey = new Map<string, Group>();

  drafted(state: SessionState, drafts: readonly EntryDraft[]): Group {
    return this.group(drafts.map((draft) => this.#entry(state, draft)));
  }

  group(entries: readonly ModelEntry[]): Group {
    const key = entries.map((entry) => entry.key).join(" ");
    const known = this.#groupByKey.get(key);
    if (known) return known;
    const made = {
      id: this.groups.length,
      label: entries.map(({ mark, draft: { vote } }) => (vote === "none" ? mark : `${mark}:${vote}`)).join(" "),
      entries,
      isRecovery: entries.every(({ mark }) => RECOVERY_MARKS.has(mark)),
      isPeerState: entries.every(({ mark }) => PEER_STATE_MARKS.has(mark)),
    };
    this.groups.push(made);
    this.#groupByKey.set(key, made);
    return made;
  }

  /** The entry as it stands next in the log that `state` knows as `log`. */
  asLogged(entry: ModelEntry, state: SessionState, log: "own" | "peer"): LogEntry {
    const { facts, sessionHash, seqNumber } = state;
    const { draft, payload, hash } = entry;
    return {
      version: 1,
      sessionId: facts.sessionId,
      sessionHash,
      gatewayId: (entry.role === "origin" ? facts.origin : facts.destination)?.gatewayId ?? ZERO_HASH,
      epoch: 1,
      index: state[log].length,
      seqNumber: seqNumber + 1,
      step: STEPS[draft.step],
      operation: draft.operation,
      vote: draft.vote,
      command: COMMANDS[draft.command],
      timestamp: 0,
      causedBy: draft.causedBy,
      payloadHash: ZERO_HASH,
      lastEntryHash: state[log].lastEntryHash,
      payload,
      entryHash: hash,
      signature: null,
    };
  }

  #entry({ role, own }: SessionState, draft: EntryDraft): ModelEntry {
    const mark: Mark = `${draft.operation}-${draft.command}`;
    const before = mark === "init-recover" ? own.marks.get(mark)?.entryHash : undefined;
    const generation = before === undefined ? 0 : (this.#byHash.get(before)?.generation ?? 0) + 1;
    // Only the recovery handshake goes by which entry another one answers.
    const answered = RECOVERY_MARKS.has(mark) ? `${draft.causedBy} ${generation}` : "";
    const key = `${role} ${mark} ${draft.vote} ${meaningOf(draft.payload)} ${answered}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const number = this.#byKey.size + 1;
    const hash = toHex(`0x${number.toString(16).padStart(64, "0")}`);
    const made = {
      key,
      number,
      mark,
      role,
      draft,
      payload: canonicalBytes(draft.payload),
      hash,
      generation,
    };
    this.#byKey.set(key, made);
    this.#byHash.set(hash, made);
    return made;
  }
}

/** The members of a payload that the protocol goes by; the audit of twins finds one that is missing here. */
export function meaningOf(payload: Json): string {
  if (!isJsonObject(payload)) return "";
  const { accepted, before, state, isBackup } = payload;
  const isPeerState = before !== undefined;
  const verdict = accepted === true || accepted === false ? accepted : "";
  return `${verdict}${isPeerState ? JSON.stringify(state) : ""}${isBackup === true ? "backup" : ""}`;
}
