import { toHex, type Address } from "../../src/entry/hex.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import type { Random } from "../simulator/random.ts";
import { SOUND_STORIES, tellStory, type Act } from "./recovery-stories.ts";
import { backupSigner, type Party, type RegistryWorld, type WorldSession } from "./registry-world.ts";
import { sampleSigner } from "./sample-log.ts";
import {
  committedTransfer,
  lateTransfer,
  refusedTransfer,
  sayRun,
  transferUpTo,
  TO_BURN,
  TO_VOTE,
  TRANSFER,
} from "./stories.ts";

const NAMES = ["a", "b", "c"] as const;
const BACKUPS = ["one", "two"] as const;
/** A party changes its key less often than that in one world. */
const MOST_EPOCHS = 9;
const LATE_AFTER_S = 1_000;

/** Every key that a party of these worlds, or who is listed as its backup, may ever sign with. */
export const DIRECT_SIGNERS: ReadonlyMap<Address, DigestSigner> = new Map(
  [
    ...NAMES.flatMap((name) => [
      sampleSigner(`${name} owner`),
      ...Array.from({ length: MOST_EPOCHS }, (_, before) => sampleSigner(`${name} epoch ${before + 1}`)),
    ]),
    ...BACKUPS.map(backupSigner),
  ].map((signer) => [signer.address, signer]),
);

/** A log that clients write to the contract themselves: stories of gateways, rounded off by what only the contract knows. */
export async function tellDirectly(world: RegistryWorld, random: Random): Promise<void> {
  const teller = await DirectTeller.open(world, random);
  const count = random.whole(2, 4);
  for (let told = 0; told < count; told += 1) await teller.tellOne();
}

class DirectTeller {
  readonly #world: RegistryWorld;
  readonly #random: Random;
  readonly #a: Party;
  readonly #b: Party;
  /** Who of the backups may take `a` over. */
  #free: readonly string[] = BACKUPS;
  #primary: string | undefined;

  private constructor(world: RegistryWorld, random: Random, a: Party, b: Party) {
    this.#world = world;
    this.#random = random;
    this.#a = a;
    this.#b = b;
  }

  static async open(world: RegistryWorld, random: Random): Promise<DirectTeller> {
    const [a, b] = [await world.register("a"), await world.register("b")];
    await world.setBackups(a, BACKUPS, random.pick([0, 3]));
    return new DirectTeller(world, random, a, b);
  }

  async tellOne(): Promise<void> {
    const tales = [
      () => this.#story(),
      () => this.#story(),
      () => this.#committed(),
      () => this.#committed(),
      async () => refusedTransfer(this.#world, await this.#open()),
      () => this.#late(),
      () => this.#alone(),
      () => this.#batch(),
      () => this.#anchors(),
      () => this.#underWay(),
    ];
    await this.#random.pick(tales)();
  }

  async #open(change: Parameters<RegistryWorld["open"]>[2] = TRANSFER): Promise<WorldSession> {
    const [origin, destination] = this.#random.chance(0.5) ? [this.#a, this.#b] : [this.#b, this.#a];
    return this.#world.open(origin, destination, { sessionId: uuidOf(this.#random), ...change });
  }

  async #story(): Promise<void> {
    const story: readonly Act[] = this.#random.pick(Object.values(SOUND_STORIES));
    await tellStory(this.#world, await this.#open(), story);
  }

  async #committed(): Promise<void> {
    await committedTransfer(this.#world, await this.#open(), { midway: () => this.#change() });
  }

  /** Something befalls a gateway in the midst of its transfer. */
  async #change(): Promise<void> {
    const [next] = this.#free;
    const kind = this.#random.pick(["rotate", "move", "takeover", "takeover", "handover"] as const);
    if (kind === "move") await this.#world.moveTo(this.#b, "elsewhere");
    else if (kind === "rotate" || next === undefined) {
      await this.#world.rotate(this.#a);
      this.#primary = undefined;
    } else {
      await (kind === "takeover" ? this.#world.takeOver(this.#a, next) : this.#world.handOver(this.#a, next));
      const former = this.#primary === undefined ? [] : [this.#primary];
      this.#free = [...this.#free.filter((name) => name !== next), ...former];
      this.#primary = next;
    }
  }

  async #late(): Promise<void> {
    const deadline = (await this.#world.now()) + LATE_AFTER_S;
    await lateTransfer(this.#world, await this.#open({ ...TRANSFER, deadline }));
  }

  async #alone(): Promise<void> {
    const session = await this.#world.open(this.#a, null, { sessionId: uuidOf(this.#random) });
    await sayRun(this.#world, session, this.#a, ["init-other", "exec-other", "done-other"], { payload: "run" });
    await this.#world.say(session, this.#a, "init-other", { payload: { told: "alone" } });
    if (this.#random.chance(0.5)) await this.#world.closeLog(session, this.#a);
  }

  /** Both gateways, two sessions, one transaction; and an entry that comes twice, which the registry refuses. */
  async #batch(): Promise<void> {
    const world = this.#world;
    const plain = { termsHash: null };
    const [one, other] = [await this.#open(plain), await this.#open(plain)];
    const asked = await world.make(one, this.#a, "init-other");
    const answer = await world.make(one, this.#b, "ack-other", { causedBy: asked.entryHash });
    const apart = await world.make(other, this.#b, "init-other");
    await world.batch([
      [one, asked],
      [other, apart],
      [one, asked],
      [one, answer],
    ]);
    await sayRun(world, other, this.#a, ["init-other", "exec-other", "done-other"]);
  }

  async #anchors(): Promise<void> {
    const count = this.#random.whole(1, 3);
    for (let made = 0; made < count; made += 1)
      await this.#world.anchor(this.#b, hashOf(this.#random), this.#random.whole(1, 1_000));
  }

  async #underWay(): Promise<void> {
    const lines = [...TO_VOTE, ...TO_BURN];
    const [role, mark] = this.#random.pick(lines);
    await transferUpTo(this.#world, await this.#open(), [role, mark], {});
  }
}

function digitsOf(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.whole(0, 15).toString(16)).join("");
}

function hashOf(random: Random) {
  return toHex(`0x${digitsOf(random, 64)}`);
}

function uuidOf(random: Random): string {
  const [a, b, c, d, e] = [8, 4, 3, 3, 12].map((count) => digitsOf(random, count));
  return `${a}-${b}-4${c}-8${d}-${e}`;
}
