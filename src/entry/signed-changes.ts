import { z } from "zod";
import { GatelogError } from "./errors.ts";
import { addressSchema, type Address, type GatewayId, type Hash } from "./hex.ts";
import { compactSignatureSchema, recoverSigner, type CompactSignature, type DigestSigner } from "./signature.ts";
import { statementDigest, type RegistryDomain, type Statements } from "./statements.ts";

/** As in the registry. */
const MAX_BACKUPS = 8;
const MAX_NAME = 64;

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

/** What an owner says; without its signature it is to be signed. */
export type OwnersSignedChange = Exclude<SignedChange, { event: "PrimaryChanged" }>;
type Unsigned<Change> = Change extends unknown ? Omit<Change, "signature"> : never;

const uint32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const key = addressSchema;
const signature = compactSignatureSchema;
const backups = z.array(key).max(MAX_BACKUPS);

const ownersSchemas = [
  z.strictObject({
    ...{ event: z.literal("GatewayRegistered"), owner: key, name: z.string().min(1).max(MAX_NAME) },
    ...{ key, endpoints: z.string(), signature },
  }),
  z.strictObject({ event: z.literal("KeyRotated"), change: uint32, epoch: uint32, key, signature }),
  z.strictObject({ event: z.literal("EndpointsSet"), change: uint32, endpoints: z.string(), signature }),
  z.strictObject({ event: z.literal("BackupsSet"), change: uint32, backups, takeoverInterval: uint32, signature }),
] as const;

/** As JSON: in files and databases. */
export const ownersChangeSchema = z.discriminatedUnion("event", ownersSchemas);
export const signedChangeSchema = z.discriminatedUnion("event", [
  ...ownersSchemas,
  z.strictObject({
    ...{ event: z.literal("PrimaryChanged"), epoch: uint32, key, former: key, planned: z.boolean() },
    ...{ signature, formerSignature: signature.nullable() },
  }),
]);

/** Signs a change of the owner's. @param domain Null where no registry is: name and version alone. */
export async function signChange<Change extends Unsigned<OwnersSignedChange>>(
  owner: DigestSigner,
  gatewayId: GatewayId,
  change: Change,
  domain: RegistryDomain | null,
): Promise<Change & { readonly signature: CompactSignature }> {
  return { ...change, signature: await owner.signDigest(digestOf(gatewayId, change, domain)) };
}

/** What the new primary signs, and at a planned change the former one too. @param epoch That begins. */
export function successionDigest(
  domain: RegistryDomain | null,
  gatewayId: GatewayId,
  { epoch, key, planned }: { readonly epoch: number; readonly key: Address; readonly planned: boolean },
): Hash {
  return statementDigest(domain, planned ? "Handover" : "Takeover", { gatewayId, expectedEpoch: epoch - 1, key });
}

/** FOREIGN_SIGNATURE or INVALID_SIGNATURE unless the change is signed by whose it is; MALFORMED if a signature is missing or too many. */
export function checkChangeSignatures(
  gatewayId: GatewayId,
  change: SignedChange,
  owner: Address,
  domain: RegistryDomain | null,
): void {
  const { event, signature } = change;
  if (event !== "PrimaryChanged") {
    checkSigner(gatewayId, event, owner, digestOf(gatewayId, change, domain), signature);
    return;
  }
  const { key, former, planned, formerSignature } = change;
  const digest = successionDigest(domain, gatewayId, change);
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

function digestOf(gatewayId: GatewayId, change: Unsigned<OwnersSignedChange>, domain: RegistryDomain | null): Hash {
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
