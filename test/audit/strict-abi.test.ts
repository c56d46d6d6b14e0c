import { expect } from "chai";
import { Interface, type EventFragment } from "ethers";
import fc from "fast-check";
import { AssetEscrowArtifact } from "../../src/chain/generated/contracts/AssetEscrow.ts";
import { LogRegistryArtifact } from "../../src/chain/generated/contracts/LogRegistry.ts";
import { toHex, type Hex } from "../../src/entry/hex.ts";
import { REGISTRY_EVENTS } from "../../src/audit/reading/event-decoder.ts";
import { ESCROW } from "../../src/audit/reading/escrow-events.ts";
import { REGISTRY_VIEWS } from "../../src/audit/reading/rpc-reader.ts";
import { decodeStrictly } from "../../src/audit/reading/strict-abi.ts";
import { withByte } from "../support/doctored.ts";

const registry = new Interface(LogRegistryArtifact.abi);
const escrow = new Interface(AssetEscrowArtifact.abi);

function eventsOf(abi: Interface): EventFragment[] {
  const events: EventFragment[] = [];
  abi.forEachEvent((event) => events.push(event));
  return events;
}

describe("the auditor's own ABI", () => {
  it("has every event of the compiled registry, argument by argument", () => {
    const own = eventsOf(REGISTRY_EVENTS).map((event) => event.format("full"));
    const compiled = eventsOf(registry).map((event) => event.format("full"));
    // OpenZeppelin's EIP712 declares one that this contract never emits.
    expect(own.sort()).to.deep.equal(compiled.filter((text) => !text.includes("EIP712DomainChanged")).sort());
  });

  it("has views and escrow events as they are compiled", () => {
    REGISTRY_VIEWS.forEachFunction((fragment) =>
      expect(fragment.outputs.map((output) => output.format("sighash"))).to.deep.equal(
        registry.getFunction(fragment.selector)?.outputs.map((output) => output.format("sighash")),
      ),
    );
    ESCROW.forEachEvent((fragment) =>
      expect(escrow.getEvent(fragment.topicHash)?.format("full")).to.equal(fragment.format("full")),
    );
    ESCROW.forEachFunction((fragment) => expect(escrow.getFunction(fragment.selector)).not.to.equal(null));
  });
});

const VALUES: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  uint8: fc.bigInt({ min: 0n, max: 255n }),
  uint32: fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  uint256: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  address: fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hexOf),
  bytes16: fc.uint8Array({ minLength: 16, maxLength: 16 }).map(hexOf),
  bytes32: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(hexOf),
  bytes: fc.uint8Array({ maxLength: 70 }).map(hexOf),
  bool: fc.boolean(),
  "address[]": fc.array(fc.uint8Array({ minLength: 20, maxLength: 20 }).map(hexOf), { maxLength: 3 }),
  string: fc.string({ unit: "grapheme", maxLength: 40 }),
};

function hexOf(bytes: Uint8Array): Hex {
  return toHex(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** An event of any kind with any arguments. */
const anyEvent = fc
  .constantFrom(...eventsOf(REGISTRY_EVENTS))
  .chain((event) => fc.tuple(...event.inputs.map(({ type }) => VALUES[type]!)).map((args) => ({ event, args })));

/** What is canonical: bytes that are what ethers makes of what ethers reads in them. */
function isCanonical(event: EventFragment, topics: readonly string[], data: string): boolean {
  try {
    const again = REGISTRY_EVENTS.encodeEventLog(event, REGISTRY_EVENTS.decodeEventLog(event, data, topics).toArray());
    return again.data === data && again.topics.join() === topics.join();
  } catch {
    return false;
  }
}

describe("decodeStrictly", () => {
  it("reads what ethers writes", () => {
    fc.assert(
      fc.property(anyEvent, ({ event, args }) => {
        const { topics, data } = REGISTRY_EVENTS.encodeEventLog(event, args);
        const values = decodeStrictly(event, topics.map(toHex), toHex(data));
        expect([...(values?.values() ?? [])].sort()).to.deep.equal([...args].sort());
      }),
    );
  });

  it("takes bytes if and only if ethers would write them so", () => {
    const change = fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom("topic", "data", "cut", "longer"));
    fc.assert(
      fc.property(anyEvent, change, ({ event, args }, [at, byte, what]) => {
        const { topics, data } = REGISTRY_EVENTS.encodeEventLog(event, args);
        const hex = toHex(data);
        const changedTopics = topics.map(toHex);
        let changedData = hex;
        if (what === "topic" && topics.length > 1) {
          const place = 1 + (at % (topics.length - 1));
          changedTopics[place] = withByte(changedTopics[place]!, at % 32, byte);
        } else if (what === "cut") changedData = toHex(hex.slice(0, -2));
        else if (what === "longer") changedData = toHex(`${hex}00`);
        else changedData = withByte(hex, at % ((hex.length - 2) / 2), byte);
        const strict = decodeStrictly(event, changedTopics, changedData) !== undefined;
        expect(strict).to.equal(isCanonical(event, changedTopics, changedData));
      }),
      { numRuns: 2_000 },
    );
  });
});
