import { expect } from "chai";
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { apiConfigSchema, checkedConfig, gatewayConfigSchema, readConfig } from "../../src/cli/config.ts";
import { requireApiSecrets, requireGatewaySecrets } from "../../src/cli/config-secrets.ts";
import { readKey, readPassword } from "../../src/cli/secrets.ts";
import { expectError } from "../support/expect-error.ts";

const README = fileURLToPath(new URL("../../README.md", import.meta.url));
const OWNER = "0x0A0A0a0a0a0a0a0A0a0a0A0a0A0A0A0a0a0a0a0a";
const NODE = "http://127.0.0.1:8547";
const LOG = { chainId: 31339, registry: OWNER };
const LEDGER = { networkId: "eip155:31337", rpcUrl: NODE, chainId: 31337, escrow: OWNER };
const KEYS = [{ epoch: 1, key: OWNER }];
const GATEWAY = { name: "alpha", owner: OWNER, logKey: { env: "ALPHA_LOG_KEY" }, ledgers: [LEDGER] };
const SHARED = { ...GATEWAY, log: LOG, store: { driver: "http", url: "http://127.0.0.1:8548" } };
const PEER = { name: "beta", owner: OWNER, keys: KEYS, endpoints: [NODE] };
const PRIVATE = { ...GATEWAY, store: { driver: "sqlite", path: "./logs.sqlite" }, peers: [PEER] };
const KEY = `0x${"11".repeat(32)}`;
const IS_ROOT = process.geteuid?.() === 0;
/** Nobody's. */
const OTHER_ACCOUNT = 65_534;

