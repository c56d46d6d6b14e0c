import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { LogClient } from "../../src/client/log-client.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { makeEntries, sampleDirectory, sampleGateway, sampleSession } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const CHILD = fileURLToPath(new URL("../support/drain-child.ts", import.meta.url));
const WRITERS = 8;
const ENTRIES = 400;
/** Acknowledged appends until the service is told to stop: it is in the middle of its work then. */
const UNTIL_STOP = 60;

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");

describe("a service that is told to stop", function () {
  this.timeout(60_000);

  let folder: { path: string; remove(): Promise<void> };
  let child: ChildProcess;
  let lines: string[];
  let url: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    child = spawn(process.execPath, [CHILD, join(folder.path, "log.sqlite")], { stdio: ["ignore", "pipe", "pipe"] });
    lines = [];
    createInterface({ input: child.stderr! }).on("line", (line) => lines.push(line));
    [url = ""] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
  });
  afterEach(async () => {
    if (child.exitCode === null) child.kill("SIGKILL");
    await folder.remove();
  });

  it("ends what is in flight, loses nothing that it has acknowledged, and breaks no answer off", async () => {
    const client = new LogClient({ baseUrl: url });
    const logs: SignedEntry[][] = [];
    for (let writer = 0; writer < WRITERS; writer += 1) {
      const { facts, opening } = await sampleSession(origin, destination);
      await client.openSession(opening);
      logs.push(await makeEntries(facts, origin, ENTRIES / WRITERS));
    }
    const exited = once(child, "exit");
    const written = { acknowledged: [] as SignedEntry[], broken: 0 };
    const write = async (entries: readonly SignedEntry[]) => {
      for (const entry of entries) {
        const outcome = await post(url, entry);
        if (outcome === "refused") return;
        if (outcome === "broken") written.broken += 1;
        else written.acknowledged.push(entry);
        if (written.acknowledged.length === UNTIL_STOP) child.kill("SIGTERM");
      }
    };
    await Promise.all(logs.map(write));
    expect(await exited).to.deep.equal([0, null]);
    expect(written.broken).to.equal(0);
    expect(written.acknowledged.length).to.be.within(UNTIL_STOP, ENTRIES - 1);

    const directory = sampleDirectory(origin, destination);
    const store = new SqliteLogStore({ directory }, { path: join(folder.path, "log.sqlite") });
    for (const { sessionId, gatewayId, index, entryHash } of written.acknowledged)
      expect((await store.read(sessionId, gatewayId, { from: index, limit: 1 }))[0]?.entryHash).to.equal(entryHash);
    await store.close();
  });

  it("does not wait for connections that ask for nothing, and ends streams of events", async function () {
    // Shorter than what the service waits for those that did ask.
    this.timeout(20_000);
    const { facts, opening } = await sampleSession(origin, destination);
    await new LogClient({ baseUrl: url }).openSession(opening);
    const silent = connect(Number(new URL(url).port), "127.0.0.1");
    await once(silent, "connect");
    const stream = await fetch(`${url}/v1/sessions/${facts.sessionId}/events`);
    const text = stream.text();
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    // The stream ends as an answer does, not by a broken connection.
    expect(await text).to.match(/^retry: /);
    expect(await exited).to.deep.equal([0, null]);
    silent.destroy();
  });

  it("ends at once when it is told again after a while", async () => {
    const idle = connect(Number(new URL(url).port), "127.0.0.1");
    await once(idle, "connect");
    // A request that never comes to its end is in hand, so that the service would wait for it.
    idle.write(
      "POST /saveLogEntry HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    );
    idle.on("error", () => undefined);
    await fetch(`${url}/health`);
    const exited = once(child, "exit");
    const telling = setInterval(() => child.kill("SIGTERM"), 100);
    try {
      expect(await exited).to.deep.equal([null, "SIGTERM"]);
    } finally {
      clearInterval(telling);
      idle.destroy();
    }
  });

  it("says what it did for whom, a line each", async () => {
    const { facts, opening } = await sampleSession(origin, destination);
    const headers = { "Content-Type": "application/json", "X-Request-Id": "request-7" };
    await fetch(`${url}/v1/sessions`, { method: "POST", headers, body: JSON.stringify(opening) });
    await fetch(`${url}/v1/sessions/${facts.sessionId}/entries/0?gatewayId=${origin.gatewayId}`);
    child.kill("SIGTERM");
    await once(child, "close");
    const said = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === "request");
    const session = facts.sessionId;
    expect(said).to.have.length(2);
    expect(said[0]).to.include({ operation: "openSession", session, requestId: "request-7", status: 200, code: null });
    expect(said[1]).to.include({ operation: "getEntry", session, status: 404, code: "UNKNOWN_ENTRY" });
  });
});

/** `refused`: nobody answers any more. `broken`: an answer began and did not end. */
async function post(url: string, entry: SignedEntry): Promise<"acknowledged" | "refused" | "broken"> {
  let response: Response;
  try {
    response = await fetch(`${url}/v1/sessions/${entry.sessionId}/entries`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(entryToJson(entry)),
    });
  } catch {
    return "refused";
  }
  try {
    const { success } = (await response.json()) as { success: boolean };
    return success ? "acknowledged" : "refused";
  } catch {
    return "broken";
  }
}
