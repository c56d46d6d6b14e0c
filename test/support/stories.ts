import type { Hash } from "../../src/entry/hex.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { StepName } from "../../src/entry/vocabulary.ts";
import type { Party, RegistryWorld, Say, WorldSession } from "./registry-world.ts";

/** A transfer as docs/PROTOCOL.md has it: who writes what at which step, and whom it answers. */
export type Line = readonly [role: "origin" | "destination", mark: string, step: StepName, answers?: "message"];

export const TO_VOTE: readonly Line[] = [
  ["origin", "init-setup", "setup"],
  ["destination", "exec-setup", "setup", "message"],
  ["destination", "done-setup", "setup"],
  ["destination", "ack-setup", "setup-ack", "message"],
  ["origin", "init-proposal", "proposal", "message"],
  ["destination", "exec-proposal", "proposal", "message"],
  ["destination", "done-proposal", "proposal"],
  ["destination", "ack-proposal", "proposal-ack", "message"],
  ["origin", "done-proposal", "proposal-ack", "message"],
  ["origin", "init-commence", "commence"],
  ["destination", "exec-commence", "commence", "message"],
  ["destination", "done-commence", "commence"],
  ["destination", "ack-commence", "commence-ack", "message"],
  ["origin", "done-commence", "commence-ack", "message"],
  ["origin", "init-lock", "lock"],
  ["origin", "exec-lock", "lock"],
  ["origin", "done-lock", "lock"],
  ["origin", "init-lock-assert", "lock-assert"],
  ["destination", "exec-lock-assert", "lock-assert", "message"],
  ["destination", "done-lock-assert", "lock-record"],
  ["destination", "ack-lock-assert", "lock-assert-ack", "message"],
  ["origin", "done-lock-assert", "lock-assert-ack", "message"],
  ["origin", "init-prepare", "prepare"],
  ["destination", "exec-prepare", "prepare", "message"],
];

export const TO_BURN: readonly Line[] = [
  ["destination", "init-mint", "mint"],
  ["destination", "exec-mint", "mint"],
  ["destination", "done-mint", "mint"],
  ["destination", "ack-prepare", "prepare-ack", "message"],
  ["origin", "done-prepare", "prepare-ack", "message"],
  ["origin", "init-burn", "burn"],
  ["origin", "exec-burn", "burn"],
  ["origin", "done-burn", "burn"],
];

export const TO_END: readonly Line[] = [
  ["origin", "init-commit-final", "commit-final"],
  ["destination", "exec-commit-final", "commit-final", "message"],
  ["destination", "init-assign", "assign"],
  ["destination", "exec-assign", "assign"],
  ["destination", "done-assign", "assign"],
  ["destination", "ack-commit-final", "commit-final-ack", "message"],
  ["origin", "done-commit-final", "commit-final-ack", "message"],
  ["origin", "exec-record", "record"],
  ["origin", "done-record", "record"],
  ["origin", "init-complete", "complete"],
  ["destination", "exec-complete", "complete", "message"],
  ["destination", "done-complete", "complete"],
];

export const TO_ROLLBACK: readonly Line[] = [
  ["origin", "init-rollback", "rollback"],
  ["origin", "exec-rollback-unlock", "rollback"],
  ["origin", "done-rollback-unlock", "rollback"],
  ["origin", "done-rollback", "rollback"],
  ["origin", "ack-rollback", "rollback-ack"],
  ["destination", "init-rollback", "rollback"],
  ["destination", "done-rollback", "rollback"],
  ["destination", "ack-rollback", "rollback-ack"],
];

/** Facts of a transfer: the hash of terms that nobody looks at here. */
export const TRANSFER = { termsHash: `0x${"11".repeat(32)}` } as const;

/** Writes lines one by one; an entry that answers names the other side's last message. */
export class Teller {
  readonly #world: RegistryWorld;
  readonly #session: WorldSession;
  readonly #messages = new Map<Party, Hash>();

  constructor(world: RegistryWorld, session: WorldSession) {
    this.#world = world;
    this.#session = session;
  }

