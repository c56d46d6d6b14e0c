import { setTimeout as sleep } from "node:timers/promises";

import { until } from "../../test/support/until.ts";
import { Progress, say } from "../restart/progress.ts";
import type { Bare } from "./bare-swap.ts";
import { eventOf, eventsOf, isInMiddle, type MemberEvent } from "./member-events.ts";
import type { Options } from "./options.ts";
import { TakeoverStage, type Faults } from "./stage.ts";
import type { TrafficResult } from "./traffic.ts";

/** Longest pause between a transfer's being in its middle and the kill: no moment of it is left out. */
const MOST_DELAY_MS = 500;
const MIDDLE_LIMIT_MS = 60_000;
/** Rounds in a row that measure nothing, because a false suspicion came in between: then nothing is worth measuring. */
const MOST_VOID = 50;

/** One takeover; moments are in milliseconds from the last act of the dead primary. */
export interface Takeover {
  /** SIGKILL. */
  readonly killed: number;
  /** The backup takes the primary for dead. */
  readonly suspected: number;
  /** The authority's word is final: the backup is primary. */
  readonly final: number;
  /** The logs of the session whose entry comes first are read up to there (R4). */
  readonly read: number;
  /** The first entry of the backup is durable. */
  readonly entry: number;
  readonly lastAct: "entry" | "heartbeat";
}

export interface Kills {
  readonly takeovers: readonly Takeover[];
  /** Rounds in which the living primary was taken for dead before it was killed. */
  readonly voids: number;
  /** What a compare-and-set takes there that does nothing else, one before each kill. */
  readonly bare: readonly number[];
  readonly traffic: TrafficResult;
  readonly faults: Faults;
}

export async function measureKills(options: Options): Promise<Kills> {
  const stage = await TakeoverStage.open(options, "beta");
  try {
    const bare = await stage.openBare();
    const traffic = stage.startTraffic("kills", options.atOnce);
    const measured = await killAll(stage, bare, options.kills);
    const result = await traffic.stop();
    await bare.close();
    return { ...measured, traffic: result, faults: await stage.faults(result) };
  } finally {
    await stage.close();
  }
}

async function killAll(
  stage: TakeoverStage,
  bare: Bare,
  kills: number,
): Promise<Pick<Kills, "takeovers" | "voids" | "bare">> {
  const takeovers: Takeover[] = [];
  const swaps: number[] = [];
  const progress = new Progress("kills", kills);
  let voids = 0;
  for (let inARow = 0; takeovers.length < kills;) {
    swaps.push(await bare.swap());
    const takeover = await killOnce(stage);
    if (takeover) {
      takeovers.push(takeover);
      progress.add(1, () => `, last ${takeover.entry} ms`);
      inARow = 0;
    } else {
      voids += 1;
      inARow += 1;
      say("  that round does not count: a living primary was taken for dead, or nothing was under way any more");
      if (inARow > MOST_VOID) throw new Error(`${MOST_VOID} rounds in a row without a primary that stays one`);
    }
  }
  return { takeovers, voids, bare: swaps };
}

/** Undefined if the primary had been taken for dead before it was. The dead one stands by again afterwards. */
async function killOnce(stage: TakeoverStage): Promise<Takeover | undefined> {
  const place = await stage.settled();
  const [victim, heir] = [stage.group.member(place), stage.group.member(1 - place)];
  const [fromVictim, fromHeir] = [victim.events.length, heir.events.length];
  // It may be taken for dead while it is waited for.
  const isDeposed = () => eventsOf(victim, fromVictim).some(({ event }) => event === "stood-down");
  await until("a transfer in its middle", () => isDeposed() || isInMiddle(victim, fromVictim), MIDDLE_LIMIT_MS);
  if (isDeposed()) return undefined;
  await sleep(Math.random() * MOST_DELAY_MS);

  const killedAt = Date.now();
  await stage.group.end(place, "SIGKILL");
  // False suspicions included: whoever was taken for dead while it lived is no primary any more.
  const suspicion = await eventOf(heir, "a suspicion", ({ event }) => event === "suspicion", fromHeir);
  const isVoid = suspicion.time < killedAt || suspicion.primary !== victim.key;
  const takeover = isVoid ? undefined : await followed(stage, place, { fromHeir, fromVictim, killedAt });
  await stage.startMember(place);
  return takeover;
}

async function followed(
  stage: TakeoverStage,
  place: number,
  { fromHeir, fromVictim, killedAt }: { fromHeir: number; fromVictim: number; killedAt: number },
): Promise<Takeover | undefined> {
  const [victim, heir] = [stage.group.member(place), stage.group.member(1 - place)];
  const suspicion = await eventOf(heir, "a suspicion", ({ event }) => event === "suspicion", fromHeir);
  const begun = await eventOf(heir, "the epoch's beginning", ({ event }) => event === "took-over", fromHeir);
  const isBehind = ({ time }: { readonly time: number }): boolean => time >= begun.time;
  const entry = await eventOf(heir, "an entry", (each) => each.event === "entry" && isBehind(each), fromHeir);
  const isReadUp = ({ event, session, time }: MemberEvent): boolean =>
    event === "resumed" && session === entry.session && begun.time <= time && time <= entry.time;
  const read = eventsOf(heir, fromHeir).find(isReadUp);
  // The transfer had ended just before: there was nothing to write until the next one came.
  if (read === undefined) return undefined;

  const lastEntry = eventsOf(victim, fromVictim).findLast(({ event }) => event === "entry")?.time ?? 0;
  const lastBeat = suspicion.time - (suspicion.silentMs ?? NaN);
  const lastAct = Math.max(lastEntry, lastBeat);
  return {
    killed: killedAt - lastAct,
    suspected: suspicion.time - lastAct,
    final: begun.time - lastAct,
    read: read.time - lastAct,
    entry: entry.time - lastAct,
    lastAct: lastEntry > lastBeat ? "entry" : "heartbeat",
  };
}
