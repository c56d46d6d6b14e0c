import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { gatewayConfigSchema, readConfig } from "../../src/cli/config.ts";
import { wireCredentials } from "../../src/cli/credentials-wiring.ts";
import { canonicalBytes, type Json } from "../../src/entry/canonical.ts";
import { signEntry, type SignedEntry } from "../../src/entry/entry.ts";
import { ZERO_HASH } from "../../src/entry/hex.ts";
import { sessionHashOf } from "../../src/entry/session.ts";
import { COMMANDS, STEPS } from "../../src/entry/vocabulary.ts";
import { publicKeyOf } from "../../src/gateway/backups.ts";
import { claimIn } from "../../src/gateway/credentials/succession-credentials.ts";
import { signOwnerList } from "../../src/gateway/credentials/statement-rule.ts";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { StaticGatewayDirectory } from "../../src/store/static-gateway-directory.ts";
import { certify, revoke, type Certified } from "../support/certificates.ts";
import { expectRejection } from "../support/expect-error.ts";
import { sampleGateway, sampleSession, sampleSigner } from "../support/sample-log.ts";

const ALPHA = sampleGateway("alpha");
const BETA = sampleGateway("beta");
const backup = sampleSigner("backup of alpha");
const OWNER = "0x0A0A0a0a0a0a0a0A0a0a0A0a0A0A0A0a0a0a0a0a";
const DAY_MS = 24 * 60 * 60_000;

