import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { HDNodeWallet, Mnemonic, type Wallet } from "ethers";
import type { z } from "zod";
import { startService, type Service, type ServiceEvent } from "../../scripts/demo/services.ts";
import { freePort } from "../../src/cli/processes.ts";
import { HttpClient } from "../../src/client/http-client.ts";
import { nodeNetworkSchema, nodeStateSchema } from "../../src/client/node-answers.ts";
import type { GatelogNet, Side } from "./gatelog-net.ts";
import { gatelog } from "./gatelog.ts";
import { until } from "./until.ts";

const LIMIT_MS = 60_000;
/** Behind the accounts that have parts of their own. */
const FIRST_ACCOUNT = 10;
const ACCOUNTS_PER_MEMBER = 3;
const PHRASE = "test test test test test test test test test test test junk";

/** A process of a group: its keys, its configuration, and whether it runs. */
export interface NetMember {
  readonly name: string;
  readonly key: string;
  readonly url: string;
  readonly config: string;
  readonly events: ServiceEvent[];
  service: Service | undefined;
}

/** Where the log of a group is, and who says who is in it. */
export interface GroupHome {
  /** The configuration to begin with. */
  readonly config: string;
  /** Members of the configuration that say so. @param carrier Key file of an account of the member's own. */
  readonly settings: (carrier: string) => object;
  /** Of its `group`. */
  readonly group: object;
  /** The same, where each member has its own. @param carrier As above. */
  readonly ownGroup?: (carrier: string) => object;
  /** Has the owner say what there is to say. */
  readonly tell: (members: readonly NetMember[]) => Promise<void>;
}

/** The gateway of one side as a group: the network's own gateway first, and backups that its owner has listed. */
export class GroupNet {
  readonly members: readonly NetMember[];
  readonly #net: GatelogNet;

  private constructor(net: GatelogNet, members: readonly NetMember[]) {
    this.#net = net;
    this.members = members;
  }

  /** Makes keys and configurations, and has the owner say what there is to say. Starts nothing. @param home By default the log chain. */
  static async open(
    net: GatelogNet,
    side: Side,
    backups: number,
    group: object = {},
    home: GroupHome = chainHome(net, side),
  ): Promise<GroupNet> {
    const { accounts, gateways } = net.record;
    const wallets = Array.from({ length: backups }, (_, place) => memberWallets(place));
    const ledgerKeys = [accounts[`${side}Ledger`].address, ...wallets.map(({ ledger }) => addressOf(ledger))];
    const listed = [
      { key: accounts[`${side}Log`].address, url: gateways[side].url },
      ...(await Promise.all(
        wallets.map(async (wallet) => ({ key: addressOf(wallet.log), url: `http://127.0.0.1:${await freePort()}` })),
      )),
    ];
    const members = listed.map(({ key, url }, place) => {
      const wallet = place === 0 ? undefined : wallets[place - 1];
      const name = `${side}-${place}`;
      const file = (part: string, own: Wallet | HDNodeWallet | undefined, given: string) =>
        own ? writeKey(net, `${name}-${part}`, own.privateKey) : given;
      const carrier = file("carrier", wallet?.carrier, net.writeKey(side === "alpha" ? "carrier" : "betaOwner"));
      const config = net.writeConfig(`${name}.yaml`, home.config, (given) => ({
        ...given,
        ...{ listen: new URL(url).host, dataDir: `./${name}-data` },
        logKey: { file: file("log", wallet?.log, net.writeKey(`${side}Log`)) },
        ...home.settings(carrier),
        ledgers: (given["ledgers"] as { readonly key?: object }[]).map((ledger) => {
          if (ledger.key === undefined) return ledger;
          const groupKeys = ledgerKeys.filter((_, index) => index !== place);
          return { ...ledger, groupKeys, key: { file: file("ledger", wallet?.ledger, net.writeKey(`${side}Ledger`)) } };
        }),
        timing: { retry: 300, retryMax: 1_000, discovery: 300 },
        group: {
          ...{ members: listed, heartbeatMs: 20, silenceMs: 300, refreshMs: 100, startGraceMs: 2_000 },
          ...home.group,
          ...home.ownGroup?.(carrier),
          ...group,
        },
      }));
      return { name, key, url, config, events: [] as ServiceEvent[], service: undefined };
    });
    await home.tell(members);
    await admit(net, side, ledgerKeys.slice(1));
    return new GroupNet(net, members);
  }

  member(place: number): NetMember {
    const member = this.members[place];
    if (member === undefined) throw new Error(`there is no member ${place}`);
    return member;
  }

