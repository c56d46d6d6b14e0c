import { expect } from "chai";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { inspect } from "node:util";
import type { GatelogError } from "../../src/entry/errors.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { MIGRATIONS } from "../../src/store/postgres-schema.ts";
import { postgresAddress, type PostgresOptions } from "../../src/store/postgres-options.ts";
import { freePort } from "../../src/cli/processes.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { createTestDatabase, describePostgresServer, type TestDatabase } from "../support/postgres.ts";
import { packagedBinaries, PostgresServer } from "../support/postgres-server.ts";
import { sampleDirectory } from "../support/sample-log.ts";
import { until } from "../support/until.ts";

const directory = sampleDirectory();
const SECRET = "not-to-be-told";
const certificate = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../support/postgres-tls", name), "utf8");

describe("options of a PostgreSQL store", () => {
  const url = "postgres://gatelog@db.example.org/gatelog";
  const sslOf = (options: PostgresOptions): unknown => postgresAddress(options).client.ssl;

  it("are TLS with a checked certificate where the host is another one, unless they say otherwise in so many words", () => {
    expect(sslOf({ url })).to.deep.include({ rejectUnauthorized: true });
    expect(sslOf({ url, tls: { ca: "CA" } })).to.deep.include({ rejectUnauthorized: true, ca: "CA" });
    expect(postgresAddress({ url }).isConfidential).to.equal(true);
    expect(sslOf({ url, plaintext: true })).to.equal(false);
    expect(postgresAddress({ url, plaintext: true }).isConfidential).to.equal(false);
    for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "%2Frun%2Fpostgresql"]) {
      const here = `postgres://gatelog@${host}:5433/gatelog`;
      expect(sslOf({ url: here }), host).to.equal(false);
      expect(sslOf({ url: here, tls: {} }), host).to.deep.include({ rejectUnauthorized: true });
      expect(postgresAddress({ url: here }).isConfidential, host).to.equal(true);
    }
    for (const host of ["localhost.example.org", "128.0.0.1", "127.0.0.1.example.org", "[::2]"])
      expect(sslOf({ url: `postgres://gatelog@${host}/gatelog` }), host).to.be.an("object");
  });

  it("are refused where they are no database, unclear, or hold the password in the open", () => {
    const wrong: PostgresOptions[] = [
      { url: "db.example.org" },
      { url: "https://gatelog@db.example.org/gatelog" },
      { url: "postgres://db.example.org/gatelog" },
      { url: "postgres://gatelog@db.example.org" },
      { url: "postgres://gatelog@db.example.org/gatelog?sslmode=disable" },
      { url: `postgres://gatelog:${SECRET}@db.example.org/gatelog` },
      { url: `postgres://gatelog:${SECRET}@db.example.org:70000/gatelog` },
      { url, schema: "Gatelog" },
      { url, schema: "a; DROP TABLE entry" },
      { url, schema: "pg_catalog" },
      { url, connections: 1 },
      { url, connections: 1_000 },
      { url, plaintext: true, tls: {} },
      { url, tls: { cert: "CERT" } },
    ];
    for (const options of wrong) expectSilent(expectError(() => postgresAddress(options), "INVALID_CONFIG"));
  });

  it("show no password", () => {
    expect(inspect(postgresAddress({ url, password: SECRET }), { depth: 9, showHidden: true })).not.to.contain(SECRET);
  });
});

