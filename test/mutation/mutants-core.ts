import { TABLE_TEST } from "./mutants-recovery.ts";
import type { Mutant } from "./mutant.ts";

const DESTINATION_BEGINS = `  if (decision === "NONE" && isBound(state)) return [{ type: "wait", waitingFor: "decision" }];
  if (decision === "ABORT") return rollback(state, reason(state));`;
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
];
