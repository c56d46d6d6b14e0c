import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import { hexSchema, ZERO_HASH, type Address, type Hash, type Hex } from "../../entry/hex.ts";
import type { Standard } from "../../entry/terms.ts";
import { ESCROW, toEffect, toMove, TOKEN, TRANSFER_TOPIC } from "./escrow-events.ts";
import type { JsonRpc } from "./json-rpc.ts";
import {
  ESCROW_STATES,
  TOKEN_MODES,
  type BlockRange,
  type EffectPart,
  type EscrowState,
  type LedgerReader,
  type Move,
  type TokenWord,
} from "./ledger-reader.ts";
import { RangedLogs } from "./ranged-logs.ts";
import {
  blockOf,
  callView,
  chainIdOf,
  finalBlockOf,
  parseAnswer,
  requireCode,
  requireKind,
  type Finality,
} from "./rpc-calls.ts";

export interface RpcLedgerReaderOptions {
  readonly name: string;
  readonly escrow: Address;
  readonly finality?: Finality;
}

/** Tokens that one question about moves names; nodes have limits of their own, most of them above. */
const MAX_TOKENS_ASKED = 100;

/** The escrow's codes of standards. */
const STANDARDS_BY_CODE: readonly (Standard | null)[] = [null, "erc20", "erc721"];

const transactionSchema = z.looseObject({ input: hexSchema }).nullable();

/** Reads an escrow, and its tokens, over JSON-RPC. */
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

  async newestBlock(): Promise<number> {
    return (await blockOf(this.#rpc, "latest")).number;
  }

  async *effects(range: BlockRange): AsyncGenerator<EffectPart> {
    for await (const { logs, upTo } of this.#logs.read(range))
      yield { effects: logs.map(toEffect).filter((effect) => effect !== undefined), upTo };
  }

  async moves(tokens: readonly Address[], range: BlockRange): Promise<Move[]> {
    const moves: Move[] = [];
    const escrow: Hash = `0x${this.escrow.slice(2).toLowerCase().padStart(64, "0")}`;
    const ways = [
      [[TRANSFER_TOPIC], [escrow]],
      [[TRANSFER_TOPIC], null, [escrow]],
    ];
    for (let start = 0; start < tokens.length; start += MAX_TOKENS_ASKED) {
      const logs = new RangedLogs(this.#rpc, tokens.slice(start, start + MAX_TOKENS_ASKED));
      for (const topics of ways)
        for await (const part of logs.read({ ...range, topics }))
          for (const move of part.logs.map(toMove)) if (move !== undefined) moves.push(move);
    }
    return moves.sort((a, b) => a.block - b.block || a.logIndex - b.logIndex);
  }

  async timestampOf(block: number): Promise<number> {
    return (await blockOf(this.#rpc, block)).timestamp;
  }

  async stateOf(termsHash: Hash, block: number): Promise<EscrowState> {
    const result = await callView(this.#rpc, this.escrow, ESCROW, "stateOf", [termsHash], block);
    return this.#named(ESCROW_STATES, result.getValue("state"));
  }

  async tokenAt(token: Address, block: number): Promise<TokenWord> {
    const held = await callView(this.#rpc, this.escrow, ESCROW, "tokenOf", [token], block);
    const balance = await callView(this.#rpc, token, TOKEN, "balanceOf", [this.escrow], block);
    return {
      standard: this.#named(STANDARDS_BY_CODE, held.getValue("standard")),
      mode: this.#named(TOKEN_MODES, held.getValue("mode")),
      extinguished: parseAnswer(z.bigint(), held.getValue("extinguished"), "tokenOf"),
      balance: parseAnswer(z.bigint(), balance.toArray()[0], "balanceOf"),
    };
  }

  async inputOf(transactionHash: Hash): Promise<Hex | null> {
    const answer = await this.#rpc("eth_getTransactionByHash", [transactionHash]);
    return parseAnswer(transactionSchema, answer, "eth_getTransactionByHash")?.input ?? null;
  }

  #named<Name>(names: readonly Name[], code: unknown): Name {
    const name = names[Number(code)];
    if (name === undefined)
      throw new GatelogError("MALFORMED", `the contract at ${this.escrow} is no escrow`, { escrow: this.escrow });
    return name;
  }
}
