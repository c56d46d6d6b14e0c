import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { signClosing } from "../../src/entry/signed-statements.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { openApi, type ApiWorld } from "../support/api-world.ts";
import { makeEntries, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";

const EXAMPLE = fileURLToPath(new URL("../../examples/client/index.ts", import.meta.url));
const alone = sampleGateway("alone");
const stranger = sampleGateway("stranger");

describe("the client's example", () => {
  let api: ApiWorld;
  let sessionId: string;

  before(async () => {
    const directory = sampleDirectory(alone);
    const store = new MemoryLogStore({ directory });
    const { facts, opening } = await sampleSession(alone, null);
    const entries = await makeEntries(facts, alone, 2);
    await store.openSession(opening, entries);
    const head = { gatewayId: alone.gatewayId, length: 2, lastEntryHash: entries[1]!.entryHash, epoch: 1 };
    await store.closeLog(await signClosing(facts, head, alone.signer));
    ({ sessionId } = facts);
    api = await openApi(store, directory);
  });
  after(() => api.close());

  const run = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [EXAMPLE, api.url, sessionId, ...args], { stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, lines: stdout.trimEnd().split("\n"), stderr };
  };

  it("verifies what it is told against keys that it trusts, and against no others", async () => {
    const [good, bad] = await Promise.all([
      run(`${alone.gatewayId}=${alone.signer.address}`),
      run(`${alone.gatewayId}=${stranger.signer.address}`),
    ]);
    expect(good.code, good.stderr).to.equal(0);
    expect(good.lines).to.have.length(2);
    for (const line of good.lines) expect(line).to.contain(`signed by ${alone.signer.address}, on no chain`);
    expect(bad.code).to.equal(1);
    expect(bad.stderr).to.contain("STALE_EPOCH");
  });
});
