import type { SessionState } from "../../src/protocol/state.ts";
import { burst, type Burster, type Doing, type Look } from "./burst.ts";
import type { Gateway, Twins } from "./gateway.ts";
import { stateKey } from "./keys.ts";
import { DESTINATION_STATES, ORIGIN_STATES } from "./ledgers.ts";
import { RowCounts } from "./rows.ts";

/**
 * Watches what an exploration takes for one state. That is sound only if both do the same; here both are asked what they do,
 * for all that they may see of the ledgers. What each becomes has a key again, so that the same holds from there on.
 */
export class TwinWatch {
  /** Pairs that were compared. */
  compared = 0;
  readonly differences: string[] = [];
  readonly #seen = new Set<string>();

  attach(gateway: Gateway): void {
    gateway.onTwins = (twins) => this.#compare(gateway, twins);
  }

  #compare(gateway: Gateway, { known, other }: Twins): void {
    // Neither does anything more, or it cannot do anything else.
    if (known.isGone || known.pending || known.halted !== undefined || known.state.own.closed) return;
    const pair = `${known.id} ${fingerprint(other.state)}`;
    if (fingerprint(known.state) === fingerprint(other.state) || this.#seen.has(pair)) return;
    this.#seen.add(pair);
    this.compared += 1;
    const { role, bounds, missing } = gateway;
    const rows = new RowCounts();
    const burster: Burster = { role, rows, bounds, missing, drafted: (...args) => gateway.drafted(...args) };
    for (const look of looks(gateway.role === "origin")) {
      const [one, two] = [known.state, other.state].map((state) => conduct(burster, state, look));
      if (one !== two) this.differences.push(`${gateway.role} ${stateKey(known.state)}\n  ${one}\n  ${two}`);
    }
  }
}

/** Everything of a state but numbers that only count. */
function fingerprint(state: SessionState): string {
  const { own, peer, facts: _facts, terms: _terms, seqNumber: _seqNumber, ...rest } = state;
  const views = [own, peer].map(({ marks, last }) => [
    [...marks.values()].map(({ index: _index, ...mark }) => mark),
    last?.mark,
  ]);
  return JSON.stringify([views, rest]);
}

function looks(isOrigin: boolean): Look[] {
  const origin = ORIGIN_STATES.map((_, state) => state);
  const destination = DESTINATION_STATES.map((_, state) => state);
  const [own, peer] = isOrigin ? [origin, destination] : [destination, origin];
  return own.flatMap((one) => peer.map((two) => ({ own: one, ownPending: false, peer: two, peerPending: false })));
}

function conduct(burster: Burster, state: SessionState, look: Look): string {
  const { courses } = burst(burster, state, look);
  const isPrivate = burster.bounds.register === "destination";
  return courses
    .map(({ doing, hasSent, isFault, state: after }) =>
      [doingKey(doing), isFault, isPrivate && hasSent, doing.type === "halt" ? "" : stateKey(after)].join(" "),
    )
    .join(" & ");
}

function doingKey(doing: Doing): string {
  if (doing.type === "sign") return `sign ${doing.group.id}`;
  return doing.type === "halt" ? "halt" : Object.values(doing).join(" ");
}
