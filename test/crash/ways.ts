import type { Role } from "../../src/protocol/order.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import type { GatelogNet } from "../support/gatelog-net.ts";
import { ROLES } from "./session-logs.ts";

export const CHAINS = ["alpha", "beta", "log"] as const;
export type ChainName = (typeof CHAINS)[number];

/** The ways of each gateway to the chains, which can be cut. */
export class Ways {
  readonly #proxies: ReadonlyMap<string, FaultProxy>;

  private constructor(proxies: ReadonlyMap<string, FaultProxy>) {
    this.#proxies = proxies;
  }

  static async open({ record }: GatelogNet): Promise<Ways> {
    const proxies = new Map<string, FaultProxy>();
    for (const role of ROLES)
      for (const chain of CHAINS) proxies.set(`${role} ${chain}`, await startFaultProxy(record[chain].rpcUrl));
    return new Ways(proxies);
  }

  url(role: Role, chain: ChainName): string {
    return this.#proxy(role, chain).rpcUrl;
  }

  /** No chain answers the gateway any more. Gives what makes them answer again. */
  async cut(role: Role): Promise<() => Promise<void>> {
    const proxies = CHAINS.map((chain) => this.#proxy(role, chain));
    for (const proxy of proxies) await proxy.arm({ kind: "dead" });
    return async () => {
      for (const proxy of proxies) await proxy.calm();
    };
  }

  async close(): Promise<void> {
    for (const proxy of this.#proxies.values()) await proxy.close();
  }

  #proxy(role: Role, chain: ChainName): FaultProxy {
    const proxy = this.#proxies.get(`${role} ${chain}`);
    if (proxy === undefined) throw new Error(`no way from the ${role} to ${chain}`);
    return proxy;
  }
}
