import { ZERO_HASH } from "../../src/entry/hex.ts";
import type { Identity } from "../../src/protocol/identity.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { EntryDraft, ProtocolEvent, SessionState } from "../../src/protocol/state.ts";
import { WORLD_SESSIONS } from "../support/world-facts.ts";
import type { Bounds, Missing } from "./bounds.ts";
import { burst, type Course, type Doing, type Look } from "./burst.ts";
import { apply, draft, fold, initialState, setupPayload } from "./core.ts";
import type { Entries, Group, ModelEntry } from "./entries.ts";
import { isQuiet, localKey, withoutRecovered, withoutRecovery, type Local, type Parts } from "./local.ts";
import type { RowCounts } from "./rows.ts";

/** As whom a process writes on in an epoch of its own: whose key it is makes no difference to anything. */
const SUCCESSOR: Identity = { epoch: 2, publicKey: `0x02${"11".repeat(32)}`, kind: "FAILOVER", credentials: null };

/** A step of a gateway's own, and what it is behind it. */
export interface Outcome {
  readonly doing: Doing;
  /** Messages left for the peer on the way. */
  readonly hasSent: boolean;
  /** Something had to go wrong for it. */
  readonly isFault: boolean;
  readonly next: number;
}

/** Two moments of a gateway that were taken for one. */
export interface Twins {
  readonly known: Local;
  readonly other: Parts;
}

/**
 * All that one gateway can be, as far as an exploration has come: the real core behind a memory, so that what it does in a state
 * is computed once. A gateway's number, and what happens to it, make its next number.
 */
export class Gateway {
  readonly role: Role;
  readonly rows: RowCounts;
  readonly locals: Local[] = [];
  /** Told whenever two moments are taken for one. */
  onTwins: ((twins: Twins) => void) | undefined;
  readonly bounds: Bounds;
  readonly missing: Missing;
  readonly #entries: Entries;
  readonly #idByKey = new Map<string, number>();
  readonly #moves: Map<string | number, number>[] = [];
  readonly #bursts: Map<number, readonly Outcome[]>[] = [];
  readonly #quiet: boolean[] = [];
  readonly #refolded = new Map<string, SessionState>();
  /** Behind the one entry whose folding is slow: it has the terms. */
  #afterSetup: SessionState | undefined;

  constructor(role: Role, bounds: Bounds, missing: Missing, entries: Entries, rows: RowCounts) {
    this.role = role;
    this.rows = rows;
    this.bounds = bounds;
    this.missing = missing;
    this.#entries = entries;
  }

  local(id: number): Local {
    return this.locals[id]!;
  }

  /** The state before the first entry. */
  start(): number {
    const { facts } = WORLD_SESSIONS[this.bounds.register];
    const state = initialState(this.role, facts, ZERO_HASH);
    const nothing = { pending: null, isStarting: false, isForgetful: false, isGone: false, halted: undefined };
    return this.#intern({ ...nothing, state, own: [], peer: [] });
  }

  /** The origin's first entry, which its shell makes of a client's request, is on its way into the log. */
  open(id: number): number {
    const { terms } = WORLD_SESSIONS[this.bounds.register];
    const local = this.local(id);
    const opening = draft("init-setup", "setup", setupPayload(terms, "model"));
    return this.#intern({ ...local, pending: this.drafted(local.state, [opening]) });
  }

