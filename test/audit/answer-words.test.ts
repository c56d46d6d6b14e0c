import { expect } from "chai";
import { AnswerWords } from "../../src/audit/reading/answer-words.ts";
import { verify } from "../../src/audit/verify.ts";
import type { Address } from "../../src/entry/hex.ts";
import { PastReader } from "../support/checkpoints.ts";
import { expectError } from "../support/expect-error.ts";
import { RegistryWorld } from "../support/registry-world.ts";

const ADDRESS: Address = "0x00000000000000000000000000000000000000aa";

describe("Words that a view answers", function () {
  this.timeout(60_000);
  const wordOf = (value: bigint) => new AnswerWords("sessionOf", ADDRESS, value.toString(16).padStart(64, "0"));

  it("are numbers up to the largest that is exact, and of no contract of ours beyond it", () => {
    const largest = BigInt(Number.MAX_SAFE_INTEGER);
    for (const value of [0n, 2n ** 52n - 1n, 2n ** 52n, largest])
      expect(BigInt(wordOf(value).number())).to.equal(value);
    for (const value of [largest + 1n, 2n ** 56n - 1n, 2n ** 56n, 2n ** 256n - 1n])
      expectError(() => wordOf(value).number(), "MALFORMED", { address: ADDRESS });
  });

  it("may name the latest deadline that the contract takes", async () => {
    const world = await RegistryWorld.open();
    try {
      const [a, b] = [await world.register("a"), await world.register("b")];
      await world.open(a, b, { deadline: Number.MAX_SAFE_INTEGER });
      const { verdict, unread, sessions } = await verify(new PastReader(world));
      expect({ verdict, unread, sessions: sessions.length }).to.deep.equal({
        verdict: "sound",
        unread: [],
        sessions: 1,
      });
    } finally {
      await world.close();
    }
  });
});
