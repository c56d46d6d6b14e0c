import { keccak256, toUtf8Bytes } from "ethers";
import { toHex, type Address, type GatewayId, type Hex } from "../../src/entry/hex.ts";
import { keySigner } from "../../src/entry/signature.ts";
import { gatewayIdOf } from "../../src/entry/statements.ts";
import { makeFacts, type FactsOptions, type KitGateway } from "../../src/store/conformance/stage.ts";
import { signOpening } from "../../src/entry/signed-statements.ts";
import type { SessionFacts, SessionOpening } from "../../src/entry/session.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";

export { makeEntries, makeEntry } from "../../src/store/conformance/stage.ts";

/** A gateway group with its keys in the test's hands. The same name gives the same keys, so the same id. */
export interface SampleGateway extends KitGateway {
  readonly name: string;
  readonly owner: Address;
}

export function sampleGateway(name: string, epoch = 1): SampleGateway {
  const owner = sampleSigner(`${name} owner`).address;
  return { name, owner, gatewayId: gatewayIdOf(owner, name), epoch, signer: sampleSigner(`${name} epoch ${epoch}`) };
}

export function sampleSigner(name: string) {
  return keySigner(sampleKey(name));
}

/** The private key under that name: as secret as the name. */
export function sampleKey(name: string): Hex {
  return toHex(keccak256(toUtf8Bytes(name)));
}

/** A directory that knows the gateways at their epoch, earlier keys included. */
export function sampleDirectory(...gateways: readonly SampleGateway[]): MemoryGatewayDirectory {
  return new MemoryGatewayDirectory(
    gateways.map(({ name, gatewayId, epoch }) => ({
      gatewayId,
      epoch,
      keys: Array.from({ length: epoch }, (_, before) => ({
        epoch: before + 1,
        key: sampleSigner(`${name} epoch ${before + 1}`).address,
      })),
      endpoints: [],
    })),
  );
}

export interface SampleSession {
  readonly facts: SessionFacts;
  readonly opening: SessionOpening;
}

/** Facts and their signed opening: of a session between two gateways, or of one alone. */
export async function sampleSession(
  origin: SampleGateway,
  destination: SampleGateway | null,
  options: FactsOptions = {},
): Promise<SampleSession> {
  const facts = makeFacts(origin, destination, options);
  return { facts, opening: await signOpening(facts, origin.epoch, origin.signer) };
}

/** A gateway id that no registry knows. */
export const UNKNOWN_GATEWAY: GatewayId = `0x${"5a".repeat(32)}`;
