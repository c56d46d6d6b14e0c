import { GatelogError } from "./errors.ts";
import type { Address, GatewayId, Hash } from "./hex.ts";
import { recoverSigner, type CompactSignature } from "./signature.ts";
import { statementDigest, type RegistryDomain, type Statements } from "./statements.ts";

/** A change of a group as the registry's event has it, with the signatures that it rests on. */
export type SignedChange =
  | {
      readonly event: "GatewayRegistered";
      readonly owner: Address;
      readonly name: string;
      readonly key: Address;
      readonly endpoints: string;
      readonly signature: CompactSignature;
    }
  | (OwnersChange & { readonly event: "KeyRotated"; readonly epoch: number; readonly key: Address })
  | (OwnersChange & { readonly event: "EndpointsSet"; readonly endpoints: string })
  | (OwnersChange & {
      readonly event: "BackupsSet";
      readonly backups: readonly Address[];
      readonly takeoverInterval: number;
    })
  /** No change of the owner's: signed by the new primary and, if it was planned, by the former one. */
  | {
      readonly event: "PrimaryChanged";
      readonly epoch: number;
      readonly key: Address;
      readonly former: Address;
      readonly planned: boolean;
      readonly signature: CompactSignature;
      readonly formerSignature: CompactSignature | null;
    };

interface OwnersChange {
  readonly change: number;
  readonly signature: CompactSignature;
}

/** FOREIGN_SIGNATURE or INVALID_SIGNATURE unless the change is signed by whose it is; MALFORMED if a signature is missing or too many. */
export function checkChangeSignatures(
  gatewayId: GatewayId,
  change: SignedChange,
  owner: Address,
  domain: RegistryDomain,
): void {
  const { event, signature } = change;
  if (event !== "PrimaryChanged") {
    checkSigner(gatewayId, event, owner, digestOf(gatewayId, change, domain), signature);
    return;
  }
  const { key, former, planned, formerSignature } = change;
  const statement = { gatewayId, expectedEpoch: change.epoch - 1, key };
  const digest = statementDigest(domain, planned ? "Handover" : "Takeover", statement);
  checkSigner(gatewayId, event, key, digest, signature);
  if (planned !== (formerSignature !== null))
    throw new GatelogError("MALFORMED", "a handover is signed by the former primary, and a takeover is not", {
      gatewayId,
    });
  if (formerSignature !== null) checkSigner(gatewayId, event, former, digest, formerSignature);
}

function checkSigner(
  gatewayId: GatewayId,
  event: string,
  expected: Address,
  digest: Hash,
  signature: CompactSignature,
): void {
  const actual = recoverSigner(digest, signature);
  if (actual === expected) return;
  const context = { gatewayId, expected, actual };
  throw new GatelogError("FOREIGN_SIGNATURE", `${event} is not signed by whose it is`, context);
}

function digestOf(
  gatewayId: GatewayId,
  change: Exclude<SignedChange, { event: "PrimaryChanged" }>,
  domain: RegistryDomain,
): Hash {
  const digest = <Name extends keyof Statements>(name: Name, statement: Statements[Name]) =>
    statementDigest(domain, name, statement);
  switch (change.event) {
    case "GatewayRegistered": {
      const { owner, name, key, endpoints } = change;
      return digest("RegisterGateway", { owner, name, key, endpoints });
    }
    case "KeyRotated":
      return digest("RotateKey", { gatewayId, key: change.key, change: change.change });
    case "EndpointsSet":
      return digest("SetEndpoints", { gatewayId, endpoints: change.endpoints, change: change.change });
    case "BackupsSet": {
      const { backups, takeoverInterval, change: number } = change;
      return digest("SetBackups", { gatewayId, backups, takeoverInterval, change: number });
    }
  }
}
