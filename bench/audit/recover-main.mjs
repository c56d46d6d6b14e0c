// Recovers keys from signatures with nothing but the native library, in so many threads for so many seconds, and says in a line of JSON how many
// a second it was.
//
//   node bench/audit/recover-main.mjs THREADS SECONDS

import { randomBytes } from "node:crypto";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import curve from "secp256k1/bindings.js";

const SIGNATURES = 1_000;
const DIGEST_SIZE = 32;

function measure(seconds) {
  const key = randomBytes(DIGEST_SIZE);
  const signed = Array.from({ length: SIGNATURES }, () => {
    const digest = randomBytes(DIGEST_SIZE);
    return { digest, ...curve.ecdsaSign(digest, key) };
  });
  const start = performance.now();
  let recovered = 0;
  while (performance.now() - start < seconds * 1_000)
    for (const { signature, recid, digest } of signed) {
      curve.ecdsaRecover(signature, recid, digest, false);
      recovered += 1;
    }
  return recovered / ((performance.now() - start) / 1_000);
}

/** All of them in threads of their own, which take about as long to start. */
function inThread(seconds) {
  const worker = new Worker(new URL(import.meta.url), { workerData: seconds });
  return new Promise((done, failed) => worker.on("message", done).on("error", failed));
}

if (isMainThread) {
  const [threads, seconds] = process.argv.slice(2).map(Number);
  const rates = await Promise.all(Array.from({ length: threads }, () => inThread(seconds)));
  process.stdout.write(`${JSON.stringify({ perSecond: rates.reduce((sum, rate) => sum + rate, 0) })}\n`);
} else parentPort.postMessage(measure(workerData));
