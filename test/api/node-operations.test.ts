import { expect } from "chai";
import { setTimeout as delay } from "node:timers/promises";
import { listen, type Listener } from "../../src/api/listen.ts";
import { createLogApi, type LogApiOptions } from "../../src/api/log-api.ts";
import { createNodeOperations } from "../../src/api/node-operations.ts";
import { NodeClient } from "../../src/client/node-client.ts";
import { toHex, type Address } from "../../src/entry/hex.ts";
import { createHttpMembers } from "../../src/gateway/failover/http-members.ts";
import type { Beat } from "../../src/gateway/failover/member-transport.ts";
import type { NodeService } from "../../src/gateway/public.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { GroupStage } from "../support/group-stage.ts";
import { until } from "../support/until.ts";

const STRANGER = toHex(`0x${"77".repeat(20)}`);
const EVERYBODY_ELSE = 8;
type Limits = Pick<LogApiOptions, "requestTimeoutMs" | "stalledMs">;

describe("a member's API for its group", () => {
  let group: GroupStage;
  let listener: Listener;
  let member: Address;
  const ended: AbortController[] = [];

  const serve = async (changes: Partial<NodeService> = {}, limits: Limits = {}): Promise<void> => {
    group = new GroupStage(1);
    member = group.keyOf(1);
    const { node } = group.at(0).member;
    const shown: NodeService = {
      ...{ heartbeatMs: 10, nodeState: () => node.nodeState(), network: () => node.network(), silenceMs: () => 0 },
      ...{
        beat: () => node.beat(),
        isMember: (key) => node.isMember(key),
        takeBallot: (ballot) => node.takeBallot(ballot),
      },
      ...{ handOver: (to) => node.handOver(to), succeed: (consent) => node.succeed(consent), ...changes },
    };
    const directory = new MemoryGatewayDirectory();
    const members = createNodeOperations(shown);
    const deps = {
      store: new MemoryLogStore({ directory }),
      directory,
      operations: members.operations,
      onDrain: () => members.stop(),
    };
    listener = await listen(createLogApi(deps, limits));
  };
  afterEach(async () => {
    for (const controller of ended.splice(0)) controller.abort();
    await listener.close();
  });

  /** Hears the signs of life as HTTP clients do; the status, and whether the connection lives. */
  async function hear(query: string) {
    const controller = new AbortController();
    ended.push(controller);
    const response = await fetch(`${listener.url}/node/heartbeats${query}`, { signal: controller.signal });
    const heard = { status: response.status, lives: response.ok, beats: 0 };
    void (async () => {
      const body: AsyncIterable<Uint8Array> | null = response.body;
      for await (const part of body ?? []) heard.beats += part.length > 0 ? 1 : 0;
    })()
      .catch(() => undefined)
      .finally(() => (heard.lives = false));
    return heard;
  }

  it("lets nobody use up the places of its members", async () => {
    await serve();
    for (let place = 0; place < EVERYBODY_ELSE; place += 1)
      expect((await hear(place % 2 === 0 ? "" : `?key=${STRANGER}`)).status).to.equal(200);
    expect((await hear("")).status).to.equal(429);
    expect((await hear(`?key=${STRANGER}`)).status).to.equal(429);
    const beats: Beat[] = [];
    const controller = new AbortController();
    ended.push(controller);
    const other = { key: group.keyOf(0), url: listener.url };
    const listening = createHttpMembers(member).listen(other, (beat) => beats.push(beat), controller.signal);
    listening.catch(() => undefined);
    await until("three signs of life", () => beats.length >= 3);
    expect((await hear("?key=nobody")).status).to.equal(400);
  });

  it("takes a member's newest connection for the one that counts, however many it has left behind", async () => {
    await serve();
    const older: Awaited<ReturnType<typeof hear>>[] = [];
    for (let place = 0; place < 3 * EVERYBODY_ELSE; place += 1) older.push(await hear(`?key=${member}`));
    const newest = await hear(`?key=${member}`);
    await until("the older ones are cut off", () => older.every(({ lives }) => !lives));
    const { beats } = newest;
    await until("the newest is not", () => newest.beats > beats + 2);
    expect(newest.lives).to.equal(true);
  });

  it("lets a change of the primary take longer than any other request", async () => {
    const now = { epoch: 2, primary: STRANGER, backups: [], recoveryCount: 0, lastTakeover: null };
    const slowly = () => delay(200).then(() => now);
    await serve({ handOver: slowly, succeed: slowly }, { requestTimeoutMs: 20, stalledMs: 50 });
    expect(await new NodeClient({ baseUrl: listener.url }).handOver()).to.deep.equal(now);
    const { signature } = await group.group.authorityOf(group.at(0).signer).signHandover(1, member);
    const heir = { key: member, url: listener.url };
    const consent = { expectedEpoch: 1, to: member, signature };
    const members = createHttpMembers(group.keyOf(0));
    expect(await members.succeed(heir, consent, new AbortController().signal)).to.deep.equal(now);
  });

  it("refuses an epoch that no signature can name", async () => {
    await serve();
    const { signature } = await group.group.authorityOf(group.at(0).signer).signHandover(1, member);
    const ballot = { phase: "gossip", epoch: 2 ** 32, from: member, progress: 0, choice: null, signature };
    const posts = {
      "/node/succession": { expectedEpoch: 2 ** 32, to: member, signature },
      "/node/ballot": ballot,
    };
    for (const [path, body] of Object.entries(posts)) {
      const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
      const response = await fetch(`${listener.url}${path}`, init);
      expect(await response.json(), path).to.include({ code: "MALFORMED" });
    }
  });
});