  async tell(lines: readonly Line[], say: (mark: string) => Say = () => ({})): Promise<void> {
    for (const [role, mark, step, answers] of lines) {
      const [party, peer] = this.#sides(role);
      const causedBy = answers === undefined ? undefined : this.#messages.get(peer);
      const entry = await this.#world.say(this.#session, party, mark, {
        step,
        ...(causedBy && { causedBy }),
        ...say(mark),
      });
      if (/^(init|ack)-/.test(mark) && !/^init-(lock|mint|burn|assign)$/.test(mark))
        this.#messages.set(party, entry.entryHash);
    }
  }

  #sides(role: "origin" | "destination"): [Party, Party] {
    const { origin, destination } = this.#session;
    if (destination === null) throw new Error("a transfer has two sides");
    return role === "origin" ? [origin, destination] : [destination, origin];
  }
}

export interface TransferOptions {
  /** Called between the vote and the burn. */
  readonly midway?: () => Promise<void>;
  readonly setup?: Say;
  /** What else stands in an entry behind the vote. */
  readonly say?: (mark: string) => Say;
}

/** A transfer from its setup to its end, both logs closed. */
export async function committedTransfer(
  world: RegistryWorld,
  session: WorldSession,
  options: TransferOptions = {},
): Promise<void> {
  const teller = new Teller(world, session);
  const { midway = () => Promise.resolve(), setup = {}, say = () => ({}) } = options;
  await teller.tell(TO_VOTE, (mark) => (mark === "init-setup" ? setup : {}));
  await midway();
  await teller.tell(TO_BURN, (mark) => (mark === "ack-prepare" ? { vote: "yes" } : say(mark)));
  await world.decide(session, "COMMIT", true);
  await teller.tell(TO_END);
  await close(world, session);
}

/** A transfer as far as this entry, at most the origin's done-burn, and no further: its gateways are gone. */
export async function transferUpTo(
  world: RegistryWorld,
  session: WorldSession,
  last: readonly [role: "origin" | "destination", mark: string],
  setup: Say,
): Promise<void> {
  const lines = [...TO_VOTE, ...TO_BURN];
  const end = lines.findIndex(([role, mark]) => role === last[0] && mark === last[1]);
  if (end === -1) throw new Error(`no transfer gets to ${last.join(" ")} this way`);
  await new Teller(world, session).tell(lines.slice(0, end + 1), (mark) =>
    mark === "init-setup" ? setup : mark === "ack-prepare" ? { vote: "yes" } : {},
  );
}

/** A transfer that the destination refuses with its vote; both sides roll back. */
export async function refusedTransfer(world: RegistryWorld, session: WorldSession, setup: Say = {}): Promise<void> {
  const teller = new Teller(world, session);
  await teller.tell(TO_VOTE, (mark) => (mark === "init-setup" ? setup : {}));
  await teller.tell([["destination", "ack-prepare", "prepare-ack", "message"]], () => ({ vote: "no" }));
  await teller.tell([["origin", "fail-prepare", "prepare-ack", "message"]]);
  await world.decide(session, "ABORT", false);
  await teller.tell(TO_ROLLBACK);
  await close(world, session);
}

/** A transfer that nobody ends before its deadline. */
export async function lateTransfer(world: RegistryWorld, session: WorldSession): Promise<void> {
  const teller = new Teller(world, session);
  await teller.tell(TO_VOTE);
  await world.moveClock(session.facts.deadline);
  await world.decide(session, "ABORT", false);
  await teller.tell(TO_ROLLBACK);
  await close(world, session);
}

async function close(world: RegistryWorld, session: WorldSession): Promise<void> {
  await world.closeLog(session, session.origin);
  if (session.destination !== null) await world.closeLog(session, session.destination);
}

/** Two entries of one log in one transaction, the first without its own signature. */
export async function sayRun(
  world: RegistryWorld,
  session: WorldSession,
  party: Party,
  marks: readonly string[],
  say: Say = {},
): Promise<void> {
  const run: SignedEntry[] = [];
  for (const mark of marks) run.push(await world.make(session, party, mark, say));
  await world.batch(
    run.map((entry) => [session, entry] as const),
    run.slice(0, -1),
  );
}
