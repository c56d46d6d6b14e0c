import type { Role } from "../../src/protocol/order.ts";
import { GATEWAY_NAMES } from "../../src/cli/devnet-deploy.ts";
import type { GatelogNet } from "../support/gatelog-net.ts";
import { SIDES } from "./session-logs.ts";
import type { Stack } from "./stage.ts";
import type { ChainName, Ways } from "./ways.ts";

interface LedgerPlace {
  readonly chainId: number;
}

/**
 * Short, so that a survivor soon notices what the other one has done, and longer than a restart takes on a quiet machine, so
 * that it is not missed each time. The protocol's own times pass by moving the clocks.
 */
export const TIMING = { retry: 500, retryMax: 1_000, discovery: 500, cancelGrace: 20 * 60_000 } as const;
/** Who pays for the transactions that carry a gateway's entries. */
const CARRIERS = { origin: "carrier", destination: "betaOwner" } as const satisfies Readonly<Record<Role, string>>;

/** The configuration that the development network wrote for the gateway, with its log elsewhere. Gives the file. */
export function writeGatewayConfig(net: GatelogNet, stack: Stack, role: Role, ways: Ways | undefined): string {
  const side = SIDES[role];
  const { record } = net;
  const urlOf = (chain: ChainName): string => ways?.url(role, chain) ?? record[chain].rpcUrl;
  return net.writeConfig(`${side}-${stack}.yaml`, record.gateways[side].config, ({ log, ledgers, ...given }) => {
    const reached = (ledgers as readonly LedgerPlace[]).map((ledger) => ({
      ...ledger,
      rpcUrl: urlOf(ledger.chainId === record.alpha.chainId ? "alpha" : "beta"),
    }));
    const common = { ...given, ledgers: reached, timing: TIMING };
    if (stack === "private")
      return { ...common, store: { driver: "sqlite", path: `./${side}-data/logs.sqlite` }, peers: [peerOf(net, role)] };
    const store =
      stack === "http"
        ? { driver: "http", url: record.api.url }
        : { driver: "chain", rpcUrl: urlOf("log"), carrierKey: { file: net.writeKey(CARRIERS[role]) } };
    return { ...common, log, store };
  });
}

function peerOf({ record }: GatelogNet, role: Role): object {
  const other = role === "origin" ? SIDES.destination : SIDES.origin;
  return {
    name: GATEWAY_NAMES[other],
    owner: record.accounts[`${other}Owner`].address,
    keys: [{ epoch: 1, key: record.accounts[`${other}Log`].address }],
    endpoints: [record.gateways[other].url],
  };
}
