import { expect } from "chai";
import { toHex } from "../../src/entry/hex.ts";
import { Told } from "../../src/gateway/told.ts";

const HOUR = 3_600_000;
const gateway = (place: number) => toHex(`0x${place.toString(16).padStart(64, "0")}`);

describe("what is told of gateways that are refused", () => {
  let now: number;
  let told: Told;

  beforeEach(() => {
    now = 0;
    told = new Told({ now: () => now });
  });

  it("is told once for each gateway and code in an hour", () => {
    expect(told.isNews(gateway(1), "REVOKED")).to.equal(true);
    expect(told.isNews(gateway(1), "REVOKED")).to.equal(false);
    expect(told.isNews(gateway(1), "FOREIGN_SIGNATURE")).to.equal(true);
    expect(told.isNews(gateway(2), "REVOKED")).to.equal(true);
    now = HOUR;
    expect(told.isNews(gateway(1), "REVOKED")).to.equal(true);
  });

  it("is news again behind one that was believed", () => {
    told.isNews(gateway(1), "REVOKED");
    told.forget(gateway(1));
    expect(told.isNews(gateway(1), "REVOKED")).to.equal(true);
  });

  it("is bounded, however many gateways somebody makes up", () => {
    const news = Array.from({ length: 1_000 }, (_, place) => told.isNews(gateway(place), "UNKNOWN_GATEWAY"));
    expect(news.filter(Boolean)).to.have.length(100);
    now = HOUR;
    expect(told.isNews(gateway(5_000), "UNKNOWN_GATEWAY")).to.equal(true);
  });
});
