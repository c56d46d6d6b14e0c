import type { Mutant } from "./mutant.ts";

const EVM_LEDGER = "test/ledger/evm-ledger.test.ts";
const IDENTITY = "test/chain/chain-identity.test.ts";

/** What stands between the gateway and its chains, and the auditor, without one of their safeguards. */
export const CHAIN_MUTANTS: readonly Mutant[] = [
  {
    id: "ledger-reads-head",
    safeguard: "finality",
    invariant: "I23",
    code: "src/ledger/evm-ledger.ts#read",
    does: "an escrow's state at the head of its chain is given out as final",
    patch: {
      file: "src/ledger/evm-ledger.ts",
      find: "    const { state } = atHead.since <= final.number ? atHead : await this.#stateAt(termsHash, final);",
      replace: "    const { state } = atHead;",
    },
    proofs: [{ kind: "mocha", file: EVM_LEDGER, title: "tells the head from what is final" }],
  },
  {
    id: "lane-included-is-final",
    safeguard: "finality",
    invariant: "I23",
    code: "src/chain/lane-watch.ts#included",
    does: "a transaction counts as final once it is in a block",
    patch: {
      file: "src/chain/lane-watch.ts",
      find: '      else if (isFinal || waiter.until === "included") waiter.resolve(receipt);',
      replace: "      else waiter.resolve(receipt);",
    },
    proofs: [
      { kind: "mocha", file: "test/chain/lane.test.ts", title: "resolves as final only at the configured depth" },
    ],
  },
  {
    id: "ledger-sends-again",
    safeguard: "idempotency",
    invariant: "I6",
    code: "src/ledger/evm-ledger.ts#act",
    does: "an action is sent although its effect stands",
    patch: {
      file: "src/ledger/evm-ledger.ts",
      find: "    if (DONE[action].includes(before.state)) return this.#settled(action, termsHash, before.since, null);\n",
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: EVM_LEDGER,
        title: "resolves an action whose effect stands already, without a transaction",
      },
    ],
  },
  {
    id: "genesis-unchecked",
    safeguard: "chain",
    invariant: "I25",
    code: "src/chain/chain-identity.ts#compare",
    does: "another chain behind the same URL is not told by its genesis block",
    patch: {
      file: "src/chain/chain-identity.ts",
      find: '      this.#require("genesisHash", this.#genesisHash, genesis?.hash);\n',
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/chain/chain.test.ts",
        title: "refuses a node of another chain id, of another genesis, without a known block",
      },
    ],
  },
  {
    id: "known-block-unchecked",
    safeguard: "chain",
    invariant: "I25",
    code: "src/chain/chain-identity.ts#compareKnown",
    does: "a node that has lost blocks is believed",
    patch: {
      file: "src/chain/chain-identity.ts",
      find: "      if (this.#knownBlock) await this.#compareKnown(this.#knownBlock);\n",
      replace: "",
    },
    proofs: [
      {
        kind: "mocha",
        file: IDENTITY,
        title: "halts for good when the node stays behind: it has lost blocks",
      },
    ],
  },
  {
    id: "connection-unchecked",
    safeguard: "chain",
    invariant: "I25",
    code: "src/chain/chain-identity.ts#beforeAnswer",
    does: "an answer over a new connection is believed without a look at which chain it comes from",
    patch: {
      file: "src/chain/chain-identity.ts",
      find: "    while (this.#rpc.connections() > this.#checkedConnections) await this.#check();\n",
      replace: "",
    },
    proofs: [{ kind: "mocha", file: IDENTITY, title: "notices another node behind the same URL by its genesis block" }],
  },
  {
    id: "pins-forgotten",
    safeguard: "chain",
    invariant: "I25",
    code: "src/cli/chain-pins.ts#expected",
    does: "a new process knows nothing of the chain that the one before worked with",
    patch: {
      file: "src/cli/chain-pins.ts",
      find: "    return this.#pins[String(chainId)] ?? { chainId };",
      replace: "    return { chainId };",
    },
    proofs: [
      {
        kind: "mocha",
        file: IDENTITY,
        title:
          "knows the chain again in the next run by the newest final block that the last one saw, however it ended",
      },
    ],
  },
  {
    id: "lagging-node-believed",
    safeguard: "pending",
    invariant: "I38",
    code: "src/chain/chain.ts#notBefore",
    does: "a node that does not show yet what it has shown is believed",
    patch: {
      file: "src/chain/chain.ts",
      find: "    return known === undefined ? found : this.#blockThere(known.number);",
      replace: "    return known === null ? this.#blockThere(0) : found;",
    },
    proofs: [{ kind: "mocha", file: IDENTITY, title: "never has an older final block than before" }],
  },
  {
    id: "auditor-believes-signers",
    safeguard: "signature",
    invariant: "I28",
    code: "src/audit/checks/proofs.ts#proofOfSignature",
    does: "the auditor takes any signature for the writer's",
    patch: {
      file: "src/audit/checks/proofs.ts",
      find: '  return { standing: signer === key.key ? "proven" : "disproved", reason };',
      replace: '  return { standing: "proven", reason };',
    },
    proofs: [
      {
        kind: "mocha",
        file: "test/audit/tamper.test.ts",
        title: "finds every byte of every event, and names the entry, session or gateway",
      },
    ],
  },
];
