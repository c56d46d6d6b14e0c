import { APPEND_CASES } from "./conformance/append-cases.ts";
import { COPY_CASES } from "./conformance/copy-cases.ts";
import { opensReadOnly, survivesChanges, survivesCuts } from "./conformance/damage-cases.ts";
import { DECISION_CASES } from "./conformance/decision-cases.ts";
import { onStage, survivesFullDisk, survivesKills } from "./conformance/durability-cases.ts";
import type { DurableDriver } from "./conformance/durable.ts";
import { EVIDENCE_CASES } from "./conformance/evidence-cases.ts";
import { SESSION_CASES } from "./conformance/session-cases.ts";
import { SHARING_CASES } from "./conformance/sharing-cases.ts";
import type { ConformanceCase, ConformanceDriver, Need } from "./conformance/stage.ts";

export type { DurableDriver, DurableSite, OpenStore } from "./conformance/durable.ts";
export { makeEntries, makeEntry, makeFacts } from "./conformance/stage.ts";
export type { ConformanceDriver, ConformanceStage, KitGateway } from "./conformance/stage.ts";
export { KitWorld, type GatewayMaker } from "./conformance/world.ts";

/** A case, for any test runner: it passes where `run` resolves. */
export interface KitCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const CASES: readonly ConformanceCase[] = [
  ...SESSION_CASES,
  ...APPEND_CASES,
  ...SHARING_CASES,
  ...EVIDENCE_CASES,
  ...COPY_CASES,
  ...DECISION_CASES,
];

/**
 * What every log store must do, whoever wrote it. In mocha:
 *
 *     for (const { name, run } of conformanceCases(driver)) it(name, run);
 *
 * Each case throws an AssertionError that says what was expected. What survives a crash, a full disk and damage is the matter of
 * `durabilityCases`.
 */
export function conformanceCases(driver: ConformanceDriver): KitCase[] {
  const can: Readonly<Record<Need, boolean>> = {
    register: driver.keepsRegister,
    "no register": !driver.keepsRegister,
    reopen: driver.reopens,
    share: driver.shares,
    directory: driver.asksDirectory,
    evidence: driver.keepsEvidence,
  };
  const applying = CASES.filter(({ needs = [] }) => needs.every((need) => can[need]));
  return applying.map(({ name, run }) => ({
    name,
    run: async () => {
      const stage = await driver.openStage();
      try {
        await run(stage);
      } finally {
        await stage.close();
      }
    },
  }));
}

/** How much of it `npm test`, or its like, can afford; `durabilityCases` says what it means. */
export interface DurabilityOptions {
  /** SIGKILLs of a writer, or of the server; 6 by default. */
  readonly kills?: number;
  /** Cuts of each file, and as many changes; 12 by default. */
  readonly damages?: number;
  /** What moments and places follow from; 1 by default. */
  readonly seed?: number;
}

/**
 * What a store that outlives its process must do when the process is killed, the disk is full, and its files are cut or changed: every
 * acknowledged entry is there, nothing torn or altered is read as valid, and a damaged store is read-only and says why. Each case
 * takes some seconds, for every kill a second or two. The cases about files are for drivers that keep files (`keepsFiles`).
 */
export function durabilityCases(
  driver: DurableDriver,
  { kills = 6, damages = 12, seed = 1 }: DurabilityOptions = {},
): KitCase[] {
  const amount = { kills, damages, seed };
  const always = [
    {
      name: "has every acknowledged entry, whole, however often its writer is killed",
      run: () => onStage(driver, (stage) => survivesKills(stage, amount)),
    },
  ];
  if (!driver.keepsFiles) return always;
  const ofFiles = [
    {
      name: "gives out a whole prefix, or nothing, when a file is cut anywhere",
      run: () => onStage(driver, (stage) => survivesCuts(stage, amount)),
    },
    {
      name: "gives out no entry that has changed, whatever byte or block the disk has changed",
      run: () => onStage(driver, (stage) => survivesChanges(stage, amount)),
    },
    {
      name: "opens read-only and says why when an entry has changed",
      run: () => onStage(driver, opensReadOnly),
    },
  ];
  // There is no limit to the size of files to be set.
  if (process.platform === "win32") return [...always, ...ofFiles];
  const full = {
    name: "refuses appends on a full disk, loses nothing, and goes on when there is room",
    run: () => onStage(driver, survivesFullDisk),
  };
  return [...always, full, ...ofFiles];
}
