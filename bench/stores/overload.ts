import { say } from "../restart/progress.ts";
import { appendAll } from "./appends.ts";
import { signLogs } from "./entries.ts";
import { LoadClient, type Measured, type Overload } from "./load.ts";
import type { Options } from "./options.ts";
import { openSubject } from "./subjects.ts";

/** Connections that the capacity is measured at. */
const CAPACITY_CONNECTIONS = 64;
/** What is offered, of the capacity. */
const FACTOR = 2;
/** Logs with an append under way at once: more than the service works on and lets wait. */
const FLOOD_LOGS = 2_000;
/** What the service takes before it refuses: in flight, and waiting. */
const TAKEN = 256 + 1_024;
/** The flood lasts at least so much longer than it takes to fill that. */
const FILLS = 4;

export interface OverloadResult {
  readonly before: Measured;
  readonly during: Overload;
  readonly after: Measured;
  readonly peakMemoryMib: number | undefined;
}

/** The API over sqlite: what it can take, twice as much, and what it can take then. */
export async function measureOverload({ seconds, signed }: Options, dir: string): Promise<OverloadResult> {
  const { api, close } = await openSubject("sqlite", `${dir}/overload`);
  try {
    const logs = (count: number, entries: number) => signLogs(count, Math.ceil(entries / count));
    await appendAll(api.url, await logs(CAPACITY_CONNECTIONS, CAPACITY_CONNECTIONS * 10), seconds);
    const before = await appendAll(api.url, await logs(CAPACITY_CONNECTIONS, signed), seconds);
    say(`  before: ${before.perSecond.toFixed(0)}/s`);
    const surplus = before.perSecond * (FACTOR - 1);
    const floodSeconds = Math.max(seconds, Math.ceil((FILLS * TAKEN) / surplus));
    const many = await logs(FLOOD_LOGS, before.perSecond * FACTOR * floodSeconds + FLOOD_LOGS);
    const last = await logs(CAPACITY_CONNECTIONS, signed);
    const client = new LoadClient(api.url, FLOOD_LOGS);
    await client.open(many);
    await client.connect(FLOOD_LOGS);
    const during = await client.flood(many, before.perSecond * FACTOR, floodSeconds);
    await client.close();
    say(`  at ${during.offeredPerSecond.toFixed(0)}/s: ${during.perSecond.toFixed(0)}/s, ${during.refused} refused`);
    const after = await appendAll(api.url, last, seconds);
    say(`  after: ${after.perSecond.toFixed(0)}/s`);
    return { before, during, after, peakMemoryMib: api.peakMemoryMib() };
  } finally {
    await close();
  }
}
