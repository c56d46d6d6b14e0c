// Audits one registry over JSON-RPC, in this process, with what `npm run build` made, and says in a line of JSON how long it took and what
// memory the process had at most, its threads included.
//
//   node bench/audit/auditor-main.mjs URL REGISTRY THREADS

import { keepHeapSmall } from "../../dist/cli/memory.js";
import { httpJsonRpc, RpcReader, verify } from "../../dist/audit/public.js";

const KIB = 1_024;
const [url, registry, threads] = process.argv.slice(2);
// As the command does.
keepHeapSmall();
const reader = new RpcReader(httpJsonRpc(url), { registry });
const start = performance.now();
const { verdict, entries, findingCount, unread } = await verify(reader, { threads: Number(threads) });
const seconds = (performance.now() - start) / 1_000;
const peakMib = process.resourceUsage().maxRSS / KIB;
const result = { seconds, entries: entries.total, verdict, findings: findingCount, unread, peakMib };
process.stdout.write(`${JSON.stringify(result)}\n`);