describe("the configuration of credentials", () => {
  let folder: string;
  let root: Certified;
  let shown: Certified;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "gatelog-credentials-"));
    const times = { from: Date.now() - DAY_MS, to: Date.now() + DAY_MS };
    root = await certify("root", { isAuthority: true, ...times });
    shown = await certify("backup", { issuer: root, ...times });
    const primary = await certify("primary", { issuer: root, backups: [shown], ...times });
    write("root.pem", root.pem);
    write("backup.pem", shown.pem);
    write("backup-key.pem", shown.key.export({ type: "pkcs8", format: "pem" }).toString());
    write("primary.pem", primary.pem);
    write("revoked.pem", await revoke(root, [], Date.now() + DAY_MS));
    const list = { name: "alpha", backups: [backup.address], change: 1 };
    write("list.json", JSON.stringify(await signOwnerList(sampleSigner("alpha owner"), list)));
  });
  after(() => rmSync(folder, { recursive: true }));

  function write(name: string, text: string): void {
    writeFileSync(join(folder, name), text);
  }

  function configOf(document: object) {
    const common = {
      logKey: { env: "LOG_KEY" },
      store: { driver: "sqlite", path: "./logs.sqlite" },
      ledgers: [{ networkId: "eip155:31337", rpcUrl: "http://127.0.0.1:8545", chainId: 31337, escrow: OWNER }],
    };
    const file = join(folder, "gateway.yaml");
    writeFileSync(file, stringify({ ...common, ...document }));
    return readConfig(file, gatewayConfigSchema, {});
  }

  const known = ({ name, owner, signer }: typeof ALPHA) => ({
    ...{ name, owner, keys: [{ epoch: 1, key: signer.address }] },
    endpoints: ["http://127.0.0.1:1"],
  });
  const alphaConfig = (succession: object) =>
    configOf({ name: "alpha", owner: ALPHA.owner, peers: [known(BETA)], epoch: 2, succession });
  const betaConfig = (certificates?: object) =>
    configOf({ name: "beta", owner: BETA.owner, peers: [{ ...known(ALPHA), ...(certificates && { certificates }) }] });
  const certificates = { primary: "primary.pem", roots: ["root.pem"], revocations: ["revoked.pem"] };

  const directory = () =>
    new StaticGatewayDirectory(
      [ALPHA, BETA].map(({ gatewayId, signer }) => ({
        ...{ gatewayId, epoch: 1, endpoints: [] },
        keys: [{ epoch: 1, key: signer.address }],
      })),
    );

  /** A gateway with that configuration starts, over this store. */
  async function start(config: ReturnType<typeof configOf>, own: StaticGatewayDirectory, store?: MemoryLogStore) {
    const events: GatewayEvent[] = [];
    const ports = {
      store: store ?? new MemoryLogStore({ directory: own }),
      ...{ directory: own, signer: backup, observe: (event: GatewayEvent) => void events.push(event) },
    };
    const wired = await wireCredentials(config, ports, null, { configFile: join(folder, "gateway.yaml") });
    return { ...wired, events };
  }

  /** The RECOVER that the configured backup of alpha's would write, in a session with beta. */
  async function recoverOf(
    succession: object,
    said: { readonly newIdentityPublicKey?: Json } = {},
  ): Promise<{ session: Awaited<ReturnType<typeof sampleSession>>; entry: SignedEntry }> {
    const wired = await start(alphaConfig(succession), directory());
    const { credentials = null } = wired.succession?.(2) ?? {};
    const session = await sampleSession(ALPHA, BETA);
    const payload: Json = { isBackup: true, newIdentityPublicKey: await publicKeyOf(backup), credentials, ...said };
    const { sessionId } = session.facts;
    const fields = {
      ...{ sessionId, sessionHash: sessionHashOf(session.facts), gatewayId: ALPHA.gatewayId, epoch: 2, index: 0 },
      ...({ seqNumber: 1, step: STEPS.recover, operation: "init", vote: "none", command: COMMANDS.recover } as const),
      ...{ timestamp: 0, causedBy: ZERO_HASH, lastEntryHash: ZERO_HASH },
    };
    return { session, entry: await signEntry(fields, canonicalBytes(payload), backup) };
  }

  for (const [what, succession, believed] of [
    ["the owner's list", { ownerList: "list.json" }, undefined],
    ["certificates", { certificates: ["backup.pem"], certificateKey: "backup-key.pem" }, certificates],
  ] as const)
    it(`has a backup show ${what}, its peer believe it, and the peer's next process remember it`, async () => {
      const { session, entry } = await recoverOf(succession);
      const first = directory();
      const store = new MemoryLogStore({ directory: first });
      const { credentials } = await start(betaConfig(believed), first, store);
      await credentials?.check(claimIn(entry, undefined));
      await store.adopt({ opening: session.opening, entries: [entry] });

      const second = directory();
      const { events } = await start(betaConfig(believed), second, store);
      expect(events).to.deep.equal([]);
      const { epoch, keys } = await second.gateway(ALPHA.gatewayId);
      expect({ epoch, key: keys.at(-1)?.key }).to.deep.equal({ epoch: 2, key: backup.address });
    });

  it("does not let a backup choose by what it is judged: no owner's list where certificates are configured", async () => {
    const { entry } = await recoverOf({ ownerList: "list.json" });
    const { credentials } = await start(betaConfig(certificates), directory());
    await expectRejection(credentials!.check(claimIn(entry, undefined)), "UNKNOWN_BACKUP");
  });

  it("believes no certificates where none are configured, and says of whom it does not believe again", async () => {
    const { session, entry } = await recoverOf({ certificates: ["backup.pem"], certificateKey: "backup-key.pem" });
    const believing = directory();
    believing.learn(ALPHA.gatewayId, { epoch: 2, key: backup.address });
    const store = new MemoryLogStore({ directory: believing });
    await store.adopt({ opening: session.opening, entries: [entry] });
    const { credentials, events } = await start(betaConfig(), directory(), store);
    await expectRejection(credentials!.check(claimIn(entry, undefined)), "UNKNOWN_BACKUP");
    expect(events.map((event) => event.type === "trouble" && event.code)).to.deep.equal(["UNKNOWN_BACKUP"]);
  });

  describe("at a start over a store in which a peer has written", () => {
    /** A RECOVER that says this, in the copy of a log whose writer's epoch was known by other means. */
    async function storeWith(said: { readonly newIdentityPublicKey?: Json }): Promise<MemoryLogStore> {
      const { session, entry } = await recoverOf({ ownerList: "list.json" }, said);
      const knowing = directory();
      knowing.learn(ALPHA.gatewayId, { epoch: 2, key: backup.address });
      const store = new MemoryLogStore({ directory: knowing });
      await store.adopt({ opening: session.opening, entries: [entry] });
      return store;
    }

    it("says that a claim is none, and starts", async () => {
      const { events, credentials } = await start(
        betaConfig(),
        directory(),
        await storeWith({ newIdentityPublicKey: 7 }),
      );
      expect(events.map((event) => event.type === "trouble" && event.code)).to.deep.equal(["FALSE_CLAIM"]);
      expect(credentials).not.to.equal(undefined);
    });

    it("leaves out a peer that is not configured any more", async () => {
      const own = new StaticGatewayDirectory([]);
      const { events } = await start(betaConfig(), own, await storeWith({}));
      expect(events).to.deep.equal([]);
    });
  });

  it("is INVALID_CONFIG with a file that is not there, and a list of revoked certificates that is away can come back", async () => {
    await expectRejection(start(alphaConfig({ ownerList: "none.json" }), directory()), "INVALID_CONFIG");
    const missing = { ...certificates, roots: ["none.pem"] };
    await expectRejection(start(betaConfig(missing), directory()), "INVALID_CONFIG");
    const { entry } = await recoverOf({ certificates: ["backup.pem"], certificateKey: "backup-key.pem" });
    const away = await start(betaConfig({ ...certificates, revocations: ["none.pem"] }), directory());
    await expectRejection(away.credentials!.check(claimIn(entry, undefined)), "STORE_UNAVAILABLE");
  });

  it("leaves the judgement to the log API where the registry is behind one", async () => {
    const config = betaConfig();
    const store = new MemoryLogStore({ directory: new MemoryGatewayDirectory() });
    const ports = { store, directory: new MemoryGatewayDirectory(), signer: backup, observe: () => undefined };
    expect(await wireCredentials(config, ports, null, { configFile: "" })).to.deep.equal({});
  });
});
