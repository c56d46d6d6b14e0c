import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

import { answerInstead, concerns, doctored, FAULT_KINDS, type Fault, type FaultKind } from "./faults.ts";
import { parseRequests, type RpcAnswer, type RpcCall, type RpcRequest } from "./rpc-messages.ts";
import { answerAsOf, dependsOnHead } from "./stale-view.ts";

/** A fault that is switched on. */
export interface ArmedFault {
  /** How many calls it met so far; for a port that is closed, where nobody can count, how often it was closed. */
  readonly fired: number;
  /** Switches it off; nothing if it is over already. */
  disarm(): Promise<void>;
}

/** Stands before a node as JSON-RPC over HTTP, batches and errors included, and lets things go wrong that can be switched on and off. */
export interface FaultProxy {
  readonly rpcUrl: string;
  /** Calls that reached the proxy so far, identity checks included. */
  readonly calls: readonly RpcCall[];
  /** How often each kind of fault fired, over all that were ever armed. */
  readonly fired: Readonly<Record<FaultKind, number>>;
  arm(fault: Fault): Promise<ArmedFault>;
  /** Switches everything off. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
/**
 * Below the ports that systems give to outgoing connections: nobody takes the port while it is closed for a fault, unless by name.
 */
const [PORT_MIN, PORT_MAX] = [20_000, 30_000];
const MAX_PORT_ATTEMPTS = 50;

/** @param faults Armed from the start. */
export async function startFaultProxy(nodeUrl: string, ...faults: readonly Fault[]): Promise<FaultProxy> {
  const proxy = new HttpFaultProxy(nodeUrl);
  await proxy.open();
  for (const fault of faults) await proxy.arm(fault);
  return proxy;
}

interface Armed {
  readonly fault: Fault;
  fired: number;
  /** The newest block that a node has which lost the others. */
  readonly head: number | null;
}

/** Thrown where a call gets no answer. */
class NoAnswer extends Error {
  readonly hangs: boolean;

  constructor(hangs: boolean) {
    super("no answer");
    this.hangs = hangs;
  }
}

class HttpFaultProxy implements FaultProxy {
  readonly calls: RpcCall[] = [];
  readonly fired = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Record<FaultKind, number>;
  readonly #nodeUrl: string;
  readonly #server: Server;
  readonly #armed = new Set<Armed>();
  #port = 0;

