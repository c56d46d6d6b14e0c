import { z } from "zod";
import { addressSchema, hashSchema } from "../entry/hex.ts";

const contractSchema = z.strictObject({
  address: addressSchema,
  /** keccak256 of the deployed code: another build is another contract. */
  codeHash: hashSchema,
  blockNumber: z.int().min(0),
  transactionHash: hashSchema,
});

/** What `deploy` leaves behind: enough to find the contracts again, and to see that they are the same ones. */
export const deploymentRecordSchema = z.strictObject({
  version: z.literal(1),
  chainId: z.int().positive(),
  genesisHash: hashSchema,
  /** By name of the contract. */
  contracts: z.record(z.string(), contractSchema),
});

export type DeploymentRecord = z.infer<typeof deploymentRecordSchema>;
export type DeployedContract = z.infer<typeof contractSchema>;
