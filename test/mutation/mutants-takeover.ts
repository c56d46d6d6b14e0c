import type { Mutant } from "./mutant.ts";

/** Former primaries, and backups that follow them, without one of the safeguards. */
export const TAKEOVER_MUTANTS: readonly Mutant[] = [
  {
    id: "takes-old-epochs",
    safeguard: "fence",
    invariant: "I43",
    code: "src/store/admission.ts#admitEntries",
    does: "a store takes what a former primary appends to the head of the log",
    patch: {
      file: "src/store/admission.ts",
      find: 'if (rule === "current" && (entry.epoch !== gateway.epoch || entry.epoch < epoch))',
      replace: 'if (rule === "current" && entry.epoch > gateway.epoch)',
    },
    proofs: [{ kind: "simulate", seeds: 200, violated: "fenced", spared: ["copies"] }],
  },
  {
    id: "takes-former-primaries",
    safeguard: "fence",
    invariant: "I43",
    code: "src/store/admission.ts#admitEntries",
    does: "a store takes what a former primary signs wherever it wants to go, as if each of the two had a log of its own (V8)",
    patch: {
      file: "src/store/admission.ts",
      find: "    if (standing?.entryHash === entry.entryHash) continue;\n",
      replace:
        '    if (standing?.entryHash === entry.entryHash) continue;\n    if (rule === "current" && entry.epoch < gateway.epoch) {\n      admitted.push(entry);\n      continue;\n    }\n',
    },
    proofs: [{ kind: "simulate", seeds: 2_000, violated: "closed", spared: ["copies"] }],
  },
  {
    id: "follows-lagging-nodes",
    safeguard: "finality",
    invariant: "I23",
    code: "src/gateway/ledger-claims.ts#notBehindLog",
    does: "a backup believes a node that is behind what its group's log calls final",
    patch: {
      file: "src/gateway/ledger-claims.ts",
      find: "  if (view.blockNumber >= expected) return view;",
      replace: "  if (view.blockNumber >= expected || expected > 0) return view;",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/effects.test.ts",
        title: "takes no view of its own ledger from a node that is behind what its own log calls done",
      },
    ],
  },
  {
    id: "tells-what-it-had-folded",
    safeguard: "fence",
    invariant: "I46",
    code: "src/gateway/session-actor.ts#SessionActor",
    does: "a former primary takes the end of its successor's log for the end of what it had folded itself",
    patch: {
      file: "src/gateway/session-actor.ts",
      find: "    if (own.length > this.#current().own.length) {",
      replace: "    if (own.length < this.#current().own.length) {",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/superseded.test.ts",
        title: "tells of no outcome but the one that its successor has written, and halts nothing",
      },
    ],
  },
  {
    id: "halts-what-another-runs",
    safeguard: "fence",
    invariant: "I46",
    code: "src/gateway/running-sessions.ts#RunningSessions",
    does: "a former primary halts a session that its successor goes on with",
    patch: {
      file: "src/gateway/running-sessions.ts",
      find: "        if (await this.#isSuperseded()) return;\n",
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/superseded.test.ts",
        title: "tells of no outcome but the one that its successor has written, and halts nothing",
      },
    ],
  },
  {
    id: "takes-ends-unvouched",
    safeguard: "fence",
    invariant: "I43",
    code: "src/gateway/vouching.ts#checkVouchedFor",
    does: "a peer takes from a former primary what it says is the end of its log, if the log was closed at all",
    patch: {
      file: "src/gateway/vouching.ts",
      find: "    closing.lastEntryHash === last.entryHash &&\n",
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/gateway/vouching.test.ts",
        title: "is refused if nothing of the current epoch stands behind it, and nothing of it is kept",
      },
    ],
  },
  {
    id: "postgres-without-fence",
    safeguard: "fence",
    invariant: "I43",
    code: "src/store/postgres-fence.ts#epochIn",
    does: "a database knows of no epoch: what was signed before a takeover and comes behind it is taken",
    patch: {
      file: "src/store/postgres-fence.ts",
      find: '"the epoch in the table group_change").epoch ?? 0;',
      replace: '"the epoch in the table group_change") && 0;',
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/store/postgres-fence.test.ts",
        title: "refuses whatever waits for a takeover: entries, openings and closings",
      },
    ],
  },
  {
    id: "opens-without-terms",
    safeguard: "opening",
    invariant: "I47",
    code: "src/store/chain-log-store.ts#openSession",
    does: "an opening and its first entry are two transactions: a gateway that dies between them leaves a session without its terms",
    patch: {
      file: "src/store/chain-log-store.ts",
      find: "      await this.#send(allOrNone([openSessionCall(opening), ...first.map((entry) => appendCall(entry, factsHash))]));",
      replace: "      await this.#send(openSessionCall(opening));\n      await this.append(first);",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/store/chain-openings.test.ts",
        title: "is one transaction with the first entries: no block has a session without them",
      },
    ],
  },
];
