import { setTimeout as sleep } from "node:timers/promises";

const DEFAULT_LIMIT_MS = 10_000;
const PAUSE_MS = 10;

/** Waits on a condition, with a limit; never on the clock alone. Gives what the condition gave. */
export async function until<Value>(
  what: string,
  condition: () => Promise<Value | false | undefined> | Value | false | undefined,
  limitMs: number = DEFAULT_LIMIT_MS,
): Promise<Value> {
  const giveUpAt = performance.now() + limitMs;
  while (true) {
    const value = await condition();
    if (value !== false && value !== undefined) return value;
    if (performance.now() > giveUpAt) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(PAUSE_MS);
  }
}
