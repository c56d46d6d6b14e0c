import type { LogView } from "../../src/protocol/marks.ts";
import type { SessionState } from "../../src/protocol/state.ts";
import { peerStateOf } from "./core.ts";
import { isBeside, meaningOf } from "./entries.ts";

// States with one key do the same, now and for ever: what a state holds and will never ask for again is left out of it, and so
// are numbers, times, hashes and reasons. Leaving out too much would hide states: `twins.ts` compares those taken for one.

/** Members that stay as they are, or are part of the key in another form. */
const APART = new Set(["role", "facts", "sessionHash", "own", "peer", "terms", "seqNumber"]);
const UNTOLD = new Set(["reason", "code", "transactionHash", "blockNumber"]);

const viewKeys = new WeakMap<LogView, string>();

export function stateKey(state: SessionState): string {
  const { own, peer } = state;
  if (own.closed) return `closed ${isUndoing(state)} ${own.marks.get("ack-prepare")?.vote}`;
  const forgotten = forgottenOf(state);
  const rest = Object.entries(state)
    .filter(([name, value]) => !APART.has(name) && value !== undefined && value !== false && !forgotten.has(name))
    .map(
      ([name, value]) =>
        `${name}=${name === "verdict" ? verdictKey(state) : name === "backupVerdict" ? "" : flat(value)}`,
    );
  const heard = isUndoing(state) ? besideKey(peer) : viewKey(peer);
  return `${viewKey(own)} / ${heard} / ${state.terms === null} ${rest.join(" ")}`;
}

/** Whoever undoes its part goes by the ledgers alone, and by no entry of the peer's but those of a recovery. */
export function isUndoing({ own }: Pick<SessionState, "own">): boolean {
  return own.marks.has("init-rollback");
}

/** Which entries stand in the log, with votes and verdicts. */
function viewKey(view: LogView): string {
  const known = viewKeys.get(view);
  if (known !== undefined) return known;
  const along = [...view.marks.values()]
    .filter(({ mark }) => !isBeside(mark))
    .map(({ mark, vote, payload }) => `${mark}${vote === "none" ? "" : `:${vote}`}${meaningOf(payload ?? null)}`);
  const key = `${along.sort().join(",")}|${view.last?.mark}|${besideKey(view)}`;
  viewKeys.set(view, key);
  return key;
}

/** Which entries stand beside the order, in which order, and whether the log ends with one: a handshake goes by that. */
function besideKey({ marks, lastEntryHash }: LogView): string {
  const beside = [...marks.values()].filter(({ mark }) => isBeside(mark)).sort((a, b) => a.index - b.index);
  const isLast = beside.at(-1)?.entryHash === lastEntryHash;
  return beside.map(({ entryHash }) => `#${short(entryHash)}`).join("") + (isLast ? "." : "");
}

/** Why a gateway aborts is told to people; the protocol asks only whether it does. */
function forgottenOf(state: SessionState): ReadonlySet<string> {
  const { role, facts, own, decision, abortWish, deadlinePassed, contact } = state;
  const forgotten = new Set<string>();
  if (isJudged(state)) forgotten.add("verdict");
  if (isBackupAnswered(state)) forgotten.add("backupVerdict");
  if (contact === peerStateOf(state)) forgotten.add("contact");
  const isBound = decision !== "NONE" || isUndoing(state) || own.marks.has("exec-commit-final");
  if (isBound || (role === "origin" && own.marks.has("done-burn")))
    return forgotten.add("abortWish").add("deadlinePassed");
  if (role === "origin" && deadlinePassed && abortWish) return forgotten.add("abortWish");
  if (role === "destination" && facts.register === "log" && own.marks.has("ack-prepare"))
    return forgotten.add("abortWish");
  return forgotten;
}

/** What is logged is not judged anew. */
function isJudged({ own: { marks }, peer, verdict }: SessionState): boolean {
  const what = verdict?.index === peer.marks.get("init-proposal")?.index ? "proposal" : "lock-assert";
  return marks.has(`done-${what}`) || marks.has(`fail-${what}`);
}

/** It is asked for again of each RECOVER, and is of use until that has its answer. */
function isBackupAnswered({ own, peer, backupVerdict }: SessionState): boolean {
  const asked = peer.marks.get("init-recover");
  return asked?.index !== backupVerdict?.index || own.marks.get("ack-recover-update")?.causedBy === asked?.entryHash;
}

function verdictKey({ verdict, peer }: SessionState): string {
  const judged = [...peer.marks.values()].find(({ index }) => index === verdict?.index);
  return `${judged?.mark} ${verdict?.verdict.accepted}`;
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return value.map((hash) => short(String(hash))).join(",");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .filter(([name]) => !UNTOLD.has(name))
    .map(([name, member]) => `${name}:${String(member)}`)
    .join(";");
}

function short(hash: string): string {
  return hash.replace(/^0x0*/, "");
}
