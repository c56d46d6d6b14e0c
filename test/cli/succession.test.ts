import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { developmentKey, developmentSigner } from "../support/accounts.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { ACCOUNTS, deployLog, registerTestGateway, type TestGateway, type TestLog } from "../support/deploy.ts";
import { gatelog, itRefuses, type CliRun } from "../support/gatelog.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const UNKNOWN = `0x${"12".repeat(32)}`;

// By hand what a backup does by itself: `gatelog gateway set-backups`, `takeover` and `handover`, one after the other.
describe("gatelog gateway, of backups", function () {
  this.timeout(180_000);

  const [bob, alice] = [developmentSigner(ACCOUNTS.bob).address, developmentSigner(ACCOUNTS.alice).address];
  let dir: string;
  let remove: () => Promise<void>;
  let node: TestChain;
  let log: TestLog;
  let gateway: TestGateway;

  before(async () => {
    const folder = await temporaryFolder();
    dir = folder.path;
    remove = () => folder.remove();
    node = await startHardhat("log");
    log = await deployLog(node);
    gateway = await registerTestGateway(log, "A");
    for (const name of ["bob", "alice", "ownerA"] as const)
      writeFileSync(join(dir, `${name}.key`), developmentKey(ACCOUNTS[name]), { mode: 0o600 });
  });
  after(async () => {
    await log.close();
    await node.close();
    await remove();
  });

  const key = (name: string): string => join(dir, `${name}.key`);
  const on = (command: string): string[] => [
    ...["gateway", command, "--rpc-url", node.rpcUrl, "--log-registry", log.logRegistry],
  ];
  const setBackups = (...rest: string[]): string[] => [
    ...[...on("set-backups"), "--name", "gateway A", "--owner-key-file", key("ownerA"), ...rest],
  ];
  const takeover = (backup: string, ...rest: string[]): string[] => [
    ...[...on("takeover"), "--gateway-id", gateway.gatewayId, "--backup-key-file", key(backup), ...rest],
  ];
  const handover = (primary: string, backup: string): string[] => [
    ...[...on("handover"), "--gateway-id", gateway.gatewayId],
    ...["--backup-key-file", key(backup), "--primary-key-file", key(primary)],
  ];
  const done = async (args: readonly string[]): Promise<CliRun> => {
    const run = await gatelog(["--json", ...args]);
    expect(run.code, run.stderr).to.equal(0);
    return run;
  };

  it("lists backups, takes over, hands over, and leaves nobody", async () => {
    const { gatewayId } = gateway;
    const listed = await done(setBackups("--backup", bob, alice, "--takeover-interval", "3"));
    expect(listed.json).to.deep.equal({ gatewayId, backups: [bob, alice], takeoverInterval: 3 });

    const taken = await done(takeover("bob"));
    expect(taken.json).to.deep.equal({ gatewayId, key: bob, epoch: 2 });
    expect((await done(takeover("bob"))).json).to.deep.equal(taken.json);
    expect((await done(takeover("bob", "--expected-epoch", "1"))).json).to.deep.equal(taken.json);

    const handed = await done(handover("bob", "alice"));
    expect(handed.json).to.deep.equal({ gatewayId, key: alice, epoch: 3 });

    const nobody = await done(setBackups("--nobody"));
    expect(nobody.json).to.deep.equal({ gatewayId, backups: [], takeoverInterval: 0 });
  });

  describe("behind it", () => {
    itRefuses([
      {
        what: "a takeover of an epoch that has ended",
        args: () => takeover("bob", "--expected-epoch", "2"),
        code: "STALE_EPOCH",
        context: () => ({ expected: 3, actual: 2 }),
      },
      {
        what: "a takeover by who was taken out of the list",
        args: () => takeover("bob"),
        code: "REVOKED",
        context: () => ({ actual: bob }),
      },
      {
        what: "a takeover by who never was in it",
        args: () => takeover("ownerA"),
        code: "UNKNOWN_BACKUP",
        context: () => ({ actual: developmentSigner(ACCOUNTS.ownerA).address }),
      },
      {
        what: "a handover to who was taken out of the list",
        args: () => handover("alice", "bob"),
        code: "REVOKED",
      },
      {
        what: "a takeover in a group that is not registered",
        args: () => [...on("takeover"), "--gateway-id", UNKNOWN, "--backup-key-file", key("bob")],
        code: "UNKNOWN_GATEWAY",
      },
      {
        what: "an id that is none",
        args: () => [...on("takeover"), "--gateway-id", "A", "--backup-key-file", key("bob")],
        code: "MALFORMED",
      },
      { what: "an empty list that nobody has asked for", args: () => setBackups(), code: "MALFORMED" },
      { what: "a list and an empty one", args: () => setBackups("--backup", bob, "--nobody"), code: "MALFORMED" },
      {
        what: "the primary as its own backup",
        args: () => setBackups("--backup", alice),
        code: "MALFORMED",
        context: () => ({ actual: alice }),
      },
      {
        what: "a key file that is not there",
        args: () => takeover("missing"),
        code: "INVALID_CONFIG",
      },
    ]);
  });
});
