import { createHash } from "node:crypto";
import { canonicalBytes } from "../../entry/canonical.ts";
import { bytesToHex, type Address, type GatewayId, type Hash } from "../../entry/hex.ts";
import { recoverSigner, type DigestSigner } from "../../entry/signature.ts";
import { GatelogError } from "../../entry/errors.ts";
import type { Clock } from "../ports.ts";
import type { Ballot } from "./member-transport.ts";

export interface ElectionTiming {
  /** Between two sendings of the same ballot. */
  readonly repeatMs: number;
  /** How long the others' gossip is waited for, and then their votes. */
  readonly phaseMs: number;
}

/** What an election is about. */
export interface Question {
  /** The epoch that is to end. */
  readonly epoch: number;
  /** The other backups of the group. */
  readonly others: readonly Address[];
  /** Those of them that show signs of life: nobody waits for the rest. */
  readonly living: readonly Address[];
  /** Entries that this member has folded. */
  readonly progress: number;
  /** The question has settled itself: the primary is back, or somebody has taken over. */
  isOver(): boolean;
}

/** Epochs whose ballots are kept. */
const MAX_EPOCHS = 4;

interface Box {
  readonly gossip: Map<Address, number>;
  readonly votes: Map<Address, Address>;
  /** Whom this member has chosen before, and who has not taken over. */
  readonly passed: Set<Address>;
}

/**
 * Which of several backups tries first (protocol 6.6): each gossips how far it is, votes for the one that is furthest (of several the one
 * with the greatest key), and the one with most backups' votes goes ahead. Where that many do not answer in time, one vote is enough;
 * with none, nobody goes ahead. Whoever was chosen and has not taken over is passed over in the next elections about that epoch. So
 * neither the dead nor the living hold up anybody, and two may go ahead: the authority takes one of them.
 */
export class Election {
  readonly #signer: DigestSigner;
  readonly #clock: Clock;
  readonly #send: (to: Address, ballot: Ballot) => void;
  readonly #gatewayId: GatewayId;
  readonly #timing: ElectionTiming;
  readonly #boxes = new Map<number, Box>();

  /** @param deps.send Brings a ballot to a member; what does not arrive is sent again. */
  constructor(
    deps: {
      readonly signer: DigestSigner;
      readonly clock: Clock;
      readonly send: (to: Address, ballot: Ballot) => void;
    },
    gatewayId: GatewayId,
    timing: ElectionTiming,
  ) {
    this.#signer = deps.signer;
    this.#clock = deps.clock;
    this.#send = deps.send;
    this.#gatewayId = gatewayId;
    this.#timing = timing;
  }

  /** @param epoch The group's present one. @param backups Whose ballots count. Errors: FOREIGN_SIGNATURE, STALE_EPOCH. */
  receive(ballot: Ballot, epoch: number, backups: readonly Address[]): void {
    const { from, phase, progress, choice } = ballot;
    if (!backups.includes(from) || recoverSigner(this.#digest(ballot), ballot.signature) !== from)
      throw new GatelogError("FOREIGN_SIGNATURE", "the ballot is of none of the group's backups", { from });
    // Whoever is one change behind or ahead of this member is heard; nobody makes it remember more.
    if (Math.abs(ballot.epoch - epoch) > 1)
      throw new GatelogError("STALE_EPOCH", "the ballot is about another epoch", {
        expected: epoch,
        actual: ballot.epoch,
      });
    const box = this.#box(ballot.epoch);
    if (phase === "gossip") box.gossip.set(from, progress);
    else if (choice !== null) box.votes.set(from, choice);
  }

  /** Resolves to how this member may go ahead, or null if another one should, or the question is over. */
  async run(question: Question): Promise<"QUORUM" | "FAILOVER" | null> {
    const own = this.#signer.address;
    const box = this.#box(question.epoch);
    box.votes.clear(); // of an attempt that came to nothing
    const gossip = await this.#signed(question, "gossip", null);
    await this.#repeat(question, question.others, gossip, () => question.living.every((key) => box.gossip.has(key)));
    if (question.isOver()) return null;

    const candidates = [...box.gossip].filter(([key]) => question.living.includes(key) && !box.passed.has(key));
    const choice = best([...candidates, [own, question.progress]]);
    const majority = Math.floor((question.others.length + 1) / 2) + 1;
    const votes = () => [...box.votes.values()].filter((key) => key === own).length;
    if (choice === own) box.votes.set(own, own);
    const vote = await this.#signed(question, "vote", choice);
    const hasAll = () => question.living.every((key) => box.votes.has(key));
    await this.#repeat(
      question,
      choice === own ? [] : [choice],
      vote,
      () => votes() >= majority || (votes() > 0 && hasAll()),
    );
    if (question.isOver()) return null;
    if (choice !== own) box.passed.add(choice);
    if (votes() === 0) return null;
    this.#boxes.delete(question.epoch);
    return votes() >= majority ? "QUORUM" : "FAILOVER";
  }

  /** Sends the ballot again and again, until it is enough, or the phase or the question is over. */
  async #repeat(question: Question, to: readonly Address[], ballot: Ballot, isEnough: () => boolean): Promise<void> {
    const end = this.#clock.now() + this.#timing.phaseMs;
    let nextSending = -Infinity;
    while (!isEnough() && !question.isOver()) {
      const now = this.#clock.now();
      if (now >= end) return;
      if (now >= nextSending) {
        for (const key of to) this.#send(key, ballot);
        nextSending = now + this.#timing.repeatMs;
      }
      await this.#clock.sleep(LOOK_MS);
    }
    // Enough for this one: the others wait for its ballot all the same.
    if (nextSending === -Infinity) for (const key of to) this.#send(key, ballot);
  }

  async #signed({ epoch, progress }: Question, phase: Ballot["phase"], choice: Address | null): Promise<Ballot> {
    const ballot = { phase, epoch, from: this.#signer.address, progress, choice };
    return { ...ballot, signature: await this.#signer.signDigest(this.#digest(ballot)) };
  }

  #digest({ phase, epoch, from, progress, choice }: Omit<Ballot, "signature">): Hash {
    const bytes = canonicalBytes({ domain: DOMAIN, gatewayId: this.#gatewayId, phase, epoch, from, progress, choice });
    return bytesToHex(createHash("sha256").update(bytes).digest());
  }

  #box(epoch: number): Box {
    const known = this.#boxes.get(epoch);
    if (known) return known;
    const box: Box = { gossip: new Map(), votes: new Map(), passed: new Set() };
    this.#boxes.set(epoch, box);
    const oldest = Math.min(...this.#boxes.keys());
    if (this.#boxes.size > MAX_EPOCHS) this.#boxes.delete(oldest);
    return box;
  }
}

/** Keeps a ballot from being anything else that the same key signs. */
const DOMAIN = "gatelog group ballot 1";
/** Between two looks at what has come. */
const LOOK_MS = 2;

function best(candidates: readonly (readonly [key: Address, progress: number])[]): Address {
  const [first] = candidates.toSorted(
    ([left, leftProgress], [right, rightProgress]) => rightProgress - leftProgress || (left < right ? 1 : -1),
  );
  if (first === undefined) throw new GatelogError("INVARIANT_BROKEN", "an election without candidates", {});
  return first[0];
}