describe("the check of a configuration", () => {
  const gateway = (document: unknown, env: NodeJS.ProcessEnv = {}) =>
    checkedConfig(document, gatewayConfigSchema, env, "the test's");
  const api = (document: unknown, env: NodeJS.ProcessEnv = {}) =>
    checkedConfig(document, apiConfigSchema, env, "the test's");

  it("refuses every place where others could reach a listener, or there can be none", () => {
    for (const listen of ["0.0.0.0:80", "127.0.0.1:99999", "nowhere", "[::2]:1", "127.0.0.256:1", "example.org:1"]) {
      expectError(() => api({ listen }), "INVALID_CONFIG", { members: "listen" });
      expectError(() => gateway({ ...SHARED, listen }), "INVALID_CONFIG", { members: "listen" });
    }
  });

  it("takes every place where nobody else can listen in", () => {
    for (const listen of ["127.0.0.1:0", "127.9.9.9:65535", "localhost:80", "[::1]:8548"])
      expect(api({ listen }).listen).to.equal(listen);
  });

  it("says what each member should be, in words of its own", () => {
    const wrong = {
      ...{ ...SHARED, name: "", owner: 12, logKey: KEY, log: { registry: "0x12", extra: 1 }, defaultLogging: "tape" },
      store: { driver: "tape" },
      ledgers: [],
      timing: { retry: 0, deadline: 1e12, retryMax: 1.5, maxRetries: "many" },
      peers: {},
    };
    const { message } = expectError(() => gateway(wrong), "INVALID_CONFIG");
    expect(message.split("\n").slice(1)).to.deep.equal([
      "  name: must not be empty",
      "  owner: a text is expected, not a number",
      "  logKey: file with a path, or env with the name of a variable in capitals",
      "  log.chainId: needed: a number",
      "  log.registry: a 20-byte address with 0x",
      "  log.extra: there is no such member",
      "  store.driver: one of http, chain, sqlite, postgres, anchored is expected",
      "  defaultLogging: one of local, shared, anchored, chain is expected",
      "  peers: a list is expected, not an object with members",
      "  ledgers: at least 1 is expected",
      "  timing.retry: at least 1 is expected",
      "  timing.retryMax: a whole number is expected",
      "  timing.deadline: at most 31536000000 is expected",
      "  timing.maxRetries: a number is expected, not a text",
    ]);
    const empty = expectError(() => api(null), "INVALID_CONFIG", { members: "(top)" });
    expect(empty.message).to.contain("an object with members is expected, not nothing");
  });

  it("finds gateways that are named twice, and keys out of their order", () => {
    const operator = { name: "beta", owner: OWNER, logKey: GATEWAY.logKey };
    const known = { name: "beta", owner: OWNER, keys: KEYS };
    const late = [...KEYS, { epoch: 1, key: OWNER }];
    for (const [run, members] of [
      [() => api({ gateways: [known, known] }), "gateways.1"],
      [() => api({ gateways: [known], operator }), "gateways.0"],
      [() => api({ gateways: [{ ...known, keys: late }] }), "gateways.0.keys"],
      [() => gateway({ ...PRIVATE, peers: [PEER, PEER] }), "peers.1"],
      [() => gateway({ ...PRIVATE, name: "beta" }), "peers.0"],
      [() => gateway({ ...PRIVATE, epoch: 3, previousKeys: late }), "previousKeys"],
      [() => gateway({ ...PRIVATE, previousKeys: KEYS }), "previousKeys"],
    ] as const)
      expectError(run, "INVALID_CONFIG", { members });
  });

  it("takes the parts of configurations that the README shows", () => {
    const readme = readFileSync(README, "utf8");
    const parts = [...readme.matchAll(/^```yaml[^\n]*\n(.*?)^```/gms)].map(([, text = ""]) => parse(text) as object);
    const [one, several, ...others] = parts;
    expect(others).to.deep.equal([]);
    expect(api(one).store).to.include({ driver: "postgres" });
    const { store: _none, ...rest } = PRIVATE;
    expect(gateway({ ...rest, ...several })).to.include({ defaultLogging: "shared" });
  });

  it("gives an API of which nobody has said whose it is the place where the other commands look for one", () => {
    const store = { driver: "sqlite", path: "x" };
    expect(api({ store })).to.include({ listen: "127.0.0.1:8548", isOnItsOwn: true });
    expect(api({ store, listen: "127.0.0.1:1" })).to.include({ listen: "127.0.0.1:1", isOnItsOwn: true });
    const known = { name: "beta", owner: OWNER, keys: KEYS };
    const operator = { name: "alpha", owner: OWNER, logKey: GATEWAY.logKey };
    for (const more of [{ operator }, { gateways: [known] }, { log: LOG, store: SHARED.store }])
      expect(api({ store, ...more })).to.include({ listen: "127.0.0.1:0", isOnItsOwn: false });
  });

  describe("with variables", () => {
    it("takes one that holds a key for that, and for no member", () => {
      const env = { GATELOG_LOG_KEY: KEY, GATELOG_STORE__CARRIER_KEY: KEY };
      const store = { driver: "chain", rpcUrl: NODE, carrierKey: { env: "GATELOG_STORE__CARRIER_KEY" } };
      const config = gateway({ ...SHARED, logKey: { env: "GATELOG_LOG_KEY" }, store }, env);
      expect(config).to.deep.include({ logKey: { env: "GATELOG_LOG_KEY" } });
      expect(config.store).to.deep.include({ carrierKey: { env: "GATELOG_STORE__CARRIER_KEY" } });
      const moved = gateway(SHARED, { GATELOG_LOG_KEY__ENV: "GATELOG_OTHER", GATELOG_OTHER: KEY });
      expect(moved.logKey).to.deep.equal({ env: "GATELOG_OTHER" });
    });

    it("names the one that is wrong, and nothing of what it holds", () => {
      const error = expectError(() => gateway(SHARED, { GATELOG_LOG_KEY: KEY }), "INVALID_CONFIG");
      expect(error.message).to.contain("(GATELOG_LOG_KEY)").and.not.to.contain(KEY);
    });
  });

  describe("of keys and passwords", () => {
    let folder: string;
    const file = (name: string) => join(folder, name);

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "gatelog-config-check-"));
      writeFileSync(file("sound.key"), KEY, { mode: 0o600 });
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    function written(document: object): string {
      writeFileSync(file("config.yaml"), stringify(document));
      return file("config.yaml");
    }

    it("names every member whose file or variable is not there, or holds something else", () => {
      writeFileSync(file("word.key"), "word", { mode: 0o600 });
      const postgres = {
        ...{ driver: "postgres", url: "postgres://gatelog@127.0.0.1/gatelog", password: { env: "NO_SUCH" } },
        tls: { ca: "ca.pem", cert: "cert.pem", key: "key.pem" },
      };
      const anchored = {
        driver: "anchored",
        store: postgres,
        log: LOG,
        rpcUrl: NODE,
        carrierKey: { file: "none.key" },
      };
      const chain = { driver: "chain", rpcUrl: NODE, carrierKey: { file: "./word.key" } };
      const stores = { anchored, chain };
      const ledgers = [{ ...LEDGER, key: { file: "sound.key" } }, LEDGER, { ...LEDGER, key: { file: "gone.key" } }];
      const path = written({ ...SHARED, store: undefined, stores, defaultLogging: "chain", ledgers });
      const config = readConfig(path, gatewayConfigSchema, {});
      const error = expectError(() => requireGatewaySecrets(config, path, {}), "INVALID_CONFIG", {
        file: path,
        members: [
          "logKey stores.anchored.store.password stores.anchored.store.tls.ca stores.anchored.store.tls.cert",
          "stores.anchored.store.tls.key stores.anchored.carrierKey stores.chain.carrierKey ledgers.2.key",
        ].join(" "),
      });
      expect(error.message)
        .to.contain(`${file("gone.key")} is not there`)
        .and.not.to.contain(": word");
    });

    it("is about the operator's key of an API, and passes what is sound", () => {
      const operator = { name: "alpha", owner: OWNER, logKey: { file: "./sound.key" } };
      const path = written({ operator });
      requireApiSecrets(readConfig(path, apiConfigSchema, {}), path, {});
      rmSync(file("sound.key"));
      const refused = () => requireApiSecrets(readConfig(path, apiConfigSchema, {}), path, {});
      expectError(refused, "INVALID_CONFIG", { members: "operator.logKey" });
    });

    it("refuses files that other accounts can read or change, and says what helps", () => {
      for (const mode of [0o640, 0o604, 0o620, 0o601, 0o644]) {
        chmodSync(file("sound.key"), mode);
        for (const read of [readKey, readPassword]) {
          const error = expectError(() => read({ file: "sound.key" }, file("config.yaml"), {}), "INVALID_CONFIG");
          expect(error.message)
            .to.contain(`mode ${mode.toString(8)}`)
            .and.contain("chmod 600");
        }
      }
      chmodSync(file("sound.key"), 0o400);
      expect(readKey({ file: "sound.key" }, file("config.yaml"), {})).to.equal(KEY);
    });

    // Files of others can be made, and another account can be taken on, by root alone.
    if (IS_ROOT)
      it("refuses files of another account but root, whose group may read them", () => {
        const read = () => readKey({ file: "sound.key" }, file("config.yaml"), {});
        chownSync(file("sound.key"), OTHER_ACCOUNT, 0);
        expect(expectError(read, "INVALID_CONFIG").message).to.contain("another account").and.contain("chown");
        chownSync(file("sound.key"), 0, 0);
        chmodSync(folder, 0o755);
        const asAnother = (work: () => unknown) => {
          process.seteuid?.(OTHER_ACCOUNT);
          try {
            return work();
          } finally {
            process.seteuid?.(0);
          }
        };
        chmodSync(file("sound.key"), 0o640);
        expect(asAnother(read)).to.equal(KEY);
        chmodSync(file("sound.key"), 0o644);
        expectError(() => asAnother(read), "INVALID_CONFIG");
      });
  });
});