  constructor(nodeUrl: string) {
    this.#nodeUrl = nodeUrl;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        // Also a node that does not answer: the asker is cut off, as it would be from the node.
        if (!(error instanceof NoAnswer && error.hangs)) response.destroy();
      });
    });
  }

  get rpcUrl(): string {
    return `http://${HOST}:${this.#port}`;
  }

  async open(): Promise<void> {
    for (let attempts = 1; ; attempts += 1)
      try {
        await this.#listen(PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN)));
        return;
      } catch (error) {
        if (attempts === MAX_PORT_ATTEMPTS) throw error;
      }
  }

  async arm(fault: Fault): Promise<ArmedFault> {
    const head = fault.kind === "shorter" ? (await this.#headOf(this.#nodeUrl)) - fault.blocks : null;
    const armed: Armed = { fault, fired: 0, head };
    this.#armed.add(armed);
    if (closesPort(fault)) {
      this.#fires(armed);
      await this.#shut();
    }
    if (restartsNode(fault)) this.#server.closeAllConnections();
    return {
      get fired() {
        return armed.fired;
      },
      disarm: () => this.#disarm(armed),
    };
  }

  async calm(): Promise<void> {
    for (const armed of [...this.#armed]) await this.#disarm(armed);
  }

  async close(): Promise<void> {
    this.#armed.clear();
    await this.#shut();
  }

  async #disarm(armed: Armed): Promise<void> {
    if (!this.#armed.delete(armed)) return;
    if (restartsNode(armed.fault)) this.#server.closeAllConnections();
    const isClosed = [...this.#armed].some(({ fault }) => closesPort(fault));
    if (!isClosed && !this.#server.listening) await this.#listen(this.#port);
  }

  async #listen(port: number): Promise<void> {
    this.#server.listen(port, HOST);
    await once(this.#server, "listening");
    this.#port = port;
  }

  async #shut(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(request)).toString();
    const parsed = parseRequests(body);
    response.setHeader("content-type", "application/json");
    if (parsed === undefined) {
      const answer = await post(this.#nodeUrl, body);
      response.statusCode = answer.status;
      response.end(await answer.text());
      return;
    }
    const answers = await Promise.all(parsed.requests.map((each) => this.#answerTo(each)));
    const named = parsed.requests.flatMap(({ id }, place) =>
      id === undefined ? [] : [{ jsonrpc: "2.0", id, ...answers[place] }],
    );
    response.end(named.length === 0 ? "" : JSON.stringify(parsed.batch ? named : named[0]));
  }

  async #answerTo({ method, params = [] }: RpcRequest): Promise<RpcAnswer> {
    const call = { method, params };
    this.calls.push(call);
    const met = [...this.#armed].filter(({ fault }) => !closesPort(fault) && concerns(fault, call));
    for (const armed of met) {
      const { fault } = armed;
      if (fault.kind === "slow" && this.#fires(armed)) await sleep(fault.delayMs);
      if (fault.kind === "dead" && this.#fires(armed)) throw new NoAnswer(false);
    }
    for (const armed of met) {
      const instead = answerInstead(armed.fault, call);
      if (instead !== undefined && this.#fires(armed)) return instead;
    }
    const lost = met.find((armed) => armed.fault.kind === "reply-lost" && this.#fires(armed));
    let answer = await this.#ask(call, met);
    for (const armed of met) {
      const other = doctored(armed.fault, call, answer);
      if (JSON.stringify(other) !== JSON.stringify(answer) && this.#fires(armed)) answer = other;
    }
    if (lost?.fault.kind === "reply-lost") throw new NoAnswer(lost.fault.hangs === true);
    return answer;
  }

  /** The answer of the node that is there now, as of the block that it has now. */
  async #ask(call: RpcCall, met: readonly Armed[]): Promise<RpcAnswer> {
    const other = met.find((armed) => armed.fault.kind === "other-node" && this.#fires(armed));
    const url = other?.fault.kind === "other-node" ? other.fault.url : this.#nodeUrl;
    const ask = (method: string, params: readonly unknown[]): Promise<RpcAnswer> => askNode(url, method, params);
    const behind = met.find((armed) => isBehind(armed.fault) && dependsOnHead(call.method) && this.#fires(armed));
    if (behind === undefined) return ask(call.method, call.params);
    const head = behind.head ?? (await this.#headOf(url)) - (behind.fault.kind === "stale" ? behind.fault.blocks : 0);
    return answerAsOf(Math.max(0, head), call, ask);
  }

  async #headOf(url: string): Promise<number> {
    const answer = await askNode(url, "eth_blockNumber", []);
    if ("error" in answer) throw new Error(`eth_blockNumber: ${answer.error.message}`);
    return Number(answer.result);
  }

  /** Counts it, unless it is over: others may have used it up meanwhile. */
  #fires(armed: Armed): boolean {
    if (!this.#armed.has(armed)) return false;
    armed.fired += 1;
    this.fired[armed.fault.kind] += 1;
    if (armed.fired === armed.fault.times && !closesPort(armed.fault)) this.#armed.delete(armed);
    return true;
  }
}

/** Nobody listens at all. */
function closesPort(fault: Fault): boolean {
  return fault.kind === "dead" && fault.methods === undefined && !("when" in fault);
}

function restartsNode({ kind }: Fault): boolean {
  return kind === "shorter" || kind === "other-node";
}

function isBehind({ kind }: Fault): boolean {
  return kind === "stale" || kind === "shorter";
}

function post(url: string, body: string): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
}

async function askNode(url: string, method: string, params: readonly unknown[]): Promise<RpcAnswer> {
  const response = await post(url, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  const { jsonrpc: _jsonrpc, id: _id, ...answer } = (await response.json()) as RpcAnswer & Record<string, unknown>;
  return answer;
}