  /** What it may do next, given what it would see of the two ledgers. */
  bursts(id: number, look: Look): readonly Outcome[] {
    const known = this.#bursts[id]!;
    const fixed = known.get(0);
    if (fixed) return fixed;
    const own = 1 + look.own * 2 + Number(look.ownPending);
    const both = own * 32 + 1 + look.peer * 2 + Number(look.peerPending);
    const found = known.get(own) ?? known.get(both);
    if (found) return found;
    const { courses, hasReadOwn, hasReadPeer } = burst(this, this.local(id).state, look);
    const outcomes = courses.map((course) => this.#outcome(this.local(id), course));
    known.set(hasReadPeer ? both : hasReadOwn ? own : 0, outcomes);
    return outcomes;
  }

  /** What is pending is in the log. */
  land(id: number): number {
    return this.#move(id, "land", (local) => this.#landed(local, local.pending!));
  }

  /** What was signed is forgotten, and signed anew: only without an outbox. */
  forget(id: number): number {
    return this.#move(id, "forget", (local) => this.#started({ ...local, pending: null, isForgetful: true }));
  }

  /**
   * Another process goes on in a new epoch, without the disk of this one, which is lost or a former primary's: of what was signed
   * in the old epoch so many entries have landed, and no more will.
   */
  succeed(id: number, landed: number): number {
    return this.#move(id, `succeed ${landed}`, (local) => {
      const entries = local.pending?.entries.slice(0, landed) ?? [];
      const folded = this.#appended(this.#refold(local), "own", entries);
      const state = this.bounds.handshake ? apply(folded, { type: "identified", identity: SUCCESSOR }) : folded;
      return this.#started({ ...local, state, own: [...local.own, ...entries], pending: null });
    });
  }

  hear(id: number, group: Group): number {
    return this.#move(id, group.id, (local) => {
      const peer = [...local.peer, ...group.entries];
      return this.#told({ ...local, peer }, (state) => this.#appended(state, "peer", group.entries));
    });
  }

  tell(id: number, event: ProtocolEvent, key: string): number {
    return this.#move(id, key, (local) => this.#told(local, (state) => apply(state, event)));
  }

  /** The process dies and starts again: logs are left, and what was signed. */
  crash(id: number): number {
    return this.#move(id, "crash", (local) => {
      const crashed = { ...local, state: this.#refold(local) };
      return local.pending ? this.#intern({ ...crashed, isStarting: true }) : this.#started(crashed);
    });
  }

  die(id: number): number {
    return this.#move(id, "die", (local) => this.#intern({ ...local, pending: null, isStarting: false, isGone: true }));
  }

  isQuiet(id: number): boolean {
    return (this.#quiet[id] ??= isQuiet(this.local(id)));
  }

  forgetHandshake(id: number): number {
    return this.#move(id, "quiet", (local) => this.#intern(withoutRecovery(local)));
  }

  drafted(state: SessionState, drafts: readonly EntryDraft[]): Group {
    return this.#entries.drafted(state, drafts);
  }

  #outcome(before: Local, { doing, hasSent, isFault, state }: Course): Outcome {
    const outcome = (next: number) => ({ doing, hasSent, isFault, next });
    if (doing.type === "halt") return outcome(this.#intern({ ...before, halted: doing.why }));
    const rested = { ...before, state: this.#rested(state) };
    if (doing.type !== "sign") return outcome(this.#intern(rested));
    if (this.bounds.appends === "atomic") return outcome(this.#landed({ ...before, state }, doing.group));
    return outcome(this.#intern({ ...rested, pending: doing.group, isForgetful: false }));
  }

  /** Between two bursts some time has passed: what was read is old, and what was sent is sent again. */
  #rested(state: SessionState): SessionState {
    return this.bounds.steps === "burst" ? apply(state, { type: "waited" }) : state;
  }

  #landed(local: Parts, { entries }: Group): number {
    const landed = { ...local, own: [...local.own, ...entries], pending: null };
    const folded = (state: SessionState) => this.#appended(state, "own", entries);
    return local.isStarting ? this.#started({ ...landed, state: folded(local.state) }) : this.#told(landed, folded);
  }

  #started(local: Parts): number {
    return this.#told({ ...local, isStarting: false }, (state) => {
      const restarted = apply(state, { type: "restarted" });
      return this.bounds.handshake ? restarted : { ...restarted, recovery: undefined };
    });
  }

  #told(local: Parts, change: (state: SessionState) => SessionState): number {
    try {
      return this.#intern(withoutRecovered({ ...local, state: this.#rested(change(local.state)) }));
    } catch (error) {
      return this.#intern({ ...local, halted: String(error) });
    }
  }

  /** What is left of a state in the logs. */
  #refold(parts: Parts): SessionState {
    const key = [...parts.own, parts.state.own.closed, ...parts.peer]
      .map((one) => (typeof one === "boolean" ? one : one.number))
      .join(" ");
    const known = this.#refolded.get(key);
    if (known) return known;
    const made = this.#folded(parts);
    this.#refolded.set(key, made);
    return made;
  }

  #folded({ own, peer, state }: Parts): SessionState {
    const start = initialState(this.role, state.facts, ZERO_HASH);
    const isOrigin = this.role === "origin";
    const known = (isOrigin ? own : peer)[0]?.mark === "init-setup" ? this.#afterSetup : undefined;
    const withOwn = this.#appended(known ?? start, "own", own.slice(known && isOrigin ? 1 : 0));
    const folded = this.#appended(withOwn, "peer", peer.slice(known && !isOrigin ? 1 : 0));
    return state.own.closed ? apply(folded, { type: "log-closed", log: "own" }) : folded;
  }

  #appended(state: SessionState, log: "own" | "peer", entries: readonly ModelEntry[]): SessionState {
    let folded = state;
    for (const entry of entries) {
      folded = fold(folded, log, [this.#entries.asLogged(entry, folded, log)]);
      if (entry.mark === "init-setup" && folded.own.length + folded.peer.length === 1) this.#afterSetup ??= folded;
    }
    return folded;
  }

  #move(id: number, key: string | number, move: (local: Local) => number): number {
    const moves = this.#moves[id]!;
    const known = moves.get(key);
    if (known !== undefined) return known;
    const made = move(this.local(id));
    moves.set(key, made);
    return made;
  }

  #intern(parts: Parts): number {
    const key = localKey(parts);
    const known = this.#idByKey.get(key);
    if (known !== undefined) {
      this.onTwins?.({ known: this.local(known), other: parts });
      return known;
    }
    const id = this.locals.length;
    this.locals.push({ ...parts, id });
    this.#idByKey.set(key, id);
    this.#moves.push(new Map());
    this.#bursts.push(new Map());
    return id;
  }
}
