// The thread of `SignatureThread`: recovers public keys.

import { parentPort } from "node:worker_threads";
import addon from "secp256k1/bindings.js";
import { ANSWER_LENGTH, DIGEST_LENGTH, QUESTION_LENGTH, SIGNATURE_LENGTH } from "./signature-layout.ts";

parentPort?.on("message", (questions: Uint8Array) => {
  const count = questions.length / QUESTION_LENGTH;
  const answers = new Uint8Array(count * ANSWER_LENGTH);
  for (let position = 0; position < count; position += 1) {
    const start = position * QUESTION_LENGTH;
    const digest = questions.slice(start, start + DIGEST_LENGTH);
    const signature = questions.slice(start + DIGEST_LENGTH, start + DIGEST_LENGTH + SIGNATURE_LENGTH);
    const parity = questions[start + DIGEST_LENGTH + SIGNATURE_LENGTH] ?? 0;
    try {
      answers.set(addon.ecdsaRecover(signature, parity, digest, false), position * ANSWER_LENGTH);
    } catch {
      // Left zero: whoever checks the signature says what is wrong with it.
    }
  }
  parentPort?.postMessage(answers, [answers.buffer]);
});
