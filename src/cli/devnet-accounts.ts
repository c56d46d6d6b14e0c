import { HDNodeWallet, Mnemonic } from "ethers";
import { toHex, type Address, type Hex } from "../entry/hex.ts";

/**
 * The accounts that every development node funds. The phrase is public: whatever they hold on any other chain is lost.
 */
const PHRASE = "test test test test test test test test test test test junk";
const PATH = "m/44'/60'/0'/0";

/** Who plays which part on the development chains; the number is the account's place. */
const PARTS = {
  deployer: 0,
  carrier: 1,
  alphaLedger: 2,
  betaLedger: 3,
  alphaLog: 4,
  betaLog: 5,
  alphaOwner: 6,
  betaOwner: 7,
  alice: 8,
  bob: 9,
} as const;
export type Part = keyof typeof PARTS;

export interface DevelopmentAccount {
  readonly address: Address;
  readonly privateKey: Hex;
}

export function developmentAccounts(): Readonly<Record<Part, DevelopmentAccount>> {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(PHRASE), PATH);
  const account = (index: number): DevelopmentAccount => {
    const { address, privateKey } = root.deriveChild(index);
    return { address: toHex(address), privateKey: toHex(privateKey) };
  };
  return {
    deployer: account(PARTS.deployer),
    carrier: account(PARTS.carrier),
    alphaLedger: account(PARTS.alphaLedger),
    betaLedger: account(PARTS.betaLedger),
    alphaLog: account(PARTS.alphaLog),
    betaLog: account(PARTS.betaLog),
    alphaOwner: account(PARTS.alphaOwner),
    betaOwner: account(PARTS.betaOwner),
    alice: account(PARTS.alice),
    bob: account(PARTS.bob),
  };
}
