import type { Mutant } from "./mutant.ts";

const DESTINATION_BEGINS = `  if (decision === "NONE" && isBound(state)) return [{ type: "wait", waitingFor: "decision" }];
  if (decision === "ABORT") return rollback(state, reason(state));`;
const TABLE_TEST = {
  kind: "mocha",
  file: "test/protocol/recovery-table.test.ts",
  title: "has for the whole product one outcome each, and it is what next does",
} as const;

/** The pure core, src/protocol, without one of its safeguards. */
export const CORE_MUTANTS: readonly Mutant[] = [
  {
    id: "locks-before-entry",
    safeguard: "write-ahead",
    invariant: "I22",
    code: "src/protocol/origin.ts#towardsBurn",
    does: "the origin sends the lock, and logs it once it has landed (m6)",
    patch: {
      file: "src/protocol/origin.ts",
      find: `    return answered(state, "ack-commence", (ack) =>
      append(`,
      replace: `    return answered(state, "ack-commence", (ack) =>
      state.ownLedger === undefined || state.ownLedger === "UNREACHABLE" || state.ownLedger.state === "NONE" ? onLedger(state, "own", () => [{ type: "act", action: "lock" }]) : append(`,
    },
    proofs: [
      { kind: "explore", run: "log", violated: "ahead", spared: ["copies"] },
      { kind: "explore", run: "log-gone", violated: "closed", spared: ["copies"] },
    ],
  },
  {
    id: "compensates-before-entry",
    safeguard: "write-ahead",
    invariant: "I22",
    code: "src/protocol/rollback.ts#act",
    does: "a compensation is sent without the entry that announces it",
    patch: {
      file: "src/protocol/rollback.ts",
      find: 'return own(state, mark) ? [{ type: "act", action }] : append(state, draft(mark, "rollback", {}));',
      replace: 'return mark ? [{ type: "act", action }] : [];',
    },
    proofs: [
      { kind: "explore", run: "log", violated: "ahead", spared: ["copies"] },
      { kind: "explore", run: "private", violated: "ahead", spared: ["copies"] },
    ],
  },
  {
    id: "origin-ends-on-none",
    safeguard: "tombstones",
    invariant: "I4",
    code: "src/protocol/rollback.ts#compensate",
    does: "the origin takes NONE for the end of a rollback (V1)",
    patch: {
      file: "src/protocol/rollback.ts",
      find: 'return act(state, state.role === "origin" ? "unlock" : "cancel");',
      replace:
        'return state.role === "origin" ? append(state, draft("done-rollback", "rollback", { actions: [], proofs: [] })) : act(state, "cancel");',
    },
    proofs: [{ kind: "explore", run: "log", violated: "closed", spared: ["copies"] }],
  },
  {
    id: "destination-ends-on-none",
    safeguard: "tombstones",
    invariant: "I4",
    code: "src/protocol/rollback.ts#compensate",
    does: "the destination takes NONE for the end of a rollback (V2)",
    patch: {
      file: "src/protocol/rollback.ts",
      find: 'return act(state, state.role === "origin" ? "unlock" : "cancel");',
      replace:
        'return state.role === "destination" ? append(state, draft("done-rollback", "rollback", { actions: [], proofs: [] })) : act(state, "unlock");',
    },
    proofs: [
      { kind: "explore", run: "log", violated: "closed", spared: ["copies"] },
      { kind: "explore", run: "private", violated: "closed", spared: ["copies"] },
    ],
  },
  {
    id: "recreates-unproven",
    safeguard: "certificate",
    invariant: "I5",
    code: "src/protocol/rollback.ts#recreate",
    does: "what was burned is recreated although the destination is not CANCELLED, if the escrow lets it (m1, b11)",
    patch: {
      file: "src/protocol/rollback.ts",
      find: 'return ledger.state === "CANCELLED" ? act(state, "recreate") : [{ type: "wait", waitingFor: "peer-ledger" }];',
      replace: 'return act(state, "recreate");',
    },
    proofs: [
      TABLE_TEST,
      // Seen on copies only where a gateway may take an assign for impossible that is on its way: this core fails it on CANCELLED alone.
      { kind: "explore", run: "log", without: "proof", spared: ["copies", "obeyed", "closed"] },
      { kind: "explore", run: "private", without: "proof", spared: ["copies", "obeyed", "closed"] },
    ],
  },
  {
    id: "assigns-undecided",
    safeguard: "decision",
    invariant: "I14",
    code: "src/protocol/destination.ts#nextOfDestination",
    does: "with the register in the log the destination assigns on its own YES (m8)",
    patch: {
      file: "src/protocol/destination.ts",
      find: DESTINATION_BEGINS,
      replace: `  if (state.facts.register === "log" && decision !== "ABORT" && own(state, "ack-prepare")?.vote === "yes")
    return own(state, "exec-assign") ? towardsCompletion(state) : bind(state);
${DESTINATION_BEGINS}`,
    },
    proofs: [{ kind: "explore", run: "log", violated: "obeyed" }],
  },
  {
    id: "assigns-without-burn",
    safeguard: "decision",
    invariant: "I14",
    code: "src/protocol/destination.ts#nextOfDestination",
    does: "with private logs the destination assigns on its own YES (b13)",
    patch: {
      file: "src/protocol/destination.ts",
      find: DESTINATION_BEGINS,
      replace: `  if (state.facts.register !== "log" && decision !== "ABORT" && own(state, "ack-prepare")?.vote === "yes")
    return own(state, "exec-assign") ? towardsCompletion(state) : bind(state);
${DESTINATION_BEGINS}`,
    },
    proofs: [{ kind: "explore", run: "private", violated: "copies" }],
  },
  {
    id: "cancels-by-own-clock",
    safeguard: "decision",
    invariant: "I14",
    code: "src/protocol/destination.ts#nextOfDestination",
    does: "with the register in the log the destination cancels once its own clock has passed the deadline (m4)",
    patch: {
      file: "src/protocol/destination.ts",
      find: '  if (decision === "NONE" && isBound(state)) return [{ type: "wait", waitingFor: "decision" }];',
      replace:
        '  if (decision === "NONE" && (state.deadlinePassed || isBound(state))) return rollback(state, reason(state));',
    },
    proofs: [{ kind: "explore", run: "log", violated: "obeyed", spared: ["copies"] }],
  },
  {
    id: "unlocks-by-own-clock",
    safeguard: "decision",
    invariant: "I14",
    code: "src/protocol/origin.ts#nextOfOrigin",
    does: "the origin undoes its lock once its own clock has passed the deadline, before its burn (m5)",
    patch: {
      file: "src/protocol/origin.ts",
      find: '  if (decision === "NONE" && isBound(state)) return [{ type: "wait", waitingFor: "decision" }];',
      replace:
        '  if (decision === "NONE" && state.facts.register === "log" && !own(state, "done-burn") && (state.deadlinePassed || own(state, "init-rollback"))) return rollback(state, reasonToAbort(state));\n  if (decision === "NONE" && isBound(state)) return [{ type: "wait", waitingFor: "decision" }];',
    },
    proofs: [
      { kind: "explore", run: "log-suspicion", spared: ["copies", "obeyed", "closed", "ground", "early"] },
      {
        kind: "mocha",
        file: "test/audit/order-property.test.ts",
        title: "agree: nothing is found in what two gateways write, whatever happens to them",
      },
    ],
  },
  {
    id: "burns-behind-no",
    safeguard: "evidence",
    invariant: "I12",
    code: "src/protocol/origin.ts#towardsBurn",
    does: "the origin burns whatever the destination has voted (m7)",
    patch: {
      file: "src/protocol/origin.ts",
      find: 'if (ack.vote !== "yes")',
      replace: 'if (ack.vote === "none")',
    },
    proofs: [{ kind: "explore", run: "log", violated: "ground", spared: ["copies", "closed", "obeyed"] }],
  },
  {
    id: "assigns-unseen",
    safeguard: "burn",
    invariant: "I35",
    code: "src/protocol/destination.ts#burned",
    does: "the destination believes register or message, and does not look at the burn",
    patch: {
      file: "src/protocol/destination.ts",
      find: ': onLedger(state, "peer", ({ state: seen }) => burned(state, seen));',
      replace: ": bind(state);",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/protocol/exits.test.ts",
        title: "the destination assigns nothing before it has seen the burn at finality",
      },
      // Honest origins give no cause for it.
      { kind: "explore", run: "private-suspicion", spared: ["copies", "closed", "ground"] },
    ],
  },
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
      find: '  if (isDisputed(state)) return [...sendRecovery(state), { type: "wait", waitingFor: "operator" }];\n',
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
    id: "handshake-acted-upon",
    safeguard: "handshake",
    invariant: "I36",
    code: "src/protocol/destination.ts#nextOfDestination",
    does: "a destination that has voted YES takes the RECOVER of its peer for COMMIT",
    patch: {
      file: "src/protocol/destination.ts",
      find: DESTINATION_BEGINS,
      replace: `  if (decision === "NONE" && own(state, "ack-prepare")?.vote === "yes" && peer(state, "init-recover"))
    return own(state, "exec-assign") ? towardsCompletion(state) : bind(state);
${DESTINATION_BEGINS}`,
    },
    proofs: [
      { kind: "explore", run: "log-recovery", violated: "obeyed" },
      { kind: "explore", run: "private-recovery", violated: "copies" },
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