  async start(place: number, ...args: readonly string[]): Promise<void> {
    const member = this.member(place);
    const { name, config, url, events } = member;
    const onEvent = (event: ServiceEvent) => events.push(event);
    member.service = await startService("gateway", { name, config, url, dir: this.#net.dir, onEvent, args });
  }

  /** Ends the process and waits for it. */
  async end(place: number, signal: NodeJS.Signals): Promise<void> {
    const { service } = this.member(place);
    service?.child.kill(signal);
    await service?.child.exited;
  }

  /** Stops or continues the process. */
  signal(place: number, signal: "SIGSTOP" | "SIGCONT"): void {
    this.member(place).service?.child.kill(signal);
  }

  async state(place: number): Promise<z.infer<typeof nodeStateSchema>> {
    return this.#http(place).get("/node/state", nodeStateSchema);
  }

  async network(place: number): Promise<z.infer<typeof nodeNetworkSchema>> {
    return this.#http(place).get("/node/network", nodeNetworkSchema);
  }

  async untilRole(place: number, role: "primary" | "standby", epoch = 0): Promise<z.infer<typeof nodeStateSchema>> {
    return until(
      `member ${place} as ${role}, epoch ${epoch} or later`,
      async () => {
        const state = await this.state(place).catch(() => undefined);
        const isSettled = state?.state === "primary" || state?.state === "standing-by";
        // Who has stood down knows that its epoch is over before it knows what is final of the next one.
        return state?.role === role && isSettled && state.epoch >= epoch && state;
      },
      LIMIT_MS,
    );
  }

  /** Resolves once the member has told of it. */
  async seen(place: number, expected: Readonly<Record<string, unknown>>): Promise<ServiceEvent> {
    const { events } = this.member(place);
    const matches = (event: ServiceEvent): boolean =>
      Object.entries(expected).every(([name, value]) => Reflect.get(event, name) === value);
    return until(`${JSON.stringify(expected)} at member ${place}`, () => events.find(matches) ?? false, LIMIT_MS);
  }

  async stop(): Promise<void> {
    for (const place of this.members.keys()) {
      this.member(place).service?.child.kill("SIGCONT");
      await this.end(place, "SIGKILL");
    }
  }

  #http(place: number): HttpClient {
    return new HttpClient({ baseUrl: this.member(place).url, maxAttempts: 1, timeoutMs: 2_000 });
  }
}

function memberWallets(place: number) {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(PHRASE), "m/44'/60'/0'/0");
  const first = FIRST_ACCOUNT + place * ACCOUNTS_PER_MEMBER;
  const [log, ledger, carrier] = [first, first + 1, first + 2].map((index) => root.deriveChild(index));
  if (!log || !ledger || !carrier) throw new Error("no such account");
  return { log, ledger, carrier };
}

function addressOf({ address }: HDNodeWallet): string {
  return address;
}

function writeKey(net: GatelogNet, name: string, key: string): string {
  writeFileSync(join(net.dir, "keys", `${name}.key`), key, { mode: 0o600 });
  return `keys/${name}.key`;
}

/** Log and group in the registry of the log chain. */
function chainHome(net: GatelogNet, side: Side): GroupHome {
  const { gateways, log } = net.record;
  const owner = join(net.dir, net.writeKey(`${side}Owner`));
  const of = ["--rpc-url", log.rpcUrl, "--log-registry", log.logRegistry, "--name", `${side}-gateway`];
  const as = [...of, "--owner-key-file", owner];
  return {
    config: gateways[side].config,
    settings: (carrier) => ({ store: { driver: "chain", rpcUrl: log.rpcUrl, carrierKey: { file: carrier } } }),
    group: {},
    tell: async (members) => {
      const [, ...backups] = members;
      await run("gateway", "set-backups", ...as, "--backup", ...backups.map(({ key }) => key));
      await run("gateway", "set-endpoints", ...as, "--endpoint", ...members.map(({ url }) => url));
    },
  };
}

/** The same, with the log behind its API, which is believed about keys; only who takes over goes to the registry itself. */
export function apiHome(net: GatelogNet, side: Side): GroupHome {
  const { api, log } = net.record;
  return {
    ...chainHome(net, side),
    settings: () => ({ store: { driver: "http", url: api.url } }),
    ownGroup: (carrier) => ({ registry: { rpcUrl: log.rpcUrl, carrierKey: { file: carrier } } }),
  };
}

async function admit(net: GatelogNet, side: Side, ledgerKeys: readonly string[]): Promise<void> {
  const { rpcUrl, escrow } = net.record[side];
  for (const key of ledgerKeys) await run("deploy", "admit", "--rpc-url", rpcUrl, "--escrow", escrow, "--key", key);
}

async function run(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await gatelog(["--json", ...args]);
  expect(code, stderr).to.equal(0);
}
