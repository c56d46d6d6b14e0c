import { httpJsonRpc } from "../../src/audit/reading/json-rpc.ts";
import { readLogs, type GatewayWord, type RawLog } from "../../src/audit/reading/reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { sessionIdToWord, toHex, type GatewayId } from "../../src/entry/hex.ts";
import { keySigner, type DigestSigner } from "../../src/entry/signature.ts";
import { loggedFactsHash, sessionHashFrom } from "../../src/entry/session.ts";
import { decodeEvent, kindOf } from "../../src/audit/reading/event-decoder.ts";
import { GatelogNet } from "../../test/support/gatelog-net.ts";
import type { Template } from "./copies.ts";

/** A real transfer, the events of its gateways, and what else says who they are. */
export interface RealTransfer extends Template {
  readonly gatewayLogs: readonly RawLog[];
  readonly gateways: ReadonlyMap<GatewayId, GatewayWord>;
  readonly entries: number;
  /** Signatures in its events: those of entries, of its opening, its decision and its closings. */
  readonly signatures: number;
  readonly genesisHash: `0x${string}`;
}

/** One transfer between two ledgers by real gateways as processes, its log on a chain. */
export async function recordTransfer(): Promise<RealTransfer> {
  const net = await GatelogNet.open();
  try {
    await net.startApi();
    await Promise.all([net.startGateway("alpha"), net.startGateway("beta")]);
    await net.approve("alpha", "alice", net.record.alpha.erc20, 1_000n);
    const asset = net.gold("alpha", 1_000n);
    const { sessionId } = await net
      .client("alpha")
      .transfer(net.request("alpha", { idempotencyKey: "template", asset }));
    await net.outcome("beta", sessionId);
    await closed(net, sessionId);
    return await read(net, sessionId);
  } finally {
    await net.stop();
  }
}

async function closed(net: GatelogNet, sessionId: string): Promise<void> {
  const { rpcUrl, logRegistry: registry } = net.record.log;
  const reader = new RpcReader(httpJsonRpc(rpcUrl), { registry });
  const giveUpAt = performance.now() + 60_000;
  while (performance.now() < giveUpAt) {
    const { block } = await reader.anchor();
    const { closedBlock } = await reader.sessionOf(sessionId, block.number);
    if (closedBlock > 0) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the transfer's logs were not closed within a minute");
}

async function read(net: GatelogNet, sessionId: string): Promise<RealTransfer> {
  const { rpcUrl, logRegistry: registry } = net.record.log;
  const reader = new RpcReader(httpJsonRpc(rpcUrl), { registry });
  const { block, chainId, genesisHash } = await reader.anchor();
  const query = { fromBlock: 0, toBlock: block.number };
  const logs = await readLogs(reader, { ...query, firstTopics: [sessionIdToWord(sessionId)] });
  const [alpha, beta] = [net.record.gateways.alpha, net.record.gateways.beta].map(({ gatewayId }) => toHex(gatewayId));
  if (alpha === undefined || beta === undefined) throw new Error("a transfer has two gateways");
  const gatewayLogs = await readLogs(reader, { ...query, firstTopics: [alpha, beta] });
  const { accounts } = net.record;
  const signers = new Map<GatewayId, DigestSigner>([
    [alpha, keySigner(accounts.alphaLog.privateKey)],
    [beta, keySigner(accounts.betaLog.privateKey)],
  ]);
  const sessionHash = sessionHashOf(logs);
  const heads = await Promise.all(
    [...signers.keys()].map(async (gatewayId) => {
      const word = await reader.logOf(sessionHash, gatewayId, block.number);
      return [gatewayId, word] as const;
    }),
  );
  const session = await reader.sessionOf(sessionId, block.number);
  const gateways = new Map<GatewayId, GatewayWord>();
  for (const gatewayId of signers.keys()) {
    const word = await reader.gatewayOf(gatewayId, block.number);
    if (word !== null) gateways.set(gatewayId, word);
  }
  return {
    ...{
      domain: { chainId, registry },
      logs,
      session,
      heads: new Map(heads),
      signers,
      gatewayLogs,
      gateways,
      genesisHash,
    },
    entries: logs.filter((log) => kindOf(log) === "EntryAppended").length,
    signatures: logs.filter(isSigned).length,
  };
}

function isSigned(log: RawLog): boolean {
  const place = { block: log.blockNumber, logIndex: log.logIndex, transactionHash: log.transactionHash, order: 0 };
  const { event } = decodeEvent(log, place);
  return event !== undefined && "signature" in event && event.signature !== null;
}

function sessionHashOf(logs: readonly RawLog[]) {
  const [first] = logs;
  const event =
    first && decodeEvent(first, { block: 0, logIndex: 0, transactionHash: first.transactionHash, order: 0 }).event;
  if (event?.kind !== "SessionOpened") throw new Error("the transfer has no opening");
  const { sessionId, originGatewayId, destinationGatewayId, deadline, facts } = event;
  return sessionHashFrom(sessionId, loggedFactsHash(originGatewayId, destinationGatewayId, deadline, facts));
}
