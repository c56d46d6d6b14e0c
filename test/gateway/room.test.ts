import { expect } from "chai";
import { gatewayIdOf } from "../../src/entry/statements.ts";
import { Room } from "../../src/gateway/room.ts";
import { expectError } from "../support/expect-error.ts";
import { address } from "../support/world-facts.ts";

const OWN = gatewayIdOf(address(1), "own");
const PEER = gatewayIdOf(address(2), "peer");
const STRANGER = gatewayIdOf(address(3), "stranger");
const MAX = 1_000;
const MAX_PER_ORIGIN = 250;

describe("the room for open sessions", () => {
  let room: Room;
  const fill = (count: number, origin = STRANGER): void => {
    for (let each = 0; each < count; each += 1) room.take(`${origin} ${each}`, origin);
  };

  beforeEach(() => {
    room = new Room(OWN);
  });

  it("is not to be had by one origin alone", () => {
    fill(MAX_PER_ORIGIN - 1);
    expect(room.has("next", STRANGER)).to.equal(true);
    room.take("next", STRANGER);
    expect(room.has("another", STRANGER)).to.equal(false);
    expectError(() => room.require("another", STRANGER), "OVERLOADED", { maximum: MAX_PER_ORIGIN });
    expect(room.has("another", PEER)).to.equal(true);
    room.leave("next");
    room.require("another", STRANGER);
  });

  it("has an end for all together, and for this gateway's own sessions no other one", () => {
    fill(MAX - 1, OWN);
    expect(room.has("next", OWN)).to.equal(true);
    room.take("next", OWN);
    for (const origin of [OWN, PEER])
      expectError(() => room.require("another", origin), "OVERLOADED", { maximum: MAX });
  });

  it("is kept by a session that runs", () => {
    fill(MAX, OWN);
    room.require(`${OWN} 0`, OWN);
  });
});
