import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gatelog, itRefuses, type NotDone } from "../support/gatelog.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const SESSION = "00000000-0000-4000-8000-000000000000";
const ADDRESS = "0x00000000000000000000000000000000000000AA";
const GATEWAY_ID = `0x${"12".repeat(32)}`;
/** Nobody listens on the discard port. */
const NOWHERE = "http://127.0.0.1:9";

const REQUEST = {
  idempotencyKey: "key",
  asset: { standard: "erc20", address: ADDRESS, amount: "1" },
  originator: ADDRESS,
  beneficiary: ADDRESS,
  destination: { gatewayId: GATEWAY_ID, networkId: "eip155:31338" },
};

const API_CONFIG = {
  listen: "127.0.0.1:0",
  log: { chainId: 31337, registry: ADDRESS },
  store: { driver: "chain", rpcUrl: NOWHERE, carrierKey: { file: "sound.key" } },
};
const GATEWAY_CONFIG = {
  name: "gateway",
  owner: ADDRESS,
  logKey: { file: "sound.key" },
  log: { chainId: 31337, registry: ADDRESS },
  store: { driver: "http", url: NOWHERE },
  ledgers: [{ networkId: "eip155:31337", rpcUrl: NOWHERE, chainId: 31337, escrow: ADDRESS }],
};

