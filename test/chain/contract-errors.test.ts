import { expect } from "chai";
import { encodeBytes32String, type Interface } from "ethers";

import { CONTRACT_ERRORS, contractError } from "../../src/chain/contract-errors.ts";
import { assetEscrowInterface, logRegistryInterface } from "../../src/chain/contracts.ts";
import { toHex, ZERO_ADDRESS, ZERO_HASH } from "../../src/entry/hex.ts";
import { developmentSigner } from "../support/accounts.ts";

const ACCOUNT = developmentSigner(0).address;
const encode = (contract: Interface, name: string, values: unknown[]) =>
  toHex(contract.encodeErrorResult(name, values));

describe("contractError", () => {
  it("has a code for every error that our contracts declare", () => {
    const declared = [logRegistryInterface, assetEscrowInterface].flatMap((contract: Interface) => {
      const names: string[] = [];
      contract.forEachError((fragment) => names.push(fragment.name));
      return names.filter((name) => /^(LogRegistry|GatewayRegistry|AssetEscrow)/.test(name));
    });
    expect(declared).not.to.deep.equal([]);
    expect(declared.filter((name) => !(name in CONTRACT_ERRORS))).to.deep.equal([]);
    const ours = Object.keys(CONTRACT_ERRORS).filter((name) => !name.startsWith("ERC"));
    expect(ours.filter((name) => !declared.includes(name))).to.deep.equal([]);
  });

  it("gives expected and actual values as context", () => {
    const error = contractError(encode(logRegistryInterface, "LogRegistryWrongIndex", [3, 5]));
    expect(error.code).to.equal("WRONG_INDEX");
    expect(error.context).to.include({ error: "LogRegistryWrongIndex", expected: 3, actual: 5 });
  });

  it("names states, actions and members instead of numbers", () => {
    const lock = assetEscrowInterface.getFunction("lock").selector;
    const conflict = contractError(encode(assetEscrowInterface, "AssetEscrowConflict", [ZERO_HASH, lock, 2]));
    expect(conflict.context).to.include({ action: "lock", actual: "BURNED" });
    const terms = contractError(
      encode(assetEscrowInterface, "AssetEscrowInvalidTerms", [encodeBytes32String("lockExpiry")]),
    );
    expect(terms.context).to.include({ member: "lockExpiry" });
  });

  it("tells no signature from a foreign one", () => {
    const by = (actual: string) =>
      contractError(encode(logRegistryInterface, "LogRegistryForeignSignature", [ACCOUNT, actual])).code;
    expect(by(ACCOUNT)).to.equal("FOREIGN_SIGNATURE");
    expect(by(ZERO_ADDRESS)).to.equal("INVALID_SIGNATURE");
  });

  it("keeps the data of a revert that nobody here knows", () => {
    for (const data of ["0x", "0x01", "0xdeadbeef", undefined] as const) {
      const error = contractError(data);
      expect(error.code).to.equal("TRANSACTION_FAILED");
      expect(error.context).to.include({ reverted: true, data: data ?? "0x" });
    }
  });
});
