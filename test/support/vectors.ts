import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import type { JsonObject } from "../../src/entry/canonical.ts";
import type { Address, Hash, Hex, SessionId } from "../../src/entry/hex.ts";
import type { Statements } from "../../src/entry/statements.ts";
import type { CertificateClaim } from "../../src/entry/terms.ts";

const FOLDER = resolve(import.meta.dirname, "..", "vectors");

interface Named {
  readonly name: string;
}

/** Rows of test/vectors/NAME.json, as scripts/support/vectors/make.ts writes them. */
export interface Vectors {
  payloads: {
    canonical: (Named & { json: string; canonical: string; sha256: Hash })[];
    notCanonical: (Named & { hex: Hex })[];
  };
  gateways: (Named & { ownerKey: Hex; owner: Address; key: Hex; signer: Address; gatewayId: Hash })[];
  sessions: (Named & {
    facts: JsonObject & { sessionId: SessionId };
    logged: string;
    factsHash: Hash;
    sessionHash: Hash;
  })[];
  entries: (Named & { session: string; chained: boolean; header: Hash; entry: JsonObject })[];
  headers: (Named & { valid: boolean; readable: boolean; header: Hash })[];
  statements: (Named & {
    type: keyof Statements;
    domain: { chainId: number; registry: Address };
    message: Statements[keyof Statements];
    digest: Hash;
  })[];
  terms: (Named & { terms: JsonObject; termsHash: Hash })[];
  certificates: (Named & { terms: string; claim: CertificateClaim; digest: Hash })[];
  signatures: {
    digest: Hash;
    signer: Address;
    compact: Hex;
    full: Hex;
    refused: (Named & { signature: Hex })[];
    foreign: (Named & { signature: Hex })[];
  };
}

export function readVectors<Name extends keyof Vectors>(name: Name): Vectors[Name] {
  // The files are our own and a test compares them with what the script writes.
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as Vectors[Name];
}

/** The row of this name. */
export function rowOf<Row extends Named>(rows: readonly Row[], name: string): Row {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no vector is called ${name}`);
  return row;
}
