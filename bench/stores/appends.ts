import { join } from "node:path";

import { say } from "../restart/progress.ts";
import { fsyncsPerSecond } from "./bare-fsync.ts";
import { signLogs, type SignedLog } from "./entries.ts";
import { LoadClient, type Measured } from "./load.ts";
import type { DriverName, Options } from "./options.ts";
import { openSubject, startBareExpress } from "./subjects.ts";

/** What is measured before anything counts: compilers, caches and pools are warm then. */
const WARM_UP = { logs: 16, entries: 20 } as const;
/** What a gateway appends at once when it takes steps together, and more. */
const TOGETHER = 16;
/** The store that is also measured with so many entries in a request. */
export const TOGETHER_DRIVER = "sqlite";
export const TOGETHER_NAME = `${TOGETHER_DRIVER}, ${TOGETHER} a request`;
/** Of what is signed ahead for the others, a chain gets so much: it is slower than they are. */
const CHAIN_SHARE = 0.1;

export interface Row {
  readonly name: string;
  readonly measured: readonly Measured[];
}

export interface Appends {
  readonly fsyncsPerSecond: number;
  /** Bare Express first. */
  readonly rows: readonly Row[];
}

/** Logs for each number of connections, as many as there are connections. */
interface Signed {
  readonly warmUp: readonly SignedLog[];
  readonly levels: readonly (readonly SignedLog[])[];
}

/** Every store, for every number of connections, an entry a request; each store gets the same entries. Then sqlite with several. */
export async function measureAppends(options: Options, dir: string): Promise<Appends> {
  const { drivers, seconds } = options;
  say("bare fsync");
  const fsyncs = fsyncsPerSecond(dir, seconds);
  const shared = await sign(options, 1);
  const rows = [await measureExpress(shared, seconds, dir)];
  for (const driver of drivers) rows.push(await measureDriver(driver, driver, shared, options, dir));
  if (drivers.includes(TOGETHER_DRIVER)) {
    const together = await sign(options, 1, { entriesPerBody: TOGETHER });
    rows.push(await measureDriver(TOGETHER_NAME, TOGETHER_DRIVER, together, options, dir));
  }
  return { fsyncsPerSecond: fsyncs, rows };
}

async function sign(
  { connections, signed }: Options,
  share: number,
  form: Parameters<typeof signLogs>[2] = {},
): Promise<Signed> {
  const levels: SignedLog[][] = [];
  const warmUp = await signLogs(WARM_UP.logs, Math.ceil(WARM_UP.entries * share), form);
  for (const count of connections) levels.push(await signLogs(count, Math.ceil((signed * share) / count), form));
  return { warmUp, levels };
}

async function measureExpress(logs: Signed, seconds: number, dir: string): Promise<Row> {
  const api = await startBareExpress(dir);
  try {
    return await measure("bare Express", api.url, logs, seconds);
  } finally {
    await api.stop();
  }
}

async function measureDriver(
  name: string,
  driver: DriverName,
  shared: Signed,
  options: Options,
  dir: string,
): Promise<Row> {
  const { api, log, close } = await openSubject(driver, join(dir, name));
  try {
    const logs = log === null ? shared : await sign(options, CHAIN_SHARE, { log });
    return await measure(name, api.url, logs, options.seconds);
  } finally {
    await close();
  }
}

async function measure(name: string, url: string, { warmUp, levels }: Signed, seconds: number): Promise<Row> {
  await appendAll(url, warmUp, seconds);
  const measured: Measured[] = [];
  for (const logs of levels) {
    const each = await appendAll(url, logs, seconds);
    measured.push(each);
    const { connections, appends, perSecond, p50Ms, p99Ms } = each;
    const times = `p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
    say(`  ${name}, ${connections} connections: ${perSecond.toFixed(0)}/s, ${times}, of ${appends}`);
  }
  return { name, measured };
}

/** On connections of their own; the sessions are opened before anything is measured. */
export async function appendAll(url: string, logs: readonly SignedLog[], seconds: number): Promise<Measured> {
  const client = new LoadClient(url, logs.length);
  try {
    await client.open(logs);
    return await client.appendAll(logs, seconds);
  } finally {
    await client.close();
  }
}
