import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { stringify } from "yaml";
import { gatewayConfigSchema, readConfig } from "../../src/cli/config.ts";
import { openPostgres } from "../../src/cli/postgres-wiring.ts";
import { readPassword } from "../../src/cli/secrets.ts";
import { MIGRATIONS } from "../../src/store/postgres-schema.ts";
import { createTestDatabase, describePostgres, type TestDatabase } from "../support/postgres.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { sampleDirectory } from "../support/sample-log.ts";

const ADDRESS = "0x0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
const CONFIG = {
  name: "alpha-gateway",
  owner: ADDRESS,
  logKey: { env: "ALPHA_LOG_KEY" },
  ledgers: [{ networkId: "eip155:31337", rpcUrl: "http://127.0.0.1:8545", chainId: 31337, escrow: ADDRESS }],
  peers: [{ name: "beta", owner: ADDRESS, keys: [{ epoch: 1, key: ADDRESS }], endpoints: ["http://127.0.0.1:8550"] }],
};
const URL_HERE = "postgres://gatelog@127.0.0.1/gatelog";
const URL_THERE = "postgres://gatelog@db.example.org/gatelog";
const PASSWORD = { env: "GATELOG_TEST_PASSWORD" };

describe("the configuration of a gateway whose logs are in PostgreSQL", () => {
  let folder: string;
  let file: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "gatelog-postgres-config-"));
    file = join(folder, "gateway.yaml");
  });
  after(() => rmSync(folder, { recursive: true }));

  function read(store: object, more: object = {}, env: NodeJS.ProcessEnv = {}) {
    writeFileSync(file, stringify({ ...CONFIG, store: { driver: "postgres", ...store }, ...more }));
    return readConfig(file, gatewayConfigSchema, env);
  }

  it("needs a url and nothing else", () => {
    const { store } = read({ url: URL_HERE });
    expect(store).to.deep.equal({
      ...{ driver: "postgres", url: URL_HERE, schema: "gatelog", plaintext: false, connections: 8 },
      idleInTransactionMs: 10_000,
    });
    const changed = read({ url: URL_HERE }, {}, { GATELOG_STORE__URL: URL_THERE, GATELOG_STORE__SCHEMA: "alpha" });
    expect(changed.store).to.deep.include({ url: URL_THERE, schema: "alpha" });
  });

  for (const [what, store, more, members] of [
    ["without a url", {}, {}, "store.url"],
    ["with a password in the url", { url: "postgres://gatelog:secret-here@127.0.0.1/gatelog" }, {}, "store.url"],
    ["with a schema that is none", { url: URL_HERE, schema: "no schema" }, {}, "store.schema"],
    ["with a user that is none", { url: "postgres://%zz@127.0.0.1/gatelog" }, {}, "store.url"],
    ["with one connection", { url: URL_HERE, connections: 1 }, {}, "store.connections"],
    ["with half of a certificate", { url: URL_HERE, tls: { cert: "c" } }, {}, "store.tls"],
    ["with TLS and none", { url: URL_THERE, tls: {}, plaintext: true }, {}, "store.plaintext"],
    ["without peers", { url: URL_HERE }, { peers: [] }, "peers"],
    ["with a register", { url: URL_HERE }, { log: { chainId: 1, registry: ADDRESS } }, "log"],
  ] as const)
    it(`is INVALID_CONFIG ${what}`, () => {
      const error = expectError(() => read(store, more), "INVALID_CONFIG", { members });
      expect(inspect(error)).not.to.contain("secret-here");
    });

  it("has its password in a file or a variable, without the end of its line", () => {
    writeFileSync(join(folder, "password"), " pass word \n", { mode: 0o600 });
    expect(readPassword({ file: "password" }, file, {})).to.equal(" pass word ");
    expect(readPassword(PASSWORD, file, { [PASSWORD.env]: "word" })).to.equal("word");
    expectError(() => readPassword(PASSWORD, file, {}), "INVALID_CONFIG", { where: `the variable ${PASSWORD.env}` });
    expectError(() => readPassword({ file: "nothing" }, file, {}), "INVALID_CONFIG");
  });

  describePostgres("opens the store", function () {
    let database: TestDatabase;

    before(async () => {
      database = await createTestDatabase();
    });
    after(() => database.drop());

    it("with what is named, and has nothing to warn of on this machine", async () => {
      const { url, password } = database.options;
      writeFileSync(join(folder, "password"), `${password}\n`, { mode: 0o600 });
      const { store } = read({ url, password: { file: "password" }, schema: "alpha" });
      if (store?.driver !== "postgres") expect.fail("another driver");
      const wired = await openPostgres(store, sampleDirectory(), { configFile: file, env: {} });
      expect(wired.warnings).to.deep.equal([]);
      await wired.store.close();
      expect(await database.sql("SELECT max(version) AS version FROM alpha.migration")).to.deep.equal([
        { version: MIGRATIONS.length },
      ]);
    });

    it("not with a certificate that is not there", async () => {
      const { store } = read({ url: URL_THERE, tls: { ca: "ca.pem" } });
      if (store?.driver !== "postgres") expect.fail("another driver");
      const opening = openPostgres(store, sampleDirectory(), { configFile: file, env: {} });
      await expectRejection(opening, "INVALID_CONFIG", { where: join(folder, "ca.pem") });
    });
  });
});
