import { httpJsonRpc, type JsonRpc } from "../audit/reading/json-rpc.ts";
import type { Finality } from "../audit/reading/rpc-calls.ts";
import { RpcReader } from "../audit/reading/rpc-reader.ts";
import { verifyTwice } from "../audit/split-view.ts";
import type { Verification } from "../audit/verification.ts";
import { verify, type VerifyOptions } from "../audit/verify.ts";
import type { VerifyExportOptions } from "../audit/files/export-source.ts";
import { verifyExport } from "../audit/files/verify-export.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address } from "../entry/hex.ts";

/** What the options name to be audited. */
export interface SourceOptions {
  readonly rpcUrl?: readonly string[];
  readonly logRegistry?: Address;
  readonly export?: readonly string[];
  readonly finality: Finality;
}

/** How what the options name is audited. */
export interface Sources {
  /** The first node, if one is named. */
  readonly node: RpcReader | undefined;
  /** Two files that are compared; null otherwise. */
  readonly copies: readonly [string, string] | null;
  readonly audit: (options: VerifyOptions & Pick<VerifyExportOptions, "onBytes">) => Promise<Verification>;
}

/** MALFORMED if the options do not fit each other; undefined if they name nothing. */
export function sourcesOf(
  { rpcUrl = [], logRegistry: registry, export: files = [], finality }: SourceOptions,
  rpcOf: (url: string) => JsonRpc = httpJsonRpc,
): Sources | undefined {
  if ((rpcUrl.length === 0) !== (registry === undefined)) throw wrong("--rpc-url and --log-registry go together");
  const nodes = registry === undefined ? [] : rpcUrl.map((url) => new RpcReader(rpcOf(url), { registry, finality }));
  const [node, second, ...moreNodes] = nodes;
  const [file, copy, ...moreFiles] = files;
  if (moreNodes.length > 0) throw wrong("two nodes are compared, and no more: --rpc-url twice");
  if (moreFiles.length > 0) throw wrong("two files are compared, and no more: --export twice");
  if (file !== undefined) {
    if (second !== undefined) throw wrong("beside a file goes one node");
    const copies = copy === undefined ? null : ([file, copy] as const);
    return { node, copies, audit: (options) => verifyExport(file, { ...options, ...(node && { node }) }) };
  }
  if (node === undefined) return undefined;
  const audit = (options: VerifyOptions) =>
    second === undefined ? verify(node, options) : verifyTwice(node, second, options);
  return { node, copies: null, audit };
}

function wrong(message: string): GatelogError {
  return new GatelogError("MALFORMED", message);
}
