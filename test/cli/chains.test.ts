import { expect } from "chai";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { DevnetRecord } from "../../src/cli/devnet.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { gatelog, itRefuses } from "../support/gatelog.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import { until } from "../support/until.ts";

const SESSION = "00000000-0000-4000-8000-000000000000";
const NO_CODE = "0x00000000000000000000000000000000000000AA";
const NOWHERE = "http://127.0.0.1:9";

type Config = Record<string, unknown> & { readonly store: object; readonly ledgers: readonly object[] };

// Two chains that `gatelog devnet up` has started, the log on one of them, and no service.
describe("gatelog on chains", function () {
  this.timeout(180_000);

  let dir: string;
  let remove: () => Promise<void>;
  let net: DevnetRecord;
  let proxy: FaultProxy;

  before(async () => {
    const folder = await temporaryFolder();
    dir = folder.path;
    remove = () => folder.remove();
    // In the folder itself: nothing of the project is needed there.
    const up = await gatelog(["--json", "devnet", "up", "--dir", "net", "--port-base", "0", "--log", "alpha"], {
      cwd: dir,
    });
    expect(up.code, up.stderr).to.equal(0);
    net = up.json as DevnetRecord;
    // An auditor behind a node that changes one byte of what it tells.
    proxy = await startFaultProxy(net.alpha.rpcUrl, {
      kind: "doctored",
      methods: ["eth_getLogs"],
      change: withOtherKey,
    });
    writeFileSync(join(dir, "other.key"), net.accounts.bob.privateKey, { mode: 0o600 });
  });
  after(async () => {
    await proxy.close();
    await gatelog(["devnet", "down", "--dir", join(dir, "net")]);
    await remove();
  });

  /** The keys of the development accounts are in the registrations' data. */
  function withOtherKey(logs: unknown): unknown {
    const { alphaLog, carrier } = net.accounts;
    const text = JSON.stringify(logs).replaceAll(bare(alphaLog.address), bare(carrier.address));
    return JSON.parse(text);
  }

  function bare(address: string): string {
    return address.slice(2).toLowerCase();
  }

  const verify = (rpcUrl: string, registry: string = net.log.logRegistry): string[] => [
    ...["verify", "--rpc-url", rpcUrl, "--log-registry", registry],
  ];
  const register = (registry: string = net.log.logRegistry): string[] => [
    ...["gateway", "register", "--rpc-url", net.log.rpcUrl, "--log-registry", registry, "--name", "alpha-gateway"],
    ...["--owner-key-file", join(dir, "owner.key"), "--endpoint", "http://127.0.0.1:1"],
  ];

  /** A gateway of alpha over the chain, but for what is changed. */
  function gateway(name: string, change: (config: Config) => object): string {
    const { rpcUrl } = net.log;
    const store = { driver: "chain", rpcUrl, carrierKey: { file: "keys/carrier.key" }, finality: "instant" };
    const config = { ...read(net.gateways.alpha.config), store, listen: "127.0.0.1:0", dataDir: `./${name}-data` };
    return write(name, { ...config, ...change(config) });
  }

  function api(name: string, change: (config: Config) => object): string {
    const config = { ...read(net.api.config), listen: "127.0.0.1:0", dataDir: `./${name}-data` };
    return write(name, { ...config, ...change(config) });
  }

  function read(file: string): Config {
    return parse(readFileSync(file, "utf8")) as Config;
  }

  function write(name: string, config: object): string {
    const file = join(dir, "net", `${name}.yaml`);
    writeFileSync(file, stringify(config));
    return file;
  }

  describe("verify", () => {
    it("is done and sound about a log that is", async () => {
      const run = await gatelog(["--json", ...verify(net.log.rpcUrl), "--pin", join(dir, "pin.json")]);
      expect(run.code, run.stderr).to.equal(0);
      expect(run.json).to.include({ verdict: "sound" });
    });

    it("is done, with findings, about a log that was changed", async () => {
      const run = await gatelog(["--json", ...verify(proxy.rpcUrl)]);
      expect(run.code, run.stderr).to.equal(1);
      expect(run.json).to.include({ verdict: "findings" });
    });

    it("takes the verdict that it pinned for the next one's expectation", async () => {
      const run = await gatelog(["--json", ...verify(net.log.rpcUrl), "--expect", join(dir, "pin.json")]);
      expect(run.code, run.stderr).to.equal(0);
    });

    itRefuses([
      { what: "an address without code", args: () => verify(net.log.rpcUrl, NO_CODE), code: "NOT_FOUND" },
      { what: "a registry that is on another chain", args: () => verify(net.beta.rpcUrl), code: "NOT_FOUND" },
      {
        what: "another chain than the expected one",
        args: () => {
          writeFileSync(join(dir, "expect.json"), JSON.stringify({ chainId: net.beta.chainId }));
          return [...verify(net.log.rpcUrl), "--expect", join(dir, "expect.json")];
        },
        code: "WRONG_CHAIN",
      },
      {
        what: "a session that the registry does not have",
        args: () => [...verify(net.log.rpcUrl), "--session", SESSION],
        code: "UNKNOWN_SESSION",
      },
      {
        what: "a ledger without an escrow",
        args: () => [...verify(net.log.rpcUrl), "--ledger", `beta=${net.beta.rpcUrl},${NO_CODE}`],
        code: "NOT_FOUND",
      },
      {
        what: "a ledger that does not answer",
        args: () => [...verify(net.log.rpcUrl), "--ledger", `beta=${NOWHERE},${net.beta.escrow}`],
        code: "NODE_UNREACHABLE",
      },
      {
        what: "to pin its verdict where nothing can be written",
        args: () => [...verify(net.log.rpcUrl), "--pin", join(dir, "other.key", "pin.json")],
        code: "INVALID_CONFIG",
      },
    ]);
  });

  describe("gateway register", () => {
    before(() => {
      writeFileSync(join(dir, "owner.key"), net.accounts.alphaOwner.privateKey, { mode: 0o600 });
    });

    it("is done again for the group that is there", async () => {
      const run = await gatelog(["--json", ...register(), "--key", net.accounts.alphaLog.address]);
      expect(run.code, run.stderr).to.equal(0);
      expect(run.json).to.include({ gatewayId: net.gateways.alpha.gatewayId });
    });

    itRefuses([
      {
        what: "another key for the group that is there",
        args: () => [...register(), "--key", net.accounts.bob.address],
        code: "IDEMPOTENCY_CONFLICT",
        context: () => ({ expected: net.accounts.alphaLog.address, actual: net.accounts.bob.address }),
      },
      {
        what: "a registry without code",
        args: () => [...register(NO_CODE), "--key", net.accounts.alphaLog.address],
        code: "INVALID_CONFIG",
        context: () => ({ contract: NO_CODE }),
      },
      {
        what: "a contract that is no registry",
        args: () => [...register(net.alpha.erc20), "--key", net.accounts.alphaLog.address],
        code: "INVALID_CONFIG",
        context: () => ({ contract: net.alpha.erc20 }),
      },
      {
        what: "another chain than the expected one",
        args: () => [...register(), "--key", net.accounts.alphaLog.address, "--chain-id", "1"],
        code: "WRONG_CHAIN",
      },
    ]);
  });

  describe("gateway rotate", () => {
    // Gateway beta is started by no test of this file, so its key can change.
    const rotate = (): string[] => {
      const { rpcUrl, logRegistry } = net.log;
      const owner = join(dir, "beta-owner.key");
      return ["gateway", "rotate", "--rpc-url", rpcUrl, "--log-registry", logRegistry, "--owner-key-file", owner];
    };

    before(() => {
      writeFileSync(join(dir, "beta-owner.key"), net.accounts.betaOwner.privateKey, { mode: 0o600 });
    });

    it("replaces the key and raises the epoch", async () => {
      const args = [...rotate(), "--name", "beta-gateway", "--key", net.accounts.bob.address];
      const run = await gatelog(["--json", ...args]);
      expect(run.code, run.stderr).to.equal(0);
      expect(run.json).to.include({ gatewayId: net.gateways.beta.gatewayId, key: net.accounts.bob.address, epoch: 2 });
    });

    itRefuses([
      {
        what: "a group that is not registered",
        args: () => [...rotate(), "--name", "nobody", "--key", net.accounts.bob.address],
        code: "UNKNOWN_GATEWAY",
      },
    ]);
  });

  describe("deploy", () => {
    const log = (): string[] => ["deploy", "log", "--rpc-url", net.beta.rpcUrl];

    it("is done twice and leaves one contract", async () => {
      const record = join(dir, "deployments", "beta.json");
      const first = await gatelog(["--json", ...log(), "--record", record]);
      const second = await gatelog(["--json", ...log(), "--record", record]);
      expect([first.code, second.code], first.stderr + second.stderr).to.deep.equal([0, 0]);
      expect(second.json).to.deep.equal(first.json);
    });

    itRefuses([
      {
        what: "another chain than the expected one",
        args: () => [...log(), "--chain-id", "31337"],
        code: "WRONG_CHAIN",
        context: () => ({ expected: 31337, actual: 31338 }),
      },
      {
        what: "the record of another chain",
        args: () => {
          const contracts = {};
          const record = { version: 1, chainId: 1, genesisHash: `0x${"00".repeat(32)}`, contracts };
          writeFileSync(join(dir, "mainnet.json"), JSON.stringify(record));
          return [...log(), "--record", join(dir, "mainnet.json")];
        },
        code: "WRONG_CHAIN",
      },
      {
        what: "a record that is none",
        args: () => [...log(), "--record", net.api.config],
        code: "INVALID_CONFIG",
      },
      {
        what: "a key file that is not there",
        args: () => [...log(), "--key-file", join(dir, "none.key")],
        code: "INVALID_CONFIG",
      },
      {
        what: "to admit a gateway where there is no escrow",
        args: () => [
          ...["deploy", "admit", "--rpc-url", net.beta.rpcUrl, "--escrow", NO_CODE],
          ...["--key", net.accounts.bob.address],
        ],
        code: "INVALID_CONFIG",
        context: () => ({ contract: NO_CODE }),
      },
    ]);
  });

  describe("gateway start", () => {
    const start = (name: string, change: (config: Config) => object): string[] => [
      ...["gateway", "start", "--config", gateway(name, change)],
    ];
    const ledgers = (config: Config, change: object): object => ({
      ledgers: config.ledgers.map((ledger, index) => (index === 0 ? { ...ledger, ...change } : ledger)),
    });

    itRefuses([
      {
        what: "a log chain that is another one",
        args: () => start("wrong-log", ({ store }) => ({ store: { ...store, rpcUrl: net.beta.rpcUrl } })),
        code: "WRONG_CHAIN",
        context: () => ({ expected: 31337, actual: 31338 }),
      },
      {
        what: "a ledger that is another chain",
        args: () => start("wrong-ledger", (config) => ledgers(config, { rpcUrl: net.beta.rpcUrl })),
        code: "WRONG_CHAIN",
      },
      {
        what: "a network whose name is another chain's",
        args: () => start("wrong-network", (config) => ledgers(config, { networkId: "eip155:1" })),
        code: "INVALID_CONFIG",
        context: () => ({ networkId: "eip155:1" }),
      },
      {
        what: "a registry without code",
        args: () => start("no-registry", () => ({ log: { chainId: net.log.chainId, registry: NO_CODE } })),
        code: "INVALID_CONFIG",
        context: () => ({ contract: NO_CODE }),
      },
      {
        what: "an escrow without code",
        args: () => start("no-escrow", (config) => ledgers(config, { escrow: NO_CODE })),
        code: "INVALID_CONFIG",
        context: () => ({ contract: NO_CODE }),
      },
      {
        what: "a contract that is no escrow",
        args: () => start("other-escrow", (config) => ledgers(config, { escrow: net.alpha.erc20 })),
        code: "INVALID_CONFIG",
        context: () => ({ contract: net.alpha.erc20 }),
      },
      {
        what: "a group that is not registered",
        args: () => start("unregistered", () => ({ name: "somebody" })),
        code: "UNKNOWN_GATEWAY",
      },
      {
        what: "a log key that is not the group's",
        args: () => start("wrong-key", () => ({ logKey: { file: "../other.key" } })),
        code: "STALE_EPOCH",
        context: () => ({ expected: net.accounts.alphaLog.address, actual: net.accounts.bob.address }),
      },
      {
        what: "a port that is taken",
        args: () => start("taken", () => ({ listen: new URL(net.alpha.rpcUrl).host })),
        code: "INVALID_CONFIG",
        context: () => ({ port: Number(new URL(net.alpha.rpcUrl).port) }),
      },
      {
        what: "a data folder that is a file",
        args: () => start("no-folder", () => ({ dataDir: "./alpha.yaml" })),
        code: "INVALID_CONFIG",
      },
    ]);
  });

  describe("api start", () => {
    const start = (name: string, change: (config: Config) => object): string[] => [
      ...["api", "start", "--config", api(name, change)],
    ];

    itRefuses([
      {
        what: "a log chain that is another one",
        args: () => start("api-chain", ({ store }) => ({ store: { ...store, rpcUrl: net.beta.rpcUrl } })),
        code: "WRONG_CHAIN",
      },
      {
        what: "a contract that is no registry",
        args: () => start("api-contract", () => ({ log: { chainId: net.log.chainId, registry: net.alpha.erc20 } })),
        code: "INVALID_CONFIG",
        context: () => ({ contract: net.alpha.erc20 }),
      },
      {
        what: "a port that is taken",
        args: () => start("api-taken", () => ({ listen: new URL(net.alpha.rpcUrl).host })),
        code: "INVALID_CONFIG",
        context: () => ({ port: Number(new URL(net.alpha.rpcUrl).port) }),
      },
    ]);
  });

  describe("where another service answers", () => {
    itRefuses([
      {
        what: "a node for a gateway",
        args: () => ["sessions", "--gateway", net.alpha.rpcUrl],
        code: "PEER_UNREACHABLE",
      },
      {
        what: "a node for a log API",
        args: () => ["show", SESSION, "--api", net.alpha.rpcUrl],
        code: "STORE_UNAVAILABLE",
      },
    ]);
  });

  describe("devnet", () => {
    itRefuses([
      {
        what: "to start chains where some are running",
        args: () => ["devnet", "up", "--dir", join(dir, "net"), "--port-base", "0"],
        code: "INVALID_CONFIG",
        context: () => ({ file: join(dir, "net", "devnet.json") }),
      },
      {
        what: "a port where somebody else would answer",
        args: () => {
          const port = new URL(net.alpha.rpcUrl).port;
          return ["devnet", "up", "--dir", join(dir, "second"), "--log", "alpha", "--port-base", port];
        },
        code: "INVALID_CONFIG",
        context: () => ({ port: Number(new URL(net.alpha.rpcUrl).port) }),
      },
    ]);

    it("ends its chains, and takes nothing away but what it wrote", async () => {
      writeFileSync(join(dir, "net", "mine.txt"), "");
      const down = await gatelog(["--json", "devnet", "down", "--dir", join(dir, "net")]);
      expect(down.code, down.stderr).to.equal(0);
      expect((down.json as { ended: string[] }).ended).to.have.length(2);
      for (const { pid } of net.processes) await until(`process ${pid} ends`, () => !runs(pid));
      expect(existsSync(join(dir, "net", "devnet.json"))).to.equal(false);
      expect(existsSync(join(dir, "net", "mine.txt"))).to.equal(true);
    });
  });
});

/** A signal of no effect: it fails where there is no such process. */
function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
