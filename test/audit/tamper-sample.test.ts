import { expect } from "chai";
import { isSound, judge } from "../../bench/tamper/mutation.ts";
import { mostOf, mutations } from "../../bench/tamper/mutator.ts";
import { describeFault } from "../../bench/tamper/report.ts";
import { auditOtherwise } from "../../bench/tamper/sound.ts";
import { Corpus, type SoundLog } from "../support/corpus.ts";
import { kindsOf } from "../support/corpus-kinds.ts";
import { Random } from "../simulator/random.ts";

/** Kept in the repository, so that a failure is the same one everywhere: `npm run bench:tamper -- --seed N` goes further. */
const SEED = 1;
const LOGS = 24;
const MUTATIONS = 400;
/** Logs that are audited in other ways, too. */
const OTHERWISE = 8;

describe(`verify over what simulated gateways wrote to a real registry (seed ${SEED})`, function () {
  this.timeout(180_000);
  const logs: SoundLog[] = [];

  before(async () => {
    const corpus = await Corpus.open(SEED);
    try {
      while (logs.length < LOGS) logs.push(await corpus.next());
    } finally {
      await corpus.close();
    }
  });

  it(`finds nothing in ${LOGS} sound logs`, () => {
    const unsound = logs.filter(({ verification }) => verification.verdict !== "sound");
    expect(unsound.map(({ name, verification }) => [name, verification.findings])).to.deep.equal([]);
    const kinds = new Set(logs.flatMap((log) => [...kindsOf(log).values()].flatMap((own) => [...own])));
    expect([...kinds]).to.include.members([
      "committed",
      "aborted",
      "rolled back",
      "recovered",
      "taken over",
      "under way",
    ]);
  });

  it("finds nothing in them by two nodes, in two files, and in an anchored store", async () => {
    const wrong: unknown[] = [];
    for (const log of logs.slice(0, OTHERWISE))
      for (const { isRight, ...said } of await auditOtherwise(log)) if (!isRight) wrong.push([log.name, said]);
    expect(wrong).to.deep.equal([]);
  });

  it(`finds and names ${MUTATIONS} mutations of them, and blames nothing else`, async () => {
    const faults: string[] = [];
    let done = 0;
    for await (const { log, trial } of mutations(logs, new Random(SEED).fork("sample"))) {
      const judgement = await judge(trial, mostOf(trial));
      if (!isSound(judgement)) faults.push(describeFault(log, trial, judgement));
      done += 1;
      if (done === MUTATIONS) break;
    }
    expect(faults.join("\n")).to.equal("");
  });

  it("gives the same log again for the same seed", async () => {
    const corpus = await Corpus.open(SEED);
    try {
      const { recording } = await corpus.next();
      expect(recording.logs).to.deep.equal(logs[0]?.recording.logs);
    } finally {
      await corpus.close();
    }
  });
});
