import type { Mutant } from "./mutant.ts";

export const TABLE_TEST = {
  kind: "mocha",
  file: "test/protocol/recovery-table.test.ts",
  title: "has for the whole product one outcome each, and it is what next does",
} as const;

/** The core where it rolls back, waits and doubts: src/protocol without one of these safeguards. */
export const RECOVERY_MUTANTS: readonly Mutant[] = [
  {
    id: "table-ignored",
    safeguard: "table",
    invariant: "I33",
    code: "src/protocol/recovery-table.ts#requirePossible",
    does: "a session goes on from what the recovery table calls impossible",
    patch: { file: "src/protocol/step.ts", find: "  requirePossible(state);\n", replace: "" },
    proofs: [
      TABLE_TEST,
      {
        kind: "mocha",
        file: "test/gateway/recovery.test.ts",
        title: "halts when its ledger shows what its log never announced",
      },
    ],
  },
  {
    id: "dispute-ignored",
    safeguard: "dispute",
    invariant: "I31",
    code: "src/protocol/step.ts#next",
    does: "both sides go on in a dispute",
    patch: {
      file: "src/protocol/step.ts",
      find: '  if (isDisputed(state)) return [...handshake, { type: "wait", waitingFor: "operator" }];\n',
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/protocol/recovery.test.ts",
        title: "stops both sides wherever they are, whichever of them says so, and whatever is known",
      },
    ],
  },
  {
    id: "dispute-of-peer-ignored",
    safeguard: "dispute",
    invariant: "I31",
    code: "src/protocol/recovery.ts#isDisputed",
    does: "a side goes on that the other one disputes with",
    patch: {
      file: "src/protocol/recovery.ts",
      find: "return [own, peer].some(",
      replace: "return [own].some(",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/protocol/recovery.test.ts",
        title: "stops both sides wherever they are, whichever of them says so, and whatever is known",
      },
    ],
  },
  {
    id: "dispute-ends-by-restart",
    safeguard: "dispute",
    invariant: "I31",
    code: "src/protocol/recovery.ts#recover",
    does: "a new start takes a dispute back",
    patch: {
      file: "src/protocol/recovery.ts",
      find: '  if (recovery === "restarted" && isDisputed({ own, peer: own })) return undefined;\n',
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/protocol/recovery.test.ts",
        title: "still answers who comes back, and is taken back by an operator's recovery alone",
      },
    ],
  },
  {
    id: "rollback-is-a-list",
    safeguard: "loop",
    invariant: "I34",
    code: "src/protocol/rollback.ts#compensate",
    does: "what to undo is looked up once, and ticked off (V6)",
    patch: {
      file: "src/protocol/rollback.ts",
      find: "        return recreate(state);",
      replace: '        return own(state, "exec-rollback-unlock") ? act(state, "unlock") : recreate(state);',
    },
    proofs: [{ kind: "explore", run: "log", violated: "ended", spared: ["copies", "closed"] }],
  },
  {
    id: "failed-is-done",
    safeguard: "loop",
    invariant: "I34",
    code: "src/protocol/rollback.ts#failed",
    does: "a compensation that the ledger refuses is called done",
    patch: {
      file: "src/protocol/rollback.ts",
      find: ': append(state, draft(mark, "rollback", refusalPayload(refusal)));',
      replace: ': append(state, draft("done-rollback", "rollback", { actions: [], proofs: [] }));',
    },
    proofs: [
      { kind: "explore", run: "log", violated: "closed", spared: ["copies"] },
      {
        kind: "mocha",
        file: "test/gateway/recovery.test.ts",
        title: "says that a compensation fails, tries until it is done, and calls nothing done before",
      },
    ],
  },
  {
    id: "order-unchecked",
    safeguard: "order",
    invariant: "I20",
    code: "src/protocol/step.ts#withAppended",
    does: "an entry of the peer's is taken whatever stands before it",
    patch: {
      file: "src/protocol/step.ts",
      find: "  checkOrder(writer, state[log].last?.mark, mark);\n",
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/protocol/step.test.ts",
        title: "refuses an entry of the peer's that its order does not permit",
      },
    ],
  },
  {
    id: "locks-behind-rollback",
    safeguard: "order",
    invariant: "I20",
    code: "src/protocol/order.ts#legalNext",
    does: "a lock may follow a rollback in the origin's log",
    patch: {
      file: "src/protocol/order.ts",
      find: '  "init-rollback": ["exec-rollback-unlock",',
      replace: '  "init-rollback": ["init-lock", "exec-rollback-unlock",',
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/protocol/order.test.ts",
        title: "permits no lock, mint or burn behind a rollback (R1)",
      },
    ],
  },
  {
    id: "silence-completes",
    safeguard: "silence",
    invariant: "I37",
    code: "src/protocol/origin.ts#towardsCompletion",
    does: "the origin takes a destination that is gone for one that has assigned",
    patch: {
      file: "src/protocol/origin.ts",
      find: 'if (ledger.state === "ASSIGNED" && (answer || isPeerGone(state))) return complete(state);',
      replace: 'if (isPeerGone(state) || (ledger.state === "ASSIGNED" && answer)) return complete(state);',
    },
    proofs: [
      { kind: "explore", run: "log-suspicion", violated: "closed", spared: ["copies"] },
      { kind: "explore", run: "private-suspicion", violated: "closed", spared: ["copies"] },
    ],
  },
  {
    id: "silence-stops-burn",
    safeguard: "silence",
    invariant: "I37",
    code: "src/protocol/origin.ts#reasonToAbort",
    does: "the origin aborts for its peer's silence behind the vote too",
    patch: {
      file: "src/protocol/origin.ts",
      find: 'return isPeerGone(state) && !own(state, "exec-burn") ? PEER_GONE : undefined;',
      replace: "return isPeerGone(state) ? PEER_GONE : undefined;",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/protocol/exits.test.ts",
        title: "the origin aborts when the destination has crashed definitely, but not once it has announced its burn",
      },
      { kind: "explore", run: "log-suspicion", spared: ["copies", "closed", "obeyed"] },
    ],
  },
  {
    id: "suspicion-is-enough",
    safeguard: "silence",
    invariant: "I37",
    code: "src/protocol/drafts.ts#isPeerGone",
    does: "a peer that has missed two calls counts as gone",
    patch: {
      file: "src/protocol/drafts.ts",
      find: 'return state.peerBroken || peerStateOf(state) === "CRASHED_DEFINITELY";',
      replace: 'return state.peerBroken || peerStateOf(state) !== "OK";',
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/protocol/exits.test.ts",
        title: "the destination closes by itself once it has logged ASSIGNED and the origin is gone (row 22)",
      },
    ],
  },
  {
    id: "pending-is-final",
    safeguard: "pending",
    invariant: "I38",
    code: "src/protocol/drafts.ts#onLedger",
    does: "what is final is acted on while something else is on its way",
    patch: {
      file: "src/protocol/drafts.ts",
      find: 'if (knowledge === "UNREACHABLE" || knowledge.pending)',
      replace: 'if (knowledge === "UNREACHABLE")',
    },
    proofs: [
      TABLE_TEST,
      // What is final stays so, and actions are idempotent: it costs futile transactions and no asset.
      { kind: "explore", run: "log-reorg", spared: ["copies", "closed", "ground", "obeyed"] },
    ],
  },
  {
    id: "silent-ledger-is-empty",
    safeguard: "pending",
    invariant: "I38",
    code: "src/protocol/drafts.ts#onLedger",
    does: "a ledger that does not answer is taken for one that holds nothing",
    patch: {
      file: "src/protocol/drafts.ts",
      find: "  if (knowledge === undefined) return",
      replace: `  if (knowledge === "UNREACHABLE") return goOn({ state: "NONE", pending: false, transactionHash: null, blockNumber: 0 });
  if (knowledge === undefined) return`,
    },
    proofs: [{ kind: "explore", run: "log", violated: "halted", spared: ["copies"] }, TABLE_TEST],
  },
];
