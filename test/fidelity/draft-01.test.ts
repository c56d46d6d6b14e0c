import { expect } from "chai";
import { GatelogNet } from "../support/gatelog-net.ts";
import { gatelog } from "../support/gatelog.ts";

// The client in this file is what somebody writes who has read draft-belchior-gateway-recovery-01 and nothing else: five
// endpoints, Figure 9, JSON over HTTP. Nothing of ours helps it. Figures 9 and 10 are sent as they stand in the draft.

const FIGURE_9 = `{
    "sessionId": "4eb424c8-aead-4e9e-a321-a160ac3909ac",
    "seqNumber": 6,
    "phaseId": "lock",
    "sourceGatewayId": "5.47.165.186",
    "sourceDltId": "Hyperledger-Fabric-JusticeChain",
    "targetGatewayId": "192.47.113.116",
    "targetDltId": "Ethereum",
    "timestamp": "1606157330",
    "payload": {
        "messageType": "2pc-log",
        "message": "LOCK_ASSET",
        "votes": "none"
 },
 "payloadHash": "80BCF1C7421E98B097264D1C6F1A514576D6C9F4EF04955FA3AEF1C0664B34E3",
"logEntryHash": "[...]"
}`;
/** Its payloadHash has 63 digits in the draft too. */
const FIGURE_10 = `{
    "sessionId": "4eb424c8-aead-4e9e-a321-a160ac3909ac",
    "seqNumber": 7,
    "phaseId": "lock",
    "sourceGatewayId": "5.47.165.186",
    "sourceDltId": "Hyperledger-Fabric-JusticeChain",
    "targetGatewayId": "192.47.113.116",
    "targetDltId": "Ethereum",
    "timestamp": "1606157333",
    "payload": {
        "messageType": "2pc-log",
        "message": "LOCK_ASSET_ACK",
        "votes": "none"
    }
    ,
    "payloadHash": "84DA7C54F12CE74680778C22DAE37AEBD60461F76D381D3CD855B0713BB98D1",
"logEntryHash": "[...]"
}`;

type Members = Record<string, unknown>;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Members;
}

class DraftClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  saveLogEntry(entry: string, query = ""): Promise<Answer> {
    return this.#call("POST", `saveLogEntry${query}`, entry);
  }

  lastEntry(query = ""): Promise<Answer> {
    return this.#call("GET", `lastEntry${query}`);
  }

  getLogEntry(id: string, query = ""): Promise<Answer> {
    return this.#call("GET", `getLogEntry/${id}${query}`);
  }

  getLog(query = ""): Promise<Answer> {
    return this.#call("GET", `getLog${query}`);
  }

  updateLog(log: string, query = ""): Promise<Answer> {
    return this.#call("POST", `updateLog${query}`, log);
  }

  async #call(method: string, path: string, body?: string): Promise<Answer> {
    const content = body === undefined ? {} : { body, headers: { "Content-Type": "application/json" } };
    const response = await fetch(`${this.#url}/${path}`, { method, ...content });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Members };
  }
}

/** The head that all of Figures 4 to 8 have. */
function expectFigureHead({ status, headers, body }: Answer): void {
  expect(status).to.equal(200);
  expect(headers.get("Cache-Control")).to.equal("private");
  expect(new Date(headers.get("Date") ?? "").getTime()).to.be.closeTo(Date.now(), 60_000);
  expect(headers.get("Content-Type")).to.match(/^application\/json\b/);
  expect(Object.keys(body)).to.deep.equal(["success", "response_data"]);
  expect(body["success"]).to.equal(true);
}

/** What the client wrote, but for the two hashes: those are the log's own now. */
function wordsOf(entry: string): Members {
  const { payloadHash: _claimed, logEntryHash: _none, ...words } = JSON.parse(entry) as Members;
  return words;
}

function later(entry: string, seqNumber: number, message: string): string {
  const words = JSON.parse(entry) as Members & { payload: object };
  return JSON.stringify({ ...words, seqNumber, payload: { ...words.payload, message } });
}

const UPPER_CASE_HASH = /^[0-9A-F]{64}$/;

