import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { Order } from "./fault-proxy-main.ts";
import type { FaultKind, PlainFault } from "./faults.ts";

const MAIN = fileURLToPath(new URL("fault-proxy-main.ts", import.meta.url));

/** A fault proxy that goes on while this process is busy or stands still. */
export interface FaultProxyProcess {
  readonly rpcUrl: string;
  /** Resolves with the number that the fault has at the proxy. */
  arm(fault: PlainFault): Promise<number>;
  /** Resolves with how often the fault fired. */
  disarm(fault: number): Promise<number>;
  /** Switches everything off. Resolves with how often each kind of fault fired. */
  calm(): Promise<Readonly<Record<FaultKind, number>>>;
  fired(): Promise<Readonly<Record<FaultKind, number>>>;
  close(): Promise<void>;
}

interface Answer {
  readonly error?: string;
  readonly rpcUrl?: string;
  readonly armed?: number;
  readonly fired?: unknown;
}

export async function spawnFaultProxy(nodeUrl: string): Promise<FaultProxyProcess> {
  const args = ["--disable-warning=ExperimentalWarning", MAIN, nodeUrl];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Answer> => {
    const { value, done } = await answers.next();
    if (done === true) throw new Error("the fault proxy has ended");
    const answer = JSON.parse(value) as Answer;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  };
  const { rpcUrl = "" } = await next();
  let last: Promise<unknown> = Promise.resolve();
  /** One order at a time: the answers have no names. */
  const order = (text: Order): Promise<Answer> => {
    const answer = last.then(() => {
      child.stdin.write(`${JSON.stringify(text)}\n`);
      return next();
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  const counts = async (text: Order) => (await order(text)).fired as Readonly<Record<FaultKind, number>>;
  return {
    rpcUrl,
    arm: async (fault) => (await order({ arm: fault })).armed ?? -1,
    disarm: async (fault) => Number((await order({ disarm: fault })).fired),
    calm: () => counts({ calm: true }),
    fired: () => counts({ count: true }),
    close: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : Promise.resolve();
  child.stdin?.end();
  await exited;
}
