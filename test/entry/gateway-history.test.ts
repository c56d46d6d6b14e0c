import { expect } from "chai";

import { afterChange, type GatewayChange, type GatewayHistory } from "../../src/entry/gateway-history.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { expectError } from "../support/expect-error.ts";

const [first, second, third] = ["first", "second", "third"].map((name) => sampleSigner(name).address) as [
  `0x${string}`,
  `0x${string}`,
  `0x${string}`,
];
const REGISTERED: GatewayChange = { event: "GatewayRegistered", key: first, endpoints: "a b" };
const LISTED: GatewayChange = { event: "BackupsSet", change: 1, backups: [second, third], takeoverInterval: 5 };
const TAKEN: GatewayChange = { event: "PrimaryChanged", epoch: 2, key: third, former: first };

function of(...changes: readonly GatewayChange[]): GatewayHistory | undefined {
  return changes.reduce<GatewayHistory | undefined>(afterChange, undefined);
}

describe("the history of a gateway group", () => {
  it("has a key for each epoch, and the list as successions leave it", () => {
    expect(of(REGISTERED, LISTED, TAKEN)).to.deep.equal({
      keys: [
        { epoch: 1, key: first },
        { epoch: 2, key: third },
      ],
      endpoints: "a b",
      backups: [second, first],
      takeoverInterval: 5,
      changes: 2,
    });
  });

  it("takes a backup that becomes primary by the owner's hand out of the list", () => {
    const rotated: GatewayChange = { event: "KeyRotated", change: 2, epoch: 3, key: second };
    expect(of(REGISTERED, LISTED, TAKEN, rotated)).to.deep.include({ backups: [first], changes: 3 });
  });

  const impossible: readonly (readonly [what: string, changes: readonly GatewayChange[]])[] = [
    ["a change before the registration", [LISTED]],
    ["a second registration", [REGISTERED, REGISTERED]],
    ["a change of the owner's left out", [REGISTERED, { ...LISTED, change: 2 }]],
    ["a change of the owner's twice", [REGISTERED, LISTED, LISTED]],
    ["an epoch left out", [REGISTERED, LISTED, { ...TAKEN, epoch: 3 }]],
    ["an epoch twice", [REGISTERED, LISTED, TAKEN, { ...TAKEN, key: second, former: third }]],
    ["another former primary", [REGISTERED, LISTED, { ...TAKEN, former: second }]],
    ["a primary that was not listed", [REGISTERED, TAKEN]],
  ];
  for (const [what, changes] of impossible)
    it(`makes nothing up: ${what}`, () => {
      expectError(() => of(...changes), "MALFORMED");
    });
});
