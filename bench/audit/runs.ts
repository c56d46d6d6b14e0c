import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";

import nodeOptions from "../../bin/node-options.json" with { type: "json" };
import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { readLogs } from "../../src/audit/reading/reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { sessionIdToWord, toHex } from "../../src/entry/hex.ts";
import { ApiProcess } from "../support/api-process.ts";
import { auditPlainly } from "./plain-auditor.ts";
import { lastBlockOf, type About } from "./written-registry.ts";

const run = promisify(execFile);
const MAX_OUTPUT = 2 ** 20;

const auditedSchema = z.object({
  seconds: z.number(),
  entries: z.number(),
  verdict: z.string(),
  findings: z.number(),
  unread: z.array(z.unknown()),
  peakMib: z.number(),
});
export type Audited = z.infer<typeof auditedSchema>;

const rateSchema = z.object({ perSecond: z.number() });

function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** A process that answers for the first sessions of a written registry. `stop` ends it, and removes what it has said. */
export async function startNode(
  folder: string,
  sessions: number,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), "gatelog-bench-"));
  const node = await ApiProcess.start("node", new URL("node-main.ts", import.meta.url), [folder, `${sessions}`], dir);
  const stop = async (): Promise<void> => {
    await node.stop();
    rmSync(dir, { recursive: true });
  };
  return { url: node.url, stop };
}

/** One audit in a process of its own, with the options of memory that `gatelog` has. */
export async function audit(url: string, { registry }: About, cores: number): Promise<Audited> {
  const { stdout } = await run(
    process.execPath,
    [...nodeOptions, path("auditor-main.mjs"), url, registry, String(cores)],
    { maxBuffer: MAX_OUTPUT },
  );
  return auditedSchema.parse(JSON.parse(stdout));
}

/** Keys a second that the native library recovers on so many cores. */
export function bareRate(cores: number, seconds: number): Promise<number> {
  return rate("recover-main.mjs", [`${cores}`, `${seconds}`]);
}

/** Entries a second of which the libraries alone do what has to be done: parse, hash, recover. */
export function librariesRate(folder: string, cores: number, seconds: number): Promise<number> {
  return rate("libraries-main.mjs", [folder, `${cores}`, `${seconds}`]);
}

async function rate(script: string, args: readonly string[]): Promise<number> {
  const { stdout } = await run(process.execPath, [path(script), ...args]);
  return rateSchema.parse(JSON.parse(stdout)).perSecond;
}

/** Entries a second of the plain auditor, in this thread. To fetch them and to tell sessions apart is not counted. */
export async function plainRate(url: string, about: About, entries: number): Promise<number> {
  const reader = new RpcReader(httpJsonRpc(url), { registry: toHex(about.registry) });
  const sessions = Math.ceil(entries / about.entriesOfSession);
  const query = { fromBlock: about.firstBlock, toBlock: lastBlockOf(about, sessions) };
  const bySession = Map.groupBy(await readLogs(reader, query), ({ topics }) => topics[1]);
  const keys = new Map(about.gateways.map(({ gatewayId, key }) => [gatewayId, key]));
  let [checked, ms] = [0, 0];
  for (const { sessionId, sessionHash } of about.known.slice(0, sessions)) {
    const start = performance.now();
    checked += auditPlainly(bySession.get(sessionIdToWord(sessionId)) ?? [], { sessionHash, keys });
    ms += performance.now() - start;
  }
  return checked / (ms / 1_000);
}

/** Seconds of `gatelog verify` that goes on from a checkpoint, and leaves one; all of the process. */
export async function auditFrom(checkpoint: string, url: string, { registry }: About): Promise<number> {
  const start = performance.now();
  const command = ["verify", "--rpc-url", url, "--log-registry", registry, "--checkpoint", checkpoint, "--json"];
  const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
  const { stdout } = await run(process.execPath, [...nodeOptions, main, ...command], { maxBuffer: 64 * MAX_OUTPUT });
  const { verdict } = z.looseObject({ verdict: z.string() }).parse(JSON.parse(stdout));
  if (verdict !== "sound") throw new Error(`from the checkpoint the verdict is ${verdict}`);
  return (performance.now() - start) / 1_000;
}
