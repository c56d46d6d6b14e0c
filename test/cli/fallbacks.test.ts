import { expect } from "chai";
import { fallbacks } from "../../src/cli/fallbacks.ts";

describe("what a command says of a slow platform", () => {
  it("names what has no fast form there, and is silent where all have", () => {
    expect(fallbacks({ curve: {}, keccak: {} })).to.deep.equal([]);
    const [curve, ...others] = fallbacks({ curve: null, keccak: {} });
    expect(curve).to.match(/no native secp256k1/);
    expect(others).to.deep.equal([]);
    expect(fallbacks({ curve: null, keccak: null }).join()).to.match(/twenty times.*WebAssembly.*ten times/);
  });
});
