import { canonicalBytes, isJsonObject, parseCanonical, type JsonObject } from "../../src/entry/canonical.ts";
import type { LogEntry } from "../../src/entry/entry.ts";
import { GatelogError, isGatelogError } from "../../src/entry/errors.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { stringMember } from "../../src/entry/notation.ts";
import { COMMANDS, type Operation } from "../../src/entry/vocabulary.ts";
import { sessionIdFor } from "../../src/gateway/request.ts";
import { readEntries } from "../../src/store/log-reader.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import type { OperatorLog } from "../../src/store/operator-log.ts";
import type { PaymentReceipt, PreparedTransaction, TokenLedger } from "./token-ledger.ts";

export interface PaymentRequest {
  /** The client's own name for the payment; the same name is the same payment, however often it is asked for. */
  readonly idempotencyKey: string;
  readonly to: string;
  /** In the token's smallest unit. */
  readonly amount: bigint;
}

export type PaymentAnswer = { readonly sessionId: SessionId } & (
  ({ readonly outcome: "PAID" } & PaymentReceipt) | { readonly outcome: "FAILED"; readonly code: string }
);

/** Where a process may end, for those who want to see what becomes of it. */
export type Moment = "decided" | "prepared" | "sent";

/** Steps of phase 1. The log says `<p1, 1, init-pay, (GS)>`, `<p1, 2, exec-pay, (GS)>`, `<p1, 3, done-pay, (GS)>`. */
const STEP = { init: 101, exec: 102, done: 103, fail: 103 } as const satisfies Partial<Record<Operation, number>>;
const COMMAND = "pay";

/**
 * Direct mode: one client, one gateway, one ledger. Log the decision, do the transaction, answer; no peer, no lock, no vote,
 * and so no register of decisions. The log is the only memory: paying, paying again and recovering are one piece of code, which
 * reads how far the log has come and does the rest.
 *
 * Guarantee: a payment that was asked for under one key happens at most once, whenever the process ends; after `recover` it has
 * happened, or the log says why not. Limitation: one process, and one payment at a time.
 */
export class DirectGateway {
  readonly #log: OperatorLog;
  readonly #store: LogStore;
  readonly #ledger: TokenLedger;
  readonly #reached: (moment: Moment) => void;

  constructor(deps: {
    readonly log: OperatorLog;
    readonly store: LogStore;
    readonly ledger: TokenLedger;
    readonly reached?: (moment: Moment) => void;
  }) {
    this.#log = deps.log;
    this.#store = deps.store;
    this.#ledger = deps.ledger;
    this.#reached = deps.reached ?? (() => undefined);
  }

  /** Call it before anything else: what was begun comes first, because it holds a nonce. */
  async recover(): Promise<PaymentAnswer[]> {
    const answers: PaymentAnswer[] = [];
    for (const sessionId of await this.#store.sessionsOf(this.#log.gatewayId, { open: true })) {
      const words = await this.#words(sessionId);
      if (words.get("init")?.["command"] === COMMAND && !words.has("done") && !words.has("fail"))
        answers.push(await this.#goOn(sessionId, words));
    }
    return answers;
  }

  /** IDEMPOTENCY_CONFLICT if another payment was asked for under this key. */
  async pay({ idempotencyKey, to, amount }: PaymentRequest): Promise<PaymentAnswer> {
    const sessionId = sessionIdFor(this.#log.gatewayId, idempotencyKey);
    const words = await this.#words(sessionId);
    const decided = words.get("init");
    if (decided && (decided["to"] !== to || decided["amount"] !== amount.toString()))
      throw new GatelogError("IDEMPOTENCY_CONFLICT", "the key belongs to another payment", { sessionId });
    if (!decided) {
      words.set("init", await this.#write(sessionId, "init", { to, amount: amount.toString() }));
      this.#reached("decided");
    }
    return this.#goOn(sessionId, words);
  }

  /** From wherever the log stands. What it says was done is believed; what it says was begun is compared with the ledger. */
  async #goOn(sessionId: SessionId, words: Map<Operation, JsonObject>): Promise<PaymentAnswer> {
    const decided = words.get("init");
    try {
      let prepared = words.get("exec");
      if (!prepared) {
        const transaction = await this.#ledger.prepare(said(decided, "to"), BigInt(said(decided, "amount")));
        prepared = await this.#write(sessionId, "exec", { ...transaction });
        this.#reached("prepared");
      }
      if (!words.has("done") && !words.has("fail"))
        words.set("done", await this.#write(sessionId, "done", { ...(await this.#settle(preparedOf(prepared))) }));
    } catch (error) {
      // What can still happen is no failure: it is gone on with, now or after the next start.
      if (!isGatelogError(error, "LEDGER_REJECTED", "LEDGER_CONFLICT")) throw error;
      words.set("fail", await this.#write(sessionId, "fail", { code: error.code }));
    }
    return answerOf(sessionId, words);
  }

  async #settle(prepared: PreparedTransaction): Promise<PaymentReceipt> {
    const known = await this.#ledger.find(prepared);
    if (known) return known;
    await this.#ledger.send(prepared);
    this.#reached("sent");
    return this.#ledger.wait(prepared);
  }

  /** Resolves once the entry is durable: only then may what it announces be done. */
  async #write(sessionId: SessionId, operation: keyof typeof STEP, said: JsonObject): Promise<JsonObject> {
    const words = { command: COMMAND, ...said };
    const place = { step: STEP[operation], operation, vote: "none", command: COMMANDS.other } as const;
    const payload = canonicalBytes(words);
    await this.#log.write(sessionId, { ...place, payload, gateways: null, seqNumber: 0, timestamp: null });
    return words;
  }

  /** What the log says of the payment, by operation: each is logged once. Empty if there is no such session. */
  async #words(sessionId: SessionId): Promise<Map<Operation, JsonObject>> {
    const words = new Map<Operation, JsonObject>();
    try {
      const { logs } = await this.#store.session(sessionId);
      const range = { from: 0, to: logs[0]?.length ?? 0 };
      for await (const entry of readEntries(this.#store, sessionId, this.#log.gatewayId, range))
        words.set(entry.operation, saidIn(entry));
    } catch (error) {
      if (!isGatelogError(error, "UNKNOWN_SESSION", "UNKNOWN_LOG")) throw error;
    }
    return words;
  }
}

function saidIn(entry: LogEntry): JsonObject {
  const said = parseCanonical(entry.payload);
  return isJsonObject(said) ? said : {};
}

/** CORRUPT_STORE if it is not there: the entry is not one of ours. */
function said(words: JsonObject | undefined, member: string): string {
  const value = stringMember(words, member);
  if (value !== undefined) return value;
  throw new GatelogError("CORRUPT_STORE", `the log does not say "${member}" where it should`, { member });
}

function preparedOf(words: JsonObject): PreparedTransaction {
  return { transactionHash: said(words, "transactionHash"), nonce: Number(words["nonce"]), raw: said(words, "raw") };
}

function answerOf(sessionId: SessionId, words: ReadonlyMap<Operation, JsonObject>): PaymentAnswer {
  const done = words.get("done");
  if (!done) return { sessionId, outcome: "FAILED", code: said(words.get("fail"), "code") };
  const blockNumber = Number(done["blockNumber"]);
  return { sessionId, outcome: "PAID", transactionHash: said(done, "transactionHash"), blockNumber };
}
