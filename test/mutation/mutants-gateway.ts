import type { Mutant } from "./mutant.ts";

const FAULTS = "test/gateway/faults.test.ts";
const DISPUTES = "test/gateway/private-disputes.test.ts";

/** The gateway around the core without one of its safeguards. */
export const GATEWAY_MUTANTS: readonly Mutant[] = [
  {
    id: "goes-on-before-durable",
    safeguard: "write-ahead",
    invariant: "I22",
    code: "src/gateway/effects.ts#createEffects",
    does: "the gateway goes on while its entries are on their way into the log",
    patch: {
      file: "src/gateway/effects.ts",
      find: "    await ports.store.append(entries);",
      replace: "    ports.store.append(entries).catch(() => undefined);",
    },
    proofs: [{ kind: "simulate", seeds: 100, violated: "ahead" }],
  },
  {
    id: "signs-anew",
    safeguard: "outbox",
    invariant: "I19",
    code: "src/gateway/effects.ts#createEffects",
    does: "the gateway signs what has become right since, where a write of its own has failed",
    patch: {
      file: "src/gateway/effects.ts",
      find: "    const entries = unsettled;\n",
      replace: "    const entries = unsettled;\n    unsettled = [];\n",
    },
    proofs: [
      {
        kind: "mocha",
        file: FAULTS,
        title: "sends the entry whose write failed before any other, whatever has become right to write since (R8)",
      },
    ],
  },
  {
    id: "folds-before-sending",
    safeguard: "outbox",
    invariant: "I19",
    code: "src/gateway/session-actor.ts#load",
    does: "a new process folds a session before it has sent what the one before had signed",
    patch: {
      file: "src/gateway/session-actor.ts",
      find: "    await outbox.flush(this.sessionId);\n",
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/outbox.test.ts",
        title: "does not fold a session while what it signed cannot be sent",
      },
    ],
  },
  {
    id: "request-makes-session",
    safeguard: "idempotency",
    invariant: "I24",
    code: "src/gateway/request.ts#sessionIdFor",
    does: "each request makes a session of its own, whatever its idempotency key",
    patch: {
      file: "src/gateway/gateway.ts",
      find: "sessionIdFor(this.#options.gatewayId, request.idempotencyKey);",
      replace: "sessionIdFor(this.#options.gatewayId, `${request.idempotencyKey} ${Math.random()}`);",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/transfer.test.ts",
        title: "find the session of a repeated request, while it runs and when it is done",
      },
    ],
  },
  {
    id: "certifies-unread",
    safeguard: "certificate",
    invariant: "I10",
    code: "src/gateway/effects.ts#cancelledCertificate",
    does: "the gateway states CANCELLED whatever the destination's escrow holds",
    patch: {
      file: "src/gateway/effects.ts",
      find: '    if (view.state !== "CANCELLED")\n      throw new GatelogError("LEDGER_CONFLICT"',
      replace: '    if (view.blockNumber < 0)\n      throw new GatelogError("LEDGER_CONFLICT"',
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/effects.test.ts",
        title: "states nothing that the destination's escrow does not finally hold (R3)",
      },
    ],
  },
  {
    id: "settles-unread",
    safeguard: "certificate",
    invariant: "I10",
    code: "src/gateway/settle.ts#certificateOf",
    does: "`gatelog settle` states a fact that it has not seen to hold",
    patch: {
      file: "src/gateway/settle.ts",
      find: "  const block = await ports.facts.where(fact, terms, begun);",
      replace: "  const block = begun ?? { blockNumber: 1, blockHash: termsHashOf(terms) };",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/settle.test.ts",
        title: "adds no signature to a claim about a block that is not the chain's",
      },
    ],
  },
  {
    id: "origin-states-commit",
    safeguard: "certificate",
    invariant: "I10",
    code: "src/gateway/settle-certificates.ts#witnessesOf",
    does: "`gatelog settle` takes the origin's side for a witness of COMMIT (decision 007)",
    patch: {
      file: "src/gateway/settle-certificates.ts",
      find: 'const sides = fact === "REGISTER_COMMIT" ? [destination] : [destination, origin];',
      replace: "const sides = [destination, origin];",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/settle.test.ts",
        title: "assigns nothing on the word of the origin's group (decision 007)",
      },
    ],
  },
  {
    id: "decision-at-head",
    safeguard: "finality",
    invariant: "I23",
    code: "src/gateway/session-actor.ts#applyDecision",
    does: "a decision is acted on before it is final",
    patch: {
      file: "src/gateway/session-actor.ts",
      find: 'if (!final || decision === "NONE" || decision === known) return;',
      replace: 'if ((!final && false) || decision === "NONE" || decision === known) return;',
    },
    proofs: [
      { kind: "simulate", seeds: 200, violated: "obeyed" },
      { kind: "mocha", file: FAULTS, title: "is not acted on before it is final (R7)" },
    ],
  },
  {
    id: "reads-heads",
    safeguard: "finality",
    invariant: "I23",
    code: "src/gateway/effects.ts#readingOf",
    does: "the gateway takes the head of a ledger for what is final",
    patch: {
      file: "src/gateway/effects.ts",
      find: "  return { state, transactionHash: null, blockNumber, pending: headState !== state };",
      replace: "  return { state: headState, transactionHash: null, blockNumber, pending: false };",
    },
    proofs: [{ kind: "simulate", seeds: 200, violated: "told" }],
  },
  {
    id: "pending-unsaid",
    safeguard: "pending",
    invariant: "I38",
    code: "src/gateway/effects.ts#readingOf",
    does: "the gateway does not say that something is on its way to a ledger",
    patch: {
      file: "src/gateway/effects.ts",
      find: "pending: headState !== state }",
      replace: "pending: false }",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/effects.test.ts",
        title: "says of a ledger that something is on its way there",
      },
    ],
  },
  {
    id: "silence-is-none",
    safeguard: "pending",
    invariant: "I38",
    code: "src/gateway/effects.ts#readLedger",
    does: "a ledger that does not answer is read as NONE",
    patch: {
      file: "src/gateway/effects.ts",
      find: '      return [{ type: "ledger-unreachable", side }];',
      replace:
        '      return [{ type: "ledger-read", side, reading: { state: "NONE", transactionHash: null, blockNumber: 0, pending: false } }];',
    },
    proofs: [{ kind: "simulate", seeds: 200, violated: "halted" }],
  },
  {
    id: "timeout-is-refusal",
    safeguard: "pending",
    invariant: "I38",
    code: "src/gateway/effects.ts#act",
    does: "an action whose outcome is not known is taken for one that the ledger refuses",
    patch: {
      file: "src/gateway/effects.ts",
      find: 'isGatelogError(error, "LEDGER_REJECTED", "UNMAPPED_TOKEN", "INVALID_TERMS")',
      replace: 'isGatelogError(error, "LEDGER_REJECTED", "UNMAPPED_TOKEN", "INVALID_TERMS", "TIMEOUT")',
    },
    proofs: [{ kind: "mocha", file: FAULTS, title: "does nothing twice when effects land and every reply is lost" }],
  },
  {
    id: "lock-unseen-is-lie",
    safeguard: "pending",
    invariant: "I38",
    code: "src/gateway/judge.ts#judgeLock",
    does: "the destination refuses a lock that its own node does not show yet",
    patch: {
      file: "src/gateway/judge.ts",
      find: '  if (view.state === "NONE")\n',
      replace: '  if (view.state === "NONE" && view.blockNumber < 0)\n',
    },
    proofs: [
      { kind: "mocha", file: FAULTS, title: "does not take a lock that its own node does not show yet for a lie" },
    ],
  },
  {
    id: "fork-untold",
    safeguard: "dispute",
    invariant: "I31",
    code: "src/gateway/copy-keeper.ts#reportFork",
    does: "two accounts of a log are refused, and the session goes on",
    patch: {
      file: "src/gateway/copy-keeper.ts",
      find: "    this.#hooks.onDispute(sessionId, { reason, gatewayId, index, ownEntryHash, peerEntryHash });\n",
      replace: "    if (reason === undefined) return;\n",
    },
    proofs: [
      {
        kind: "mocha",
        file: DISPUTES,
        title: "it has gone on from an older backup itself, and both sides dispute its log",
      },
    ],
  },
];
