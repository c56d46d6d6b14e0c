// What the libraries alone take for the same entries: the text of a registry's first events parsed, their bytes, the hashes of payload and
// entry, and the key of each signature, in so many threads for so many seconds. Nothing is fetched, stored, compared or judged. Says in a
// line of JSON how many entries a second it was.
//
//   node bench/audit/libraries-main.mjs FOLDER THREADS SECONDS

import { hash } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { createKeccak } from "hash-wasm";
import curve from "secp256k1/bindings.js";

const TEXT_SIZE = 2 * 2 ** 20;
const WORD = 32;
/** Of an `EntryAppended`, which has three topics: its least size, and where its signature and its payload stand. */
const ENTRY_TOPICS = 3;
const ENTRY_SIZE = 9 * WORD;
const SIGNATURE_START = 5 * WORD;
const SIGNATURE_SIZE = 2 * WORD;
const LENGTH_START = ENTRY_SIZE - 4;
/** Of what an entry's two hashes go over: the struct, and the domain with the struct's hash. */
const STRUCT_SIZE = 16 * WORD;
const MESSAGE_SIZE = 2 + 2 * WORD;

/** As many whole events as fit. */
function textOf(folder) {
  const bytes = Buffer.alloc(TEXT_SIZE);
  const file = openSync(join(folder, "events.json"), "r");
  const size = readSync(file, bytes, 0, TEXT_SIZE, 0);
  closeSync(file);
  const text = bytes.toString("latin1", 0, size);
  return `[${text.slice(0, text.lastIndexOf("},") + 1)}]`;
}

async function measure({ folder, seconds }) {
  const { signaturesOfSession, entriesOfSession } = JSON.parse(readFileSync(join(folder, "about.json"), "utf8"));
  const hasher = await createKeccak(256);
  const keccak = (bytes) => hasher.init().update(bytes).digest("binary");
  const struct = Buffer.alloc(STRUCT_SIZE);
  const text = textOf(folder);
  let [entries, recovered] = [0, 0];
  const start = performance.now();
  while (performance.now() - start < seconds * 1_000)
    for (const { topics, data } of JSON.parse(text)) {
      const bytes = Buffer.from(data.slice(2), "hex");
      if (topics.length !== ENTRY_TOPICS || bytes.length <= ENTRY_SIZE) continue;
      entries += 1;
      hash("sha256", bytes.subarray(ENTRY_SIZE, ENTRY_SIZE + bytes.readUInt32BE(LENGTH_START)));
      bytes.copy(struct);
      keccak(struct);
      const digest = keccak(struct.subarray(0, MESSAGE_SIZE));
      const signature = bytes.subarray(SIGNATURE_START, SIGNATURE_START + SIGNATURE_SIZE);
      const recid = signature[WORD] >> 7;
      signature[WORD] &= 0x7f;
      // The signatures of openings, decisions and closings come to some more for each entry.
      for (; recovered * entriesOfSession < entries * signaturesOfSession; recovered += 1)
        curve.ecdsaRecover(signature, recid, digest, false);
    }
  return entries / ((performance.now() - start) / 1_000);
}

/** All of them in threads of their own, which take about as long to start. */
function inThread(work) {
  const worker = new Worker(new URL(import.meta.url), { workerData: work });
  return new Promise((done, failed) => worker.on("message", done).on("error", failed));
}

if (isMainThread) {
  const [folder, threads, seconds] = process.argv.slice(2);
  const work = { folder, seconds: Number(seconds) };
  const rates = await Promise.all(Array.from({ length: Number(threads) }, () => inThread(work)));
  process.stdout.write(`${JSON.stringify({ perSecond: rates.reduce((sum, rate) => sum + rate, 0) })}\n`);
} else parentPort.postMessage(await measure(workerData));
