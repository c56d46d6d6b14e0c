import { Worker } from "node:worker_threads";
import { addressOf, splitCompact } from "../entry/curve.ts";
import { hexToBytes, type Hash } from "../entry/hex.ts";
import { isCompactSignature, isSignerKnown, rememberSigner, type CompactSignature } from "../entry/signature.ts";
import { ANSWER_LENGTH, DIGEST_LENGTH, QUESTION_LENGTH, SIGNATURE_LENGTH } from "./signature-layout.ts";

export interface Signed {
  readonly digest: Hash;
  readonly signature: CompactSignature;
}

/** Signatures that the thread has in hand; what comes beyond is checked by whoever needs it. Fewer than `recoverSigner` remembers. */
const MAX_AHEAD = 1_024;

interface Waiting {
  readonly signed: readonly Signed[];
  readonly done: () => void;
}

/**
 * Recovers signers in a thread of its own, ahead of the checks: for a service that takes many entries at once, recovering is what takes
 * it longest. Nothing depends on it. A thread that fails, or is not to be had on this platform, leaves everything to the checks.
 */
export class SignatureThread {
  #worker: Worker | undefined;
  #isGone = false;
  #ahead = 0;
  /** Goes to the thread together, at the end of this turn. */
  #collected: Waiting[] = [];
  /** What the thread has been sent, in order. */
  #sent: (readonly Waiting[])[] = [];

  /** Resolves when `recoverSigner` knows the signers, or is to find them itself. Never rejects. */
  recoverAhead(signed: readonly Signed[]): Promise<void> {
    const unknown = signed.filter((each) => isCompactSignature(each.signature) && !isSignerKnown(each));
    if (this.#isGone || unknown.length === 0 || this.#ahead + unknown.length > MAX_AHEAD) return Promise.resolve();
    this.#ahead += unknown.length;
    return new Promise((done) => {
      if (this.#collected.length === 0) setImmediate(() => this.#send());
      this.#collected.push({ signed: unknown, done });
    });
  }

  async close(): Promise<void> {
    this.#giveUp();
    await this.#worker?.terminate();
  }

  #send(): void {
    const waiting = this.#collected;
    this.#collected = [];
    if (this.#isGone || waiting.length === 0) return;
    const questions = questionsOf(waiting.flatMap(({ signed }) => signed));
    this.#sent.push(waiting);
    this.#worker ??= this.#start();
    this.#worker.postMessage(questions, [questions.buffer]);
  }

  #start(): Worker {
    // Compiled, this file has another ending, and so has its neighbour.
    const ending = import.meta.url.slice(import.meta.url.lastIndexOf("."));
    const worker = new Worker(new URL(`./signature-worker${ending}`, import.meta.url));
    worker.on("message", (answers: Uint8Array) => this.#take(answers));
    worker.on("error", () => this.#giveUp());
    worker.on("exit", () => this.#giveUp());
    worker.unref();
    return worker;
  }

  #take(answers: Uint8Array): void {
    const waiting = this.#sent.shift() ?? [];
    let start = 0;
    for (const { digest, signature } of waiting.flatMap(({ signed }) => signed)) {
      const key = answers.subarray(start, start + ANSWER_LENGTH);
      if (key[0] !== 0) rememberSigner(digest, signature, addressOf(key));
      start += ANSWER_LENGTH;
    }
    this.#finish(waiting);
  }

  #giveUp(): void {
    this.#isGone = true;
    for (const waiting of [...this.#sent.splice(0), this.#collected.splice(0)]) this.#finish(waiting);
  }

  #finish(waiting: readonly Waiting[]): void {
    for (const { signed, done } of waiting) {
      this.#ahead -= signed.length;
      done();
    }
  }
}

function questionsOf(signed: readonly Signed[]): Uint8Array<ArrayBuffer> {
  const questions = new Uint8Array(signed.length * QUESTION_LENGTH);
  for (const [position, { digest, signature }] of signed.entries()) {
    const start = position * QUESTION_LENGTH;
    const { rAndS, recid } = splitCompact(signature);
    questions.set(hexToBytes(digest), start);
    questions.set(rAndS, start + DIGEST_LENGTH);
    questions[start + DIGEST_LENGTH + SIGNATURE_LENGTH] = recid;
  }
  return questions;
}
