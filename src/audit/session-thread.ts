// A thread of `SessionThreads`: checks one bucket of sessions after the other.

import { parentPort } from "node:worker_threads";
import { BucketCheck, type Registry } from "./bucket-check.ts";
import type { Bucket } from "./spool.ts";
import type { FromThread, Question, ToThread } from "./session-threads.ts";

const waiting = new Map<number, (answer: unknown) => void>();
let asked = 0;

function ask(question: Question): Promise<unknown> {
  asked += 1;
  const number = asked;
  send({ type: "ask", number, question });
  return new Promise((done) => waiting.set(number, done));
}

const registry: Registry = {
  // The other side of this port answers each question with what it asks for.
  headsOf: (...of) => ask({ kind: "heads", of }) as ReturnType<Registry["headsOf"]>,
  timestampOf: (...of) => ask({ kind: "timestamp", of }) as ReturnType<Registry["timestampOf"]>,
};

let check: BucketCheck | undefined;

parentPort?.on("message", (message: ToThread) => {
  switch (message.type) {
    case "grounds":
      check = new BucketCheck(message.grounds, registry);
      break;
    case "answer":
      waiting.get(message.number)?.(message.answer);
      waiting.delete(message.number);
      break;
    case "check":
      if (check === undefined) throw new TypeError("a bucket before the grounds of its check");
      run(check, message.bucket);
  }
});

function run(bucketCheck: BucketCheck, bucket: Bucket): void {
  void bucketCheck.check(bucket).then(
    (checked) => send({ type: "checked", checked }),
    // Out of the promise, so that it ends the thread and whoever started it learns why.
    (error: unknown) => setImmediate(() => raise(error)),
  );
}

function raise(error: unknown): never {
  throw error;
}

function send(message: FromThread): void {
  parentPort?.postMessage(message);
}

send({ type: "ready" });
