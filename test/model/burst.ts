import type { Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import type {
  Effect,
  EntryDraft,
  LedgerAction,
  LedgerReading,
  LedgerState,
  Refusal,
  SessionState,
} from "../../src/protocol/state.ts";
import type { Bounds, Missing } from "./bounds.ts";
import { apply, next } from "./core.ts";
import type { Group } from "./entries.ts";
import { DESTINATION_STATES, ORIGIN_STATES } from "./ledgers.ts";
import type { RowCounts } from "./rows.ts";

/** What a gateway would see of the two ledgers now: states by number, own first. */
export interface Look {
  readonly own: number;
  readonly ownPending: boolean;
  readonly peer: number;
  readonly peerPending: boolean;
}

/** What others can see of a gateway's step. */
export type Doing =
  | { readonly type: "nothing" }
  | { readonly type: "sign"; readonly group: Group }
  | { readonly type: "act"; readonly action: LedgerAction; readonly isAnnounced: boolean }
  | Extract<Effect, { type: "decide" }>
  | { readonly type: "close" }
  | { readonly type: "halt"; readonly why: string };

/** One of the things that a gateway may come to do. */
export interface Course {
  readonly doing: Doing;
  /** Messages left for the peer on the way. */
  readonly hasSent: boolean;
  /** Something had to go wrong for it: a refusal, a NO. */
  readonly isFault: boolean;
  /** The state of the gateway behind it; of a signing: at its beginning. */
  readonly state: SessionState;
}

export interface Burst {
  readonly courses: readonly Course[];
  readonly hasReadOwn: boolean;
  readonly hasReadPeer: boolean;
}

/** What a burst needs of the gateway whose it is. */
export interface Burster {
  readonly role: Role;
  readonly rows: RowCounts;
  readonly bounds: Bounds;
  readonly missing: Missing;
  drafted(state: SessionState, drafts: readonly EntryDraft[]): Group;
}

const REFUSAL: Refusal = { code: "LEDGER_REJECTED", reason: "the token is paused" };
/** Far more than a gateway does without anybody's seeing it. */
const MAX_EFFECTS = 40;

/**
 * All that a gateway may do from a state on, by the real core: it runs what `next` asks for until something of it can be seen,
 * or, in single steps, once. `look` answers its readings.
 */
export function burst(gateway: Burster, state: SessionState, look: Look): Burst {
  const run = new Run(gateway, look);
  run.goOn({ state, isFault: false, hasSent: false });
  const { courses, hasReadOwn, hasReadPeer } = run;
  return { courses, hasReadOwn, hasReadPeer };
}

type Way = Omit<Course, "doing">;

class Run {
  readonly courses: Course[] = [];
  hasReadOwn = false;
  hasReadPeer = false;
  readonly #gateway: Burster;
  readonly #look: Look;
  readonly #bounds: Bounds;
  #effects = 0;

  constructor(gateway: Burster, look: Look) {
    this.#gateway = gateway;
    this.#look = look;
    this.#bounds = gateway.bounds;
  }

  goOn(way: Way): void {
    try {
      const { state } = way;
      if (!state.own.closed && !this.#gateway.rows.meet(state)) this.#end(way, { type: "halt", why: "impossible row" });
      else this.#run(next(state), way);
    } catch (error) {
      this.#end(way, { type: "halt", why: String(error) });
    }
  }

  #run(effects: readonly Effect[], start: Way): void {
    let way = start;
    for (const effect of effects) {
      this.#effects += 1;
      if (this.#effects > MAX_EFFECTS) throw new Error("it goes round in circles");
      if (effect.type !== "send") {
        this.#take(effect, way);
        return;
      }
      way = { ...way, state: apply(way.state, { type: "sent", entryHash: effect.entryHash }), hasSent: true };
      if (this.#bounds.steps !== "single") continue;
      this.#end(way, { type: "nothing" });
      return;
    }
  }

  #take(effect: Exclude<Effect, { type: "send" }>, way: Way): void {
    const { state } = way;
    switch (effect.type) {
      case "append":
        this.#end(way, { type: "sign", group: this.#gateway.drafted(state, effect.drafts) });
        break;
      case "read-ledger": {
        const { side } = effect;
        this.#told(way, apply(state, { type: "ledger-read", side, reading: this.#seen(side) }));
        this.#told({ ...way, isFault: true }, apply(state, { type: "ledger-unreachable", side }));
        break;
      }
      case "judge":
        this.#judge(effect, way);
        break;
      case "act":
        this.#act(effect.action, way);
        break;
      case "decide":
        this.#end(way, effect);
        break;
      case "close-log":
        this.#end({ ...way, state: apply(state, { type: "log-closed", log: "own" }) }, { type: "close" });
        break;
      case "wait":
        this.#end({ ...way, state: apply(state, { type: "waited" }) }, { type: "nothing" });
        break;
      case "finish":
        break;
    }
  }

  #act(action: LedgerAction, way: Way): void {
    const { state } = way;
    // Whoever waits for a transaction may wait in vain: it reads again, and finds it done or not.
    const waited = { ...way, state: apply(state, { type: "waited" }) };
    if (action === "recreate" && this.#seen("peer").state !== "CANCELLED" && !this.#gateway.missing.proof) {
      this.#end(waited, { type: "nothing" });
      return;
    }
    this.#end(waited, { type: "act", action, isAnnounced: state.own.marks.has(announcementOf(action)) });
    const failed = { ...way, isFault: true };
    this.#told(failed, apply(state, { type: "ledger-unreachable", side: "own" }));
    if (this.#bounds.refusals.includes(action))
      this.#told(failed, apply(state, { type: "ledger-refused", action, refusal: REFUSAL }));
  }

  #judge({ what, index }: Extract<Effect, { type: "judge" }>, way: Way): void {
    const judged = (accepted: boolean) => {
      const verdict = accepted ? { accepted } : { accepted, ...REFUSAL };
      return apply(way.state, { type: "judged", index, verdict });
    };
    if (what === "backup") {
      // Who has taken over has the right to it.
      this.#told(way, apply(way.state, { type: "backup-judged", index, verdict: { accepted: true } }));
      return;
    }
    if (this.#bounds.no) this.#told({ ...way, isFault: true }, judged(false));
    if (what === "proposal") {
      this.#told(way, judged(true));
      return;
    }
    const lock = this.#seen("peer");
    // Not there yet, or not final: it is asked again.
    if (lock.state !== "NONE" && !lock.pending) this.#told(way, judged(lock.state === "LOCKED"));
  }

  /** Nobody has seen anything of it yet. */
  #told(way: Way, state: SessionState): void {
    const told = { ...way, state };
    if (this.#bounds.steps === "single") this.#end(told, { type: "nothing" });
    else this.goOn(told);
  }

  #end(way: Way, doing: Doing): void {
    this.courses.push({ ...way, doing });
  }

  #seen(side: "own" | "peer"): LedgerReading {
    if (side === "own") this.hasReadOwn = true;
    else this.hasReadPeer = true;
    const { own, ownPending, peer, peerPending } = this.#look;
    const atOrigin = (this.#gateway.role === "origin") === (side === "own");
    const states: readonly LedgerState[] = atOrigin ? ORIGIN_STATES : DESTINATION_STATES;
    const [state, pending] = side === "own" ? [states[own]!, ownPending] : [states[peer]!, peerPending];
    return { state, pending, transactionHash: null, blockNumber: 1 };
  }
}

/** The entry that must be durable before the action. */
export function announcementOf(action: LedgerAction): Mark {
  const isUndoing = action === "unlock" || action === "recreate" || action === "cancel";
  return isUndoing ? `exec-rollback-${action}` : `exec-${action}`;
}
