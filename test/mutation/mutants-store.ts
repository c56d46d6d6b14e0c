import type { Mutant } from "./mutant.ts";

/** Stores, copies and the outbox without one of their safeguards. */
export const STORE_MUTANTS: readonly Mutant[] = [
  {
    id: "sends-past-outbox",
    safeguard: "outbox",
    invariant: "I19",
    code: "src/store/outboxed-log-store.ts#append",
    does: "what is signed leaves without being on disk first",
    patch: {
      file: "src/store/outboxed-log-store.ts",
      find: "    if (first !== undefined) await this.#write(first.sessionId, [this.#checked(fresh)]);",
      replace: "    if (first !== undefined) await this.#store.append(fresh);",
    },
    proofs: [
      { kind: "simulate", seeds: 200, violated: "signed" },
      {
        kind: "mocha",
        file: "test/store/outbox.test.ts",
        title: "never lets out two entries of one epoch and index",
      },
    ],
  },
  {
    id: "outbox-in-memory",
    safeguard: "outbox",
    invariant: "I19",
    code: "src/store/outbox.ts#Outbox",
    does: "what is signed is on no disk, and gone with the process",
    patch: {
      file: "src/cli/log-wiring.ts",
      find: 'new Outbox({ path: join(context.dataDir, "outbox.sqlite") })',
      replace: 'new Outbox({ path: ":memory:" })',
    },
    proofs: [
      { kind: "crash", name: "chain committed origin append exec-lock/pending self late", says: "signed twice" },
    ],
  },
  {
    id: "copies-unsigned",
    safeguard: "signature",
    invariant: "I31",
    code: "src/store/admission.ts#checkSignedContent",
    does: "a copy of a private log takes entries whose signature nobody has checked",
    patch: { file: "src/store/admission.ts", find: "    checkSignature(entry, keyOf);\n", replace: "" },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/private-exchange.test.ts",
        title: "what its writer has not signed, and keeps nothing of it",
      },
    ],
  },
  {
    id: "copies-two-accounts",
    safeguard: "dispute",
    invariant: "I31",
    code: "src/store/admission.ts#admitEntries",
    does: "a second entry that a writer has signed at one index is passed over, and goes on",
    patch: {
      file: "src/store/admission.ts",
      find: "    if (standing?.epoch === entry.epoch)\n      return { admitted: [], equivocation: { standing: standing.entryHash, refused: entry } };",
      replace: "    if (standing?.epoch === entry.epoch) continue;",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/private-disputes.test.ts",
        title: "the peer has signed two entries at one index: keeps both, reports it, and refuses the second",
      },
    ],
  },
  {
    id: "decision-final-at-once",
    safeguard: "finality",
    invariant: "I23",
    code: "src/store/chain-log-reads.ts#decision",
    does: "the log store says of every decision that it is final",
    patch: {
      file: "src/store/chain-log-reads.ts",
      find: "final: state.decidedBlock <= final.number, statement",
      replace: "final: final.number >= 0, statement",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/store/chain-log-store.test.ts",
        title: "says from when on a decision may be acted on",
      },
    ],
  },
  {
    id: "shorter-log-believed",
    safeguard: "pending",
    invariant: "I19",
    code: "src/store/outboxed-log-store.ts#requireSettled",
    does: "a store that shows less of a log than it has taken is believed",
    patch: {
      file: "src/store/outboxed-log-store.ts",
      find: "  if (actual >= expected) return;\n",
      replace: "  if (actual >= 0) return;\n",
    },
    proofs: [
      { kind: "mocha", file: "test/store/outbox-lag.test.ts", title: "to whoever reads, before and behind a crash" },
    ],
  },
  {
    id: "unmined-refusal-believed",
    safeguard: "pending",
    invariant: "I38",
    code: "src/store/chain-log-standing.ts#requireShown",
    does: "a refusal that rests on a transaction which is not mined yet is taken for a verdict",
    patch: {
      file: "src/store/chain-log-standing.ts",
      find: "if (isLonger || isClosed) throw",
      replace: "if (isLonger && isClosed) throw",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/store/chain-log-store.test.ts",
        title: "takes no refusal for a verdict that rests on a transaction which is not mined yet",
      },
    ],
  },
  {
    id: "events-unsigned",
    safeguard: "signature",
    invariant: "I15",
    code: "src/entry/log-check.ts#checkLog",
    does: "a log is read from a node's events without a look at who signed them",
    patch: {
      file: "src/entry/log-check.ts",
      find: "      checkSignature(entry, keyOf);\n      unsignedSince = undefined;",
      replace: "      unsignedSince = undefined;",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/store/http-log-store.test.ts",
        title: "finds every single altered byte of an entry that changes what it says",
      },
    ],
  },
];
