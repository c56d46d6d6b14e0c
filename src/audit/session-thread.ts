// A thread of `checkInThreads`: checks one bucket of sessions after the other.

import { parentPort, workerData } from "node:worker_threads";
import { BucketCheck, type Grounds, type Registry } from "./bucket-check.ts";
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

const check = new BucketCheck(workerData as Grounds, registry);

parentPort?.on("message", (message: ToThread) => {
  if (message.type === "answer") {
    waiting.get(message.number)?.(message.answer);
    waiting.delete(message.number);
  } else
    void check.check(message.bucket).then(
      (checked) => send({ type: "checked", checked }),
      // Out of the promise, so that it ends the thread and whoever started it learns why.
      (error: unknown) => setImmediate(() => raise(error)),
    );
});

function raise(error: unknown): never {
  throw error;
}

function send(message: FromThread): void {
  parentPort?.postMessage(message);
}
