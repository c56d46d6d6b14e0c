import { getAddress, Interface } from "ethers";
import { GatelogError } from "../entry/errors.ts";
import { sessionIdFromBytes16, toHex, ZERO_HASH, type Address, type Hash } from "../entry/hex.ts";
import type { JsonRpc } from "./json-rpc.ts";
import { ESCROW_STATES, type Effect, type EffectName, type EscrowState, type LedgerReader } from "./ledger-reader.ts";
import { RangedLogs } from "./ranged-logs.ts";
import type { RawLog } from "./reader.ts";
import { decodeStrictly } from "./strict-abi.ts";
import { blockOf, callView, chainIdOf, finalBlockOf, requireCode, requireKind, type Finality } from "./rpc-calls.ts";

/** The escrow's events and view, declared here a second time on purpose: the auditor reads chains by itself. */
export const ESCROW = new Interface([
  "event Locked(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator)",
  "event Unlocked(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator, bool delivered)",
  "event Refused(bytes32 indexed termsHash, bytes16 indexed sessionId)",
  "event Burned(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value)",
  "event Recreated(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address originator, bool delivered)",
  "event Minted(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value)",
  "event Assigned(bytes32 indexed termsHash, bytes16 indexed sessionId, address token, uint256 value, address beneficiary, bool delivered)",
  "event Cancelled(bytes32 indexed termsHash, bytes16 indexed sessionId)",
  "function stateOf(bytes32 termsHash) view returns (uint8 state, uint32 sinceBlock)",
]);

const PARTIES: Partial<Record<EffectName, string>> = {
  Locked: "originator",
  Unlocked: "originator",
  Recreated: "originator",
  Assigned: "beneficiary",
};

export interface RpcLedgerReaderOptions {
  readonly name: string;
  readonly escrow: Address;
  readonly finality?: Finality;
}

/** Reads an escrow over JSON-RPC. */
export class RpcLedgerReader implements LedgerReader {
  readonly name: string;
  readonly escrow: Address;
  readonly #rpc: JsonRpc;
  readonly #finality: Finality;
  readonly #logs: RangedLogs;

  constructor(rpc: JsonRpc, { name, escrow, finality = "instant" }: RpcLedgerReaderOptions) {
    this.name = name;
    this.escrow = escrow;
    this.#rpc = rpc;
    this.#finality = finality;
    this.#logs = new RangedLogs(rpc, escrow);
  }

  chainId(): Promise<number> {
    return chainIdOf(this.#rpc);
  }

  async finalBlock(): Promise<number> {
    const { number } = await finalBlockOf(this.#rpc, this.#finality);
    await requireCode(this.#rpc, this.escrow, number);
    // A contract of another kind has no events of an escrow either: it must not pass for a ledger without any.
    await requireKind("escrow", this.escrow, () => this.stateOf(ZERO_HASH, number));
    return number;
  }

  async effects(toBlock: number): Promise<Effect[]> {
    const logs = await this.#logs.read({ fromBlock: 0, toBlock });
    return logs.flatMap((log) => toEffect(log) ?? []);
  }

  async timestampOf(block: number): Promise<number> {
    return (await blockOf(this.#rpc, block)).timestamp;
  }

  async stateOf(termsHash: Hash, block: number): Promise<EscrowState> {
    const result = await callView(this.#rpc, this.escrow, ESCROW, "stateOf", [termsHash], block);
    const state = ESCROW_STATES[Number(result.getValue("state"))];
    if (state === undefined)
      throw new GatelogError("MALFORMED", `the contract at ${this.escrow} is no escrow`, { escrow: this.escrow });
    return state;
  }
}

/** Undefined for events that change no session (token maps, deliveries). */
function toEffect(log: RawLog): Effect | undefined {
  const fragment = ESCROW.getEvent(log.topics[0] ?? ZERO_HASH);
  if (fragment === null) return undefined;
  const values = decodeStrictly(fragment, log.topics, log.data);
  if (values === undefined)
    throw new GatelogError(
      "MALFORMED",
      `an event of the escrow in block ${log.blockNumber} is not as Solidity writes it`,
      {
        escrow: log.address,
        block: log.blockNumber,
      },
    );
  const text = (field: string) => String(values.get(field));
  // The interface above has no events but these.
  const name = fragment.name as EffectName;
  const party = PARTIES[name];
  return {
    name,
    termsHash: toHex(text("termsHash")),
    sessionId: sessionIdFromBytes16(text("sessionId")),
    block: log.blockNumber,
    token: values.has("token") ? toHex(getAddress(text("token"))) : null,
    value: values.has("value") ? BigInt(text("value")) : null,
    party: party === undefined ? null : toHex(getAddress(text(party))),
  };
}
