import { expect } from "chai";
import { requireBinaries } from "../support/postgres.ts";
import { CrashLoop, type KillResult } from "./crash-loop.ts";
import { postgresCrashDriver, sqliteCrashDriver, type CrashDriver, type Victim } from "./crash-loop-drivers.ts";

/** More of them, with other seeds: `npm run crash-loop`. */
const KILLS = 20;
const SEED = 1;
/** A server takes a while to come back. */
const VICTIMS: readonly Victim[] = ["writer", "writer", "writer", "server"];
/** A guard against hanging; it takes a tenth of it. */
const LIMIT_MS = 240_000;

describe("crash loop", () => {
  /** Fails with what was lost; the stores stay where something was. */
  async function survives(driver: CrashDriver, victims: readonly Victim[]): Promise<void> {
    const results: KillResult[] = [];
    let isSound = false;
    try {
      const onResult = (result: KillResult): void => void results.push(result);
      await new CrashLoop(driver, { seed: SEED, first: 1, last: KILLS, victims, onResult }).run();
      const faults = results.flatMap((result) => result.faults.map((fault) => `kill ${result.number}: ${fault}`));
      expect(faults).to.deep.equal([]);
      expect(results.map(({ number }) => number)).to.deep.equal(Array.from({ length: KILLS }, (_, at) => at + 1));
      expect(results.filter(({ acknowledged }) => acknowledged > 0).length, "kills under load").to.be.greaterThan(
        KILLS / 2,
      );
      isSound = true;
    } finally {
      await driver.close(!isSound);
    }
  }

  it("sqlite: the writing process is killed, and every acknowledged entry is there, whole", async function () {
    this.timeout(LIMIT_MS);
    await survives(await sqliteCrashDriver(), ["writer"]);
  });

  it("postgres: the writing process or the server is killed, and every acknowledged entry is there, whole", async function () {
    this.timeout(LIMIT_MS);
    const binaries = requireBinaries(this);
    if (binaries !== undefined) await survives(await postgresCrashDriver(binaries), VICTIMS);
  });
});