// Everything here needs no chain, no gateway and no API; `--json` is given with every command.
describe("gatelog", function () {
  this.timeout(180_000);

  let dir: string;
  let remove: () => Promise<void>;

  before(async () => {
    const folder = await temporaryFolder();
    dir = folder.path;
    remove = () => folder.remove();
    mkdirSync(join(dir, "folder"));
    write("not-json.json", "{ nope");
    write("list.json", "[]");
    write("sound.key", `0x${"11".repeat(32)}`);
    write("empty.key", "\n");
    write("key-less.key", "this is no key");
    write("not-yaml.yaml", "a: [1\nb: : :");
    write("empty.yaml", "");
    write("gateway.yaml", GATEWAY_CONFIG);
    write("wrong.yaml", {
      ...GATEWAY_CONFIG,
      name: "",
      owner: 12,
      logKey: {},
      listen: "nowhere",
      log: { chainId: -1, registry: "0x12", extra: 1 },
      store: { driver: "tape" },
      ledgers: [{ ...GATEWAY_CONFIG.ledgers[0], rpcUrl: "ftp://x", finality: "soon" }],
      unknown: true,
      timing: { retry: 0 },
    });
    write("public.yaml", { ...API_CONFIG, listen: "0.0.0.0:0" });
    write("no-port.yaml", { ...API_CONFIG, listen: "127.0.0.1:65536" });
    write("api.yaml", API_CONFIG);
    for (const key of ["missing", "empty", "key-less"])
      write(`${key}-key.yaml`, { ...GATEWAY_CONFIG, logKey: { file: `${key}.key` } });
    write("env-key.yaml", { ...GATEWAY_CONFIG, logKey: { env: "NO_SUCH_VARIABLE" } });
  });
  after(() => remove());

  function write(name: string, content: unknown): void {
    writeFileSync(join(dir, name), typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
  }

  const at = (name: string): string => join(dir, name);

  describe("asked for help", () => {
    const commands = [
      [],
      ...["devnet", "devnet up", "devnet down", "deploy", "deploy log", "deploy ledger", "deploy map", "deploy admit"],
      ...["gateway", "gateway start", "gateway register", "api", "api start", "transfer", "sessions", "show", "verify"],
      ...["settle", "config", "config check", "config schema"],
    ].map((command) => (typeof command === "string" ? command.split(" ") : command));

    it("gives it for every command, on standard output, and is done", async () => {
      const waiting = [...commands];
      const worker = async (): Promise<void> => {
        for (let args = waiting.shift(); args !== undefined; args = waiting.shift()) {
          const { code, stdout, stderr } = await gatelog([...args, "--help"]);
          expect([code, stderr], args.join(" ")).to.deep.equal([0, ""]);
          expect(stdout).to.include(`Usage: ${["gatelog", ...args].join(" ")}`);
        }
      };
      await Promise.all([worker(), worker()]);
    });

    it("gives its version", async () => {
      expect(await gatelog(["--version"])).to.include({ code: 0, stderr: "" });
    });
  });

  describe("given a command line that means nothing", () => {
    const verify = ["verify", "--rpc-url", NOWHERE, "--log-registry", ADDRESS];
    const map = ["deploy", "map", "--rpc-url", NOWHERE, "--escrow", ADDRESS, "--origin-chain", "1"];
    const register = ["gateway", "register", "--rpc-url", NOWHERE, "--log-registry", ADDRESS, "--name", "n"];
    const registered = [...register, "--owner-key-file", "sound.key", "--key", ADDRESS];
    const lines: readonly (readonly [what: string, args: readonly string[]])[] = [
      ["no command", []],
      ["an unknown command", ["nope"]],
      ["an unknown option", ["sessions", "--nope"]],
      ["a group of commands without one of them", ["deploy"]],
      ["transfer without a request", ["transfer"]],
      ["transfer with a gateway that is no URL", ["transfer", "-", "--gateway", "nowhere"]],
      ["transfer with a time limit that is no number", ["transfer", "-", "--wait", "--timeout", "soon"]],
      ["sessions of a gateway that is no URL", ["sessions", "--gateway", "ftp://x"]],
      ["show without a session", ["show"]],
      ["show of what is no session id", ["show", "xyz", "--api", NOWHERE]],
      ["show in an unknown notation", ["show", SESSION, "--notation", "roman"]],
      ["verify without a node", ["verify", "--log-registry", ADDRESS]],
      ["verify without a registry", ["verify", "--rpc-url", NOWHERE]],
      ["verify of what is no address", ["verify", "--rpc-url", NOWHERE, "--log-registry", "0x12"]],
      ["verify of what is no session id", [...verify, "--session", "xyz"]],
      ["verify from what is no block", [...verify, "--from-block", "-1"]],
      ["verify at a finality that is none", [...verify, "--finality", "never"]],
      ["verify beside a ledger in another form", [...verify, "--ledger", "alpha"]],
      ["settle without a session", ["settle"]],
      ["settle of what is no session id", ["settle", "xyz"]],
      ["settle without a word of where the log is", ["settle", SESSION]],
      ["settle at a finality that is none", ["settle", SESSION, "--finality", "log=never"]],
      ["settle beside a ledger in another form", ["settle", SESSION, "--ledger", "alpha"]],
      ["settle with a certificate that is not there", ["settle", SESSION, "--certificate", "nowhere.json"]],
      ["config schema of an unknown kind", ["config", "schema", "car"]],
      ["config check of an unknown kind", ["config", "check", "gateway.yaml", "--kind", "car"]],
      ["gateway start without a configuration", ["gateway", "start"]],
      ["gateway register without its owner's key", register],
      ["gateway register with an endpoint that is no URL", [...registered, "--endpoint", "here"]],
      ["deploy log without a node", ["deploy", "log"]],
      ["deploy log on a chain that is no number", ["deploy", "log", "--rpc-url", NOWHERE, "--chain-id", "0x1"]],
      ["deploy map without a token", map],
      [
        "deploy map of an unknown standard",
        [...map, "--origin-token", ADDRESS, "--token", ADDRESS, "--standard", "erc1155"],
      ],
      [
        "deploy admit of what is no address",
        ["deploy", "admit", "--rpc-url", NOWHERE, "--escrow", ADDRESS, "--key", "me"],
      ],
      ["devnet up with an unknown node", ["devnet", "up", "--alpha", "geth"]],
      ["devnet up with blocks that come too fast", ["devnet", "up", "--block-time", "1"]],
    ];

    itRefuses(lines.map(([what, args]): NotDone => ({ what, args: () => args, code: "MALFORMED" })));
  });

  describe("given files that are not what they should be", () => {
    const verify = ["verify", "--rpc-url", NOWHERE, "--log-registry", ADDRESS];
    const register = ["gateway", "register", "--rpc-url", NOWHERE, "--log-registry", ADDRESS, "--name", "n"];
    const registered = [...register, "--key", ADDRESS, "--endpoint", "http://127.0.0.1"];

    itRefuses([
      { what: "a request that is not there", args: () => ["transfer", at("none.json")], code: "MALFORMED" },
      { what: "a request that is a folder", args: () => ["transfer", at("folder")], code: "MALFORMED" },
      { what: "a request that is no JSON", args: () => ["transfer", at("not-json.json")], code: "MALFORMED" },
      { what: "a request that is a list", args: () => ["transfer", at("list.json")], code: "MALFORMED" },
      {
        what: "an expectation that is not there",
        args: () => [...verify, "--expect", at("none.json")],
        code: "INVALID_CONFIG",
      },
      {
        what: "an expectation that is no JSON",
        args: () => [...verify, "--expect", at("not-json.json")],
        code: "INVALID_CONFIG",
      },
      {
        what: "an expectation that is a list",
        args: () => [...verify, "--expect", at("list.json")],
        code: "INVALID_CONFIG",
      },
      {
        what: "an owner's key that is not there",
        args: () => [...registered, "--owner-key-file", at("none.key")],
        code: "INVALID_CONFIG",
      },
      {
        what: "an owner's key file without key",
        args: () => [...registered, "--owner-key-file", at("empty.key")],
        code: "INVALID_CONFIG",
      },
      {
        what: "a folder for chains that is a file",
        args: () => ["devnet", "up", "--port-base", "0", "--dir", at("list.json")],
        code: "INVALID_CONFIG",
      },
      {
        what: "to end chains that were never started",
        args: () => ["devnet", "down", "--dir", at("folder")],
        code: "NOT_FOUND",
      },
    ]);
  });

  describe("given a transfer request that cannot be meant", () => {
    const requests: readonly (readonly [what: string, member: string, request: object])[] = [
      ["without originator", "originator", { ...REQUEST, originator: undefined }],
      ["with an empty idempotency key", "idempotencyKey", { ...REQUEST, idempotencyKey: "" }],
      ["of nothing", "asset.amount", { ...REQUEST, asset: { ...REQUEST.asset, amount: "0" } }],
      ["of less than nothing", "asset.amount", { ...REQUEST, asset: { ...REQUEST.asset, amount: "-1" } }],
      ["of an unknown standard", "asset.standard", { ...REQUEST, asset: { ...REQUEST.asset, standard: "erc1155" } }],
      ["to the zero address", "beneficiary", { ...REQUEST, beneficiary: `0x${"0".repeat(40)}` }],
      [
        "to a gateway that has no id",
        "destination.gatewayId",
        { ...REQUEST, destination: { ...REQUEST.destination, gatewayId: "beta" } },
      ],
      ["with a member that nobody knows", "", { ...REQUEST, urgent: true }],
    ];

    itRefuses(
      requests.map(([what, member, request]): NotDone => ({
        what: `one ${what}`,
        args: () => ["transfer", "-", "--gateway", NOWHERE],
        options: { input: JSON.stringify(request) },
        code: "MALFORMED",
        context: () => ({ member }),
      })),
    );
  });

  describe("given a configuration that is wrong", () => {
    const WRONG =
      "name owner logKey listen log.chainId log.registry log.extra store.driver ledgers.0.rpcUrl ledgers.0.finality timing.retry unknown";

    itRefuses([
      { what: "one that is not there", args: () => ["config", "check", at("none.yaml")], code: "INVALID_CONFIG" },
      {
        what: "one that is neither YAML nor JSON",
        args: () => ["config", "check", at("not-yaml.yaml")],
        code: "INVALID_CONFIG",
      },
      {
        what: "one that is empty",
        args: () => ["config", "check", at("empty.yaml")],
        code: "INVALID_CONFIG",
        context: () => ({ members: "(top)" }),
      },
      {
        what: "one of another kind",
        args: () => ["config", "check", at("gateway.yaml"), "--kind", "api"],
        code: "INVALID_CONFIG",
        context: () => ({ members: "name owner logKey ledgers" }),
      },
      {
        what: "it by the path of every member that is wrong",
        args: () => ["config", "check", at("wrong.yaml")],
        code: "INVALID_CONFIG",
        context: () => ({ members: WRONG }),
      },
      {
        what: "to start a gateway with it, in the same words",
        args: () => ["gateway", "start", "--config", at("wrong.yaml")],
        code: "INVALID_CONFIG",
        context: () => ({ members: WRONG }),
      },
      {
        what: "a variable that overrides a member with something wrong",
        args: () => ["config", "check", at("gateway.yaml")],
        options: { env: { GATELOG_LOG__CHAIN_ID: "many" } },
        code: "INVALID_CONFIG",
        context: () => ({ members: "log.chainId" }),
      },
      {
        what: "a key file that is not there",
        args: () => ["gateway", "start", "--config", at("missing-key.yaml")],
        code: "INVALID_CONFIG",
        context: () => ({ file: at("missing-key.yaml"), members: "logKey" }),
      },
      {
        what: "a key file that is empty",
        args: () => ["config", "check", at("empty-key.yaml")],
        code: "INVALID_CONFIG",
        context: () => ({ file: at("empty-key.yaml"), members: "logKey" }),
      },
      {
        what: "a key file that holds something else",
        args: () => ["gateway", "start", "--config", at("key-less-key.yaml")],
        code: "INVALID_CONFIG",
        context: () => ({ members: "logKey" }),
      },
      {
        what: "a variable for a key that is not set",
        args: () => ["gateway", "start", "--config", at("env-key.yaml")],
        code: "INVALID_CONFIG",
        context: () => ({ members: "logKey" }),
      },
      {
        what: "an address to listen on that others can reach",
        args: () => ["api", "start", "--config", at("public.yaml")],
        code: "INVALID_CONFIG",
        context: () => ({ file: at("public.yaml"), members: "listen" }),
      },
      {
        what: "a port that is none",
        args: () => ["config", "check", at("no-port.yaml"), "--kind", "api"],
        code: "INVALID_CONFIG",
        context: () => ({ file: at("no-port.yaml"), members: "listen" }),
      },
    ]);

    it("takes one that is sound, whatever variables stand for options of commands", async () => {
      const env = { GATELOG_GATEWAY: NOWHERE, GATELOG_API: NOWHERE, GATELOG_LISTEN: "[::1]:0" };
      const run = await gatelog(["--json", "config", "check", at("gateway.yaml")], { env });
      expect(run.code, run.stderr).to.equal(0);
      expect(run.json).to.include({ sound: true, kind: "gateway" });
    });

    it("prints the schema of each kind as the one document", async () => {
      for (const kind of ["gateway", "api"]) {
        const run = await gatelog(["--json", "config", "schema", kind]);
        expect(run.code).to.equal(0);
        expect(run.json).to.have.nested.property("properties.log.type", "object");
      }
    });

    it("prints the schema of a transfer request", async () => {
      const run = await gatelog(["--json", "config", "schema", "request"]);
      expect(run.code).to.equal(0);
      expect(run.json).to.have.nested.property("properties.idempotencyKey.type", "string");
      expect(run.json).to.have.property("additionalProperties", false);
    });
  });

  describe("where nobody answers", () => {
    const verify = ["verify", "--rpc-url", NOWHERE, "--log-registry", ADDRESS];
    const register = ["gateway", "register", "--rpc-url", NOWHERE, "--log-registry", ADDRESS, "--name", "n"];

    itRefuses([
      {
        what: "transfer",
        args: () => ["transfer", "-", "--gateway", NOWHERE],
        options: { input: JSON.stringify(REQUEST) },
        code: "PEER_UNREACHABLE",
      },
      {
        what: "sessions",
        args: () => ["sessions"],
        options: { env: { GATELOG_GATEWAY: NOWHERE } },
        code: "PEER_UNREACHABLE",
      },
      { what: "show", args: () => ["show", SESSION, "--api", NOWHERE], code: "STORE_UNAVAILABLE" },
      { what: "verify", args: () => verify, code: "NODE_UNREACHABLE" },
      { what: "deploy log", args: () => ["deploy", "log", "--rpc-url", NOWHERE], code: "NODE_UNREACHABLE" },
      {
        what: "gateway register",
        args: () => [...register, "--owner-key-file", at("sound.key"), "--key", ADDRESS, "--endpoint", NOWHERE],
        code: "NODE_UNREACHABLE",
      },
      {
        what: "api start over a chain",
        args: () => ["api", "start", "--config", at("api.yaml")],
        code: "NODE_UNREACHABLE",
      },
    ]);
  });
});
