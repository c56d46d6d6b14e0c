import { AbiCoder, getAddress, keccak256, ParamType, Result } from "ethers";
import { z } from "zod";
import { toHex, ZERO_ADDRESS, type Hash, type Hex } from "../../entry/hex.ts";
import type { RegistryDomain } from "../../entry/statements.ts";

const SIDE = "tuple(uint64 chainId,address escrow,address token,address owner,address[] keys)";
/** The escrow's terms, declared here a second time on purpose: these come from calls and not from a log. */
const TERMS = ParamType.from(
  `tuple(bytes16 sessionId,uint8 standard,uint256 value,string tokenUri,address originator,address beneficiary,` +
    `${SIDE} origin,${SIDE} destination,uint64 lockExpiry,uint64 cancelAfter,uint64 logChainId,address logRegistry,` +
    `address[] attestors,uint8 attestorThreshold)`,
);
/** `0x` and the selector; every action of an escrow takes the terms first. */
const SELECTOR_DIGITS = 10;

const registerSchema = z
  .instanceof(Result)
  .transform((terms) => terms.toObject())
  .pipe(z.object({ logChainId: z.bigint().transform(Number), logRegistry: z.string() }));

/**
 * The register that terms name, by the call that carried them: the escrow's events have no more than the terms' hash, and the hash proves
 * the call's terms to be the ones. Null: they name none. Undefined: the call has no such terms, as where another contract has carried them.
 */
export function registerIn(input: Hex, termsHash: Hash): RegistryDomain | null | undefined {
  const coder = AbiCoder.defaultAbiCoder();
  try {
    const terms = coder.decode([TERMS], `0x${input.slice(SELECTOR_DIGITS)}`).toArray();
    if (keccak256(coder.encode([TERMS], terms)) !== termsHash) return undefined;
    const { logChainId: chainId, logRegistry } = registerSchema.parse(terms[0]);
    return logRegistry === ZERO_ADDRESS ? null : { chainId, registry: toHex(getAddress(logRegistry)) };
  } catch {
    return undefined; // Whatever it is, it is no call with terms.
  }
}
