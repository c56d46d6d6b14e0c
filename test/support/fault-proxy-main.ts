import { createInterface } from "node:readline";
import { startFaultProxy, type ArmedFault } from "./fault-proxy.ts";
import type { PlainFault } from "./faults.ts";

/**
 * A fault proxy as a process of its own: `node test/support/fault-proxy-main.ts NODE-URL`. Standard input has one order a line, standard
 * output one answer a line, in their order, after the proxy's URL in the first one. It ends when its standard input does.
 */
export type Order =
  { readonly arm: PlainFault } | { readonly disarm: number } | { readonly calm: true } | { readonly count: true };

const [nodeUrl = ""] = process.argv.slice(2);
const proxy = await startFaultProxy(nodeUrl);
const armed: ArmedFault[] = [];

async function obey(order: Order): Promise<unknown> {
  if ("arm" in order) return { armed: armed.push(await proxy.arm(order.arm)) - 1 };
  if ("disarm" in order) {
    const fault = armed[order.disarm];
    if (fault === undefined) throw new Error(`there is no fault ${order.disarm}`);
    await fault.disarm();
    return { fired: fault.fired };
  }
  if ("calm" in order) await proxy.calm();
  return { fired: proxy.fired, faults: armed.map(({ fired }) => fired), calls: proxy.calls.length };
}

function tell(answer: unknown): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

tell({ rpcUrl: proxy.rpcUrl });
for await (const line of createInterface({ input: process.stdin }))
  try {
    tell(await obey(JSON.parse(line) as Order));
  } catch (error) {
    tell({ error: String(error) });
  }
await proxy.close();
