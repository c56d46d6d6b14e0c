// Follows a session of a log API and verifies what it is told: node examples/client/index.ts URL SESSION [GATEWAY=KEY…]
// GATEWAY=KEY is a gateway's id and the address of its log key, from where you trust it: the registry, or the gateway's operator. Without them
// the keys are the service's word, and what is verified is that the log is whole.
// In a project of your own the first import is: import { … } from "gatelog/client";
import {
  checkLog,
  LogClient,
  sessionHashOf,
  startOfLog,
  verifyInclusionProof,
  type LogPosition,
} from "../../src/client/public.ts";

const [baseUrl = "http://127.0.0.1:8549", sessionId = "", ...pairs] = process.argv.slice(2);
const trusted = pairs.map((pair) => pair.split("="));
const client = new LogClient({ baseUrl });
const { opening } = await client.session(sessionId);
const sessionHash = sessionHashOf(opening.facts);
const positions = new Map<string, LogPosition>();

for await (const event of client.events(sessionId)) {
  if (event.type !== "entry") continue;
  const { entry } = event;
  const { gatewayId } = entry;
  const { entries, signer, chain, inclusion } = await client.proof({ sessionId, gatewayId }, entry.index);
  const isTrusted = trusted.some(([gateway, key]) => gateway === gatewayId && key === signer);
  const at = positions.get(gatewayId) ?? startOfLog(sessionId, sessionHash, gatewayId);
  // The proof begins with the entry, which is behind the one before it, and ends with the signature. Throws whatever is wrong.
  checkLog(at, entries, () => (isTrusted || trusted.length === 0 ? signer : undefined));
  if (entries[0]?.entryHash !== entry.entryHash) throw new Error(`another entry than the one told: ${entry.id}`);
  if (inclusion !== null && !verifyInclusionProof(entry, inclusion)) throw new Error(`not in its anchor: ${entry.id}`);
  positions.set(gatewayId, { ...at, length: entry.index + 1, lastEntryHash: entry.entryHash, epoch: entry.epoch });
  const place = chain?.transactionHash ?? inclusion?.anchor.transactionHash ?? "on no chain";
  console.log(
    `${entry.id} step ${entry.step} ${entry.operation}, signed by ${signer}${isTrusted ? "" : " (as the service says)"}, ${place}`,
  );
}