describePostgresServer("connecting to PostgreSQL", function (binaries) {
  let server: PostgresServer;
  let database: TestDatabase;
  const connect = (options: PostgresOptions) => connectPostgresLogStore({ directory }, options);

  before(async () => {
    server = await PostgresServer.start(binaries, {
      settings: { ssl: "on", ssl_cert_file: "../server.pem", ssl_key_file: "../server.key" },
      files: { "server.pem": certificate("server.pem"), "server.key": certificate("server.key") },
    });
    database = await createTestDatabase(server);
  });
  after(() => server.stop());

  it("works over TCP, a Unix socket, and TLS", async () => {
    const { url, password } = database.options;
    const name = new URL(url).pathname.slice(1);
    for (const options of [
      { url },
      { url: server.socketUrl(name, "gatelog") },
      { url: url.replace("127.0.0.1", "localhost"), tls: { ca: certificate("ca.pem") } },
    ])
      await (await connect({ ...options, password })).close();
    const encrypted = await connect({
      url: url.replace("127.0.0.1", "localhost"),
      password,
      tls: { ca: certificate("ca.pem") },
    });
    const rows = await database.sql(
      "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'gatelog' AND usename = 'gatelog'",
    );
    expect(rows).to.deep.equal([{ ssl: true }]);
    await encrypted.close();
  });

  it("is refused by a certificate that leads nowhere, or bears another name", async () => {
    const { url, password } = database.options;
    const unknown = { url: url.replace("127.0.0.1", "localhost"), password, tls: {} };
    await expectRejection(connect(unknown), "STORE_UNAVAILABLE");
    const misnamed = { url, password, tls: { ca: certificate("ca.pem") } };
    await expectRejection(connect(misnamed), "STORE_UNAVAILABLE", { reason: "ERR_TLS_CERT_ALTNAME_INVALID" });
  });

  it("fails with INVALID_CONFIG for a wrong password, none, an unknown account and an unknown database", async () => {
    const { url, password } = database.options;
    const before = openSockets();
    for (const [options, reason] of [
      [{ url, password: SECRET }, "28P01"],
      [{ url }, undefined],
      [{ url: url.replace("gatelog@", "nobody@"), password }, "28P01"],
      [{ url: `${url}_not`, password }, "3D000"],
    ] as const)
      expectSilent(await expectRejection(connect(options), "INVALID_CONFIG", { ...(reason && { reason }) }));
    await until("no connection is left behind", () => openSockets() <= before);
  });

  it("fails with STORE_UNAVAILABLE where nobody listens, the name is none, or nobody answers", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : undefined;
    for (const [host, reason] of [
      [`127.0.0.1:${await freePort()}`, "ECONNREFUSED"],
      ["no-such-host.invalid", "ENOTFOUND"],
      [`127.0.0.1:${port}`, undefined],
    ] as const) {
      const error = await expectRejection(
        connect({ url: `postgres://gatelog@${host}/gatelog`, password: SECRET }),
        "STORE_UNAVAILABLE",
      );
      if (reason) expect(`${error.context["reason"]} ${error.message}`).to.contain(reason);
      expectSilent(error);
    }
    silent.close();
  });

  it("needs an account that may make a schema only until it is there", async () => {
    const name = "of_another";
    const { url: owner, password } = database.options;
    await (await connect({ url: owner, password, schema: name })).close();
    await database.sql(`
      CREATE ROLE writer LOGIN PASSWORD '${password}';
      GRANT USAGE ON SCHEMA ${name} TO writer;
      GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA ${name} TO writer;
      GRANT UPDATE ON ${name}.log TO writer`);
    const url = new URL(owner);
    url.username = "writer";
    const options = { url: url.href, password };
    await (await connect({ ...options, schema: name })).close();
    await expectRejection(connect({ ...options, schema: "not_there" }), "INVALID_CONFIG", { reason: "42501" });
  });

  it("works with the server of the npm package, for machines that have no other", async () => {
    const packaged = packagedBinaries();
    if (packaged === undefined) {
      expect(`${process.platform}-${process.arch}`, "the package is not installed").not.to.equal("linux-x64");
      return;
    }
    const other = await PostgresServer.start(packaged);
    try {
      const database = await createTestDatabase(other);
      await (await connect(database.options)).close();
      expect(await database.sql("SELECT max(version) AS version FROM gatelog.migration")).to.deep.equal([
        { version: MIGRATIONS.length },
      ]);
    } finally {
      await other.stop();
    }
  });

  it("is refused where the server would keep nothing", async () => {
    const { url, password } = database.options;
    await server.kill();
    await server.restart({ fsync: "off" });
    const error = await expectRejection(connect({ url, password }), "INVALID_CONFIG", { fsync: "off" });
    expect(error.message).to.contain("fsync");
  });
});

function expectSilent(error: GatelogError): void {
  expect(inspect(error, { depth: 9, showHidden: true })).not.to.contain(SECRET);
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}
