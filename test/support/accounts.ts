import { HDNodeWallet, Mnemonic } from "ethers";
import { toHex, type Hex } from "../../src/entry/hex.ts";
import { keySigner, type DigestSigner } from "../../src/entry/signature.ts";

/** The accounts that Hardhat and anvil fund at genesis. Known to everybody: worthless anywhere else. */
const DEVELOPMENT_MNEMONIC = "test test test test test test test test test test test junk";
const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEVELOPMENT_MNEMONIC), "m/44'/60'/0'/0");

export function developmentKey(index: number): Hex {
  return toHex(root.deriveChild(index).privateKey);
}

export function developmentSigner(index: number): DigestSigner {
  return keySigner(developmentKey(index));
}
