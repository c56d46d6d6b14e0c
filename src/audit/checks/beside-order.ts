import { z } from "zod";
import { parseCanonical } from "../../entry/canonical.ts";
import type { Hash } from "../../entry/hex.ts";
import { STEPS, type StepName } from "../../entry/vocabulary.ts";
import type { WeighedEntry } from "./proofs.ts";

/** From good to bad: a gateway says of its peer only that it has got worse, or that it has RECOVERED. */
const PEER_STATES = ["OK", "SUSPECT", "CRASHED_WAIT", "CRASHED_DEFINITELY"] as const;
type PeerState = (typeof PEER_STATES)[number];

/** What one log has said so far. */
export interface Course {
  /** Marks that stand in it, and `ack-prepare yes`. */
  readonly marks: Set<string>;
  /** Messages of the recovery handshake, by their hash. */
  readonly handshake: Map<Hash, { readonly mark: string; readonly causedBy: Hash }>;
  peerState: PeerState;
  /** It has said that the two logs exclude each other, and not asked for a recovery since. */
  isDisputed: boolean;
  /** Something in it is out of order: its reader takes no further part, and ends as it can. */
  isBroken: boolean;
}

export function emptyCourse(): Course {
  return { marks: new Set(), handshake: new Map(), peerState: "OK", isDisputed: false, isBroken: false };
}

/**
 * Entries that stand beside the transfer, anywhere in a log: the recovery handshake, disputes, and what a gateway makes of its
 * peer's silence (docs/PROTOCOL.md, "Recovery" and "Peer states"). Nothing of the transfer rests on them, and they rest on
 * nothing of it.
 */
const BESIDE: Readonly<Record<string, StepName>> = {
  "init-recover": "recover",
  "ack-recover-update": "recover-update",
  "ack-recover-update-ack": "recover-update-ack",
  "ack-recover-success": "recover-success",
  "init-recover-dispute": "recover-dispute",
  "fail-peer": "peer",
  "done-peer": "peer",
};

/** What each answer answers. RECOVER-SUCCESS closes the four-message form, and either of the three-message ones. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  "ack-recover-update": ["init-recover"],
  "ack-recover-update-ack": ["ack-recover-update"],
  "ack-recover-success": ["ack-recover-update-ack", "ack-recover-update", "init-recover"],
};

export function isBeside(mark: string): boolean {
  return Object.hasOwn(BESIDE, mark);
}

/** What an entry beside the transfer would need before it and lacks, or undefined. */
export function lackingBeside(mark: string, weighed: WeighedEntry, own: Course, peer: Course): string | undefined {
  const { entry } = weighed;
  const step = BESIDE[mark];
  if (entry === null || step === undefined) return "an entry of the protocol instead";
  if (entry.step !== STEPS[step]) return `step ${STEPS[step]}, not ${entry.step}`;
  if (entry.vote !== "none") return "vote none";
  const answered = ANSWERS[mark];
  if (answered !== undefined) {
    const cause = peer.handshake.get(entry.causedBy);
    if (cause === undefined || !answered.includes(cause.mark)) return `${answered.join(" or ")} of the peer`;
    // Only who has asked acknowledges what it was told.
    const isOwn = mark !== "ack-recover-update-ack" || own.handshake.get(cause.causedBy)?.mark === "init-recover";
    return isOwn ? undefined : "init-recover";
  }
  if (mark === "init-recover-dispute") return own.isDisputed ? "no other dispute that is open" : undefined;
  if (mark === "init-recover") return undefined;
  return lackingOfPeerState(mark, stateIn(weighed), own.peerState);
}

function lackingOfPeerState(mark: string, state: string | undefined, before: PeerState): string | undefined {
  if (mark === "done-peer") {
    if (before === "OK") return "fail-peer";
    return state === "RECOVERED" ? undefined : "the state RECOVERED";
  }
  const worse = PEER_STATES.slice(PEER_STATES.indexOf(before) + 1);
  return worse.some((one) => one === state) ? undefined : `one of the states ${worse.join(" ") || "none"}`;
}

/** Takes an entry beside the transfer into the course of its log. */
export function noteBeside(own: Course, mark: string, weighed: WeighedEntry): void {
  const { entry, entryHash } = weighed;
  if (entry === null || entryHash === null) return;
  if (mark === "init-recover") own.isDisputed = false;
  if (mark === "init-recover-dispute") own.isDisputed = true;
  if (mark === "done-peer") own.peerState = "OK";
  if (mark === "fail-peer") own.peerState = PEER_STATES.find((one) => one === stateIn(weighed)) ?? own.peerState;
  own.handshake.set(entryHash, { mark, causedBy: entry.causedBy });
}

const stateSchema = z.looseObject({ state: z.string() });

function stateIn({ event }: WeighedEntry): string | undefined {
  const parsed = stateSchema.safeParse(parseCanonical(event.payload));
  return parsed.success ? parsed.data.state : undefined;
}