describe("A client that knows only draft-01", function () {
  this.timeout(120_000);

  const third = later(FIGURE_9, 8, "COMMIT_PREPARE");
  const fourth = later(FIGURE_9, 9, "COMMIT_PREPARE_ACK");
  const fifth = later(FIGURE_9, 10, "COMMIT_FINAL");

  let net: GatelogNet;
  let client: DraftClient;

  before(async () => {
    net = await GatelogNet.open({ beta: "hardhat", log: "alpha" });
    const { gateways, alpha } = net.record;
    const carrierKey = { file: net.writeKey("carrier") };
    const config = net.writeConfig("alpha-on-chain.yaml", gateways.alpha.config, (given) => ({
      ...given,
      store: { driver: "chain", rpcUrl: alpha.rpcUrl, carrierKey },
    }));
    await net.startGateway("alpha", config);
    client = new DraftClient(gateways.alpha.url);
  });
  after(() => net.stop());

  it("logs Figures 9 and 10 and gets the indices that Figure 4 answers with", async () => {
    const saved = [await client.saveLogEntry(FIGURE_9), await client.saveLogEntry(FIGURE_10)];
    saved.push(await client.saveLogEntry(third, ":log"));
    for (const answer of saved) expectFigureHead(answer);
    expect(saved.map(({ body }) => body["response_data"])).to.deep.equal(["0", "1", "2"]);
    expect(saved[2]?.body).to.deep.equal({ success: true, response_data: "2" });
  });

  it("reads its last entry as in Figure 5, in its own words", async () => {
    const answer = await client.lastEntry();
    expectFigureHead(answer);
    expect(logEntry(answer)).to.deep.include(wordsOf(third));
  });

  it("reads any entry by its id as in Figure 6, in its own words, with hashes in the figure's form", async () => {
    for (const [id, figure] of [FIGURE_9, FIGURE_10].entries()) {
      const answer = await client.getLogEntry(String(id));
      expectFigureHead(answer);
      const entry = logEntry(answer);
      expect(entry).to.deep.include(wordsOf(figure));
      expect(entry["payloadHash"]).to.match(UPPER_CASE_HASH);
      expect(entry["logEntryHash"]).to.match(UPPER_CASE_HASH);
    }
  });

  it("reads the whole log as in Figure 7", async () => {
    const answer = await client.getLog();
    expectFigureHead(answer);
    const { log } = answer.body["response_data"] as { log: Members[] };
    expect(log.map((entry) => entry["seqNumber"])).to.deep.equal([6, 7, 8]);
    expect(log[0]).to.deep.include(wordsOf(FIGURE_9));
  });

  it("updates the log with its own copy and gets the last common index as in Figure 8", async () => {
    const copy = [FIGURE_9, FIGURE_10, third, fourth];
    const updated = await client.updateLog(`[${copy.join()}]`);
    expectFigureHead(updated);
    expect(updated.body).to.deep.equal({ success: true, response_data: "2" });
    const again = await client.updateLog(`{"log":[${[...copy, fifth].join()}]}`, ":log");
    expect(again.body).to.deep.equal({ success: true, response_data: "3" });
    expect(logEntry(await client.lastEntry())).to.deep.include(wordsOf(fifth));
  });

  it("keeps a second session apart by its id", async () => {
    const sessionId = "4eb424c8-aead-4e9e-a321-a160ac3909ad";
    const other = JSON.stringify({ ...(JSON.parse(FIGURE_9) as Members), sessionId });
    expect((await client.saveLogEntry(other)).body["response_data"]).to.equal("0");
    const log = async (id: string) => {
      const { body } = await client.getLog(`?sessionId=${id}`);
      return (body["response_data"] as { log: Members[] }).log.length;
    };
    expect(await log(sessionId)).to.equal(1);
    expect(await log("4eb424c8-aead-4e9e-a321-a160ac3909ac")).to.equal(5);
  });

  it("gets no failure but 5XX when it asks for draft 01, and nothing is written", async () => {
    const sessionId = "4eb424c8-aead-4e9e-a321-a160ac3909ac";
    const before = await client.getLog(`?sessionId=${sessionId}`);
    const unsaid = JSON.stringify({ ...(JSON.parse(FIGURE_9) as Members), payload: "LOCK_ASSET" });
    const rewritten = `[${later(FIGURE_9, 6, "UNLOCK_ASSET")}]`;
    const failures: readonly (readonly [string, Answer])[] = [
      ["MALFORMED", await client.saveLogEntry("{", "?draft=01")],
      ["MALFORMED", await client.saveLogEntry(unsaid, "?draft=01")],
      ["MALFORMED", await client.getLogEntry("first", "?draft=01")],
      ["UNKNOWN_ENTRY", await client.getLogEntry("5", `?draft=01&sessionId=${sessionId}`)],
      ["UNKNOWN_SESSION", await client.lastEntry("?draft=01&sessionId=00000000-0000-4000-8000-000000000000")],
      ["EQUIVOCATION", await client.updateLog(rewritten, "?draft=01")],
    ];
    for (const [code, { status, headers, body }] of failures) {
      expect(body).to.include({ success: false, code, status });
      expect(status, code).to.be.within(500, 599);
      expect(headers.get("Cache-Control")).to.equal("private");
    }
    expect((await client.getLog(`?sessionId=${sessionId}`)).body).to.deep.equal(before.body);
  });

  it("has written what an auditor proves from contract events alone", async () => {
    const { rpcUrl, logRegistry } = net.record.log;
    const run = await gatelog(["--json", "verify", "--rpc-url", rpcUrl, "--log-registry", logRegistry]);
    expect(run.code, run.stderr).to.equal(0);
    expect(run.json).to.include({ verdict: "sound" });
  });

  function logEntry({ body }: Answer): Members {
    const data = body["response_data"] as Members;
    expect(Object.keys(data)).to.deep.equal(["log_entry"]);
    return data["log_entry"] as Members;
  }
});
