import type { Interface } from "ethers";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { toHex, ZERO_ADDRESS, type Address, type Hash, type Hex } from "../entry/hex.ts";
import { expandSignature, type DigestSigner } from "../entry/signature.ts";
import {
  certificateDigest,
  FACTS,
  STANDARDS,
  termsHashOf,
  termsToAbi,
  type Certificate,
  type Terms,
} from "../entry/terms.ts";
import { contractRevert, type Chain } from "../chain/chain.ts";
import { assetEscrowAt, assetEscrowInterface, erc20At, erc721At } from "../chain/contracts.ts";
import { TOKEN_MODES } from "../chain/deploy.ts";
import type { AssetEscrow } from "../chain/generated/types/AssetEscrow.ts";
import { DEFAULT_FINALITY_TIMEOUT_MS, type Lane } from "../chain/lane.ts";
import type { Block } from "../chain/rpc-values.ts";
import {
  ESCROW_STATES,
  type EscrowState,
  type Ledger,
  type LedgerAction,
  type LedgerReceipt,
  type LedgerView,
  type TokenInfo,
} from "./ledger.ts";

export interface EvmLedgerDeps {
  /** Not closed with the ledger. */
  readonly chain: Chain;
  /** How this gateway acts here; null for a ledger that it only reads. */
  readonly account: { readonly lane: Lane; readonly signer: DigestSigner } | null;
}

export interface EvmLedgerOptions {
  readonly escrow: Address;
}

/** States in which an action has had its effect. */
const DONE: Readonly<Record<LedgerAction, readonly EscrowState[]>> = {
  lock: ["LOCKED"],
  unlock: ["UNLOCKED", "REFUSED"],
  burn: ["BURNED"],
  recreate: ["RECREATED"],
  mint: ["MINTED"],
  assign: ["ASSIGNED"],
  cancel: ["CANCELLED"],
};

const WITH_CERTIFICATE: readonly LedgerAction[] = ["unlock", "recreate", "assign", "cancel"];

interface Reading {
  readonly state: EscrowState;
  /** Block in which the state was entered, 0 for NONE. */
  readonly since: number;
}

/**
 * The AssetEscrow contract as a ledger. Reads before it sends, so that an effect that stands already costs nothing; the contract
 * is idempotent besides, so that a repeated transaction does no harm.
 */
export class EvmLedger implements Ledger {
  readonly networkId: string;
  readonly chainId: number;
  readonly escrow: Address;
  readonly account: Address | null;
  readonly #chain: Chain;
  readonly #lane: Lane | null;
  readonly #signer: DigestSigner | null;
  readonly #contract: AssetEscrow;

  constructor(deps: EvmLedgerDeps, options: EvmLedgerOptions) {
    this.chainId = deps.chain.chainId;
    this.networkId = `eip155:${this.chainId}`;
    this.escrow = options.escrow;
    this.account = deps.account?.signer.address ?? null;
    this.#chain = deps.chain;
    this.#lane = deps.account?.lane ?? null;
    this.#signer = deps.account?.signer ?? null;
    this.#contract = assetEscrowAt(deps.chain, options.escrow);
  }

  async read(terms: Terms): Promise<LedgerView> {
    const termsHash = termsHashOf(terms);
    // The final block first: it cannot be younger than the head that is read after it.
    const final = await this.#chain.finalBlock();
    const head = this.#chain.finality === "instant" ? final : await this.#chain.head();
    const atHead = await this.#stateAt(termsHash, head);
    // What was entered in a final block is final; only a younger state needs a second look.
    const { state } = atHead.since <= final.number ? atHead : await this.#stateAt(termsHash, final);
    return {
      state,
      headState: atHead.state,
      blockNumber: final.number,
      blockHash: final.hash,
      timestamp: final.timestamp,
    };
  }

  async act(action: LedgerAction, terms: Terms, certificate?: Certificate): Promise<LedgerReceipt> {
    if (this.#lane === null)
      throw new GatelogError("NOT_SERVED_HERE", `no account acts on ${this.networkId}`, { networkId: this.networkId });
    const termsHash = termsHashOf(terms);
    const before = await this.#stateAt(termsHash, await this.#chain.head());
    if (DONE[action].includes(before.state)) return this.#settled(action, termsHash, before.since, null);
    try {
      const receipt = await this.#lane.send(
        { to: this.escrow, data: actionCall(action, terms, certificate) },
        { until: "final" },
      );
      return await this.#settled(action, termsHash, receipt.blockNumber, receipt.transactionHash);
    } catch (error) {
      throw asLedgerError(error, action);
    }
  }

  async token(token: Address, tokenId?: bigint): Promise<TokenInfo> {
    const { standard: code, mode: modeCode } = await this.#contract.tokenOf(token);
    const standard = nameOf(STANDARDS, Number(code));
    const mode = nameOf(TOKEN_MODES, Number(modeCode));
    if (standard === undefined || mode === undefined) throw unmapped(this.networkId, token);
    if (standard === "erc20") {
      const decimals = Number(await erc20At(this.#chain, token).decimals());
      return { token, standard, mode, decimals, tokenUri: "", owner: null };
    }
    const owner = tokenId === undefined ? null : await this.#ownerOf(token, tokenId);
    const tokenUri = owner === null || tokenId === undefined ? "" : await this.#tokenUri(token, tokenId);
    return { token, standard, mode, decimals: 0, tokenUri, owner };
  }

  async mappedToken(originChainId: number, originToken: Address): Promise<Address> {
    const token = toHex(await this.#contract.mappedToken(originChainId, originToken));
    if (token === ZERO_ADDRESS) throw unmapped(`eip155:${originChainId}`, originToken);
    return token;
  }

  async certify(claim: Omit<Certificate, "signatures">): Promise<Certificate> {
    if (this.#signer === null)
      throw new GatelogError("NOT_SERVED_HERE", `no account signs for ${this.networkId}`, {
        networkId: this.networkId,
      });
    const signature = await this.#signer.signDigest(certificateDigest(claim));
    return { ...claim, signatures: [expandSignature(signature)] };
  }

  /** Waits until the effect is final, and looks whether it is what the action is for. */
  async #settled(
    action: LedgerAction,
    termsHash: Hash,
    blockNumber: number,
    transactionHash: Hash | null,
  ): Promise<LedgerReceipt> {
    const final = await this.#chain.waitFinal(blockNumber, DEFAULT_FINALITY_TIMEOUT_MS);
    const { state, since } = await this.#stateAt(termsHash, final);
    if (since < blockNumber && DONE[action].includes(state))
      return { action, state, transactionHash: null, blockNumber: since };
    if (since === blockNumber && DONE[action].includes(state)) return { action, state, transactionHash, blockNumber };
    // The effect stood, and somebody has gone on from it: what it led to is read at its own block.
    const then = await this.#stateAt(termsHash, await this.#blockThere(blockNumber));
    if (DONE[action].includes(then.state)) return { action, state: then.state, transactionHash, blockNumber };
    throw new GatelogError("LEDGER_CONFLICT", `${action} had no effect: the state has moved`, {
      action,
      actual: state,
    });
  }

  async #blockThere(number: number): Promise<Block> {
    const block = await this.#chain.block(number);
    if (block === null)
      throw new GatelogError("NODE_UNREACHABLE", `the node does not have block ${number}`, { block: number });
    return block;
  }

  async #stateAt(termsHash: Hash, at: Block): Promise<Reading> {
    const { state, sinceBlock } = await this.#contract.stateOf(termsHash, { blockTag: at.hash });
    const name = ESCROW_STATES[Number(state)];
    if (name === undefined)
      throw new GatelogError("INVARIANT_BROKEN", "the escrow is in a state that is not known here", {
        actual: state.toString(),
      });
    return { state: name, since: Number(sinceBlock) };
  }

  async #ownerOf(token: Address, tokenId: bigint): Promise<Address | null> {
    try {
      return toHex(await erc721At(this.#chain, token).ownerOf(tokenId));
    } catch (error) {
      // ERC-721 asks for a revert, not for a certain one, when there is no such id.
      if (contractRevert(error)) return null;
      throw error;
    }
  }

  async #tokenUri(token: Address, tokenId: bigint): Promise<string> {
    try {
      return await erc721At(this.#chain, token).tokenURI(tokenId);
    } catch (error) {
      // The metadata extension is optional.
      if (contractRevert(error)) return "";
      throw error;
    }
  }
}

function actionCall(action: LedgerAction, terms: Terms, certificate: Certificate | undefined): Hex {
  const values: unknown[] = [termsToAbi(terms)];
  if (isCertified(action)) values.push(certificateToAbi(certificate));
  // TypeChain's overloads take one action each; ethers checks the values against the ABI.
  const plain: Interface = assetEscrowInterface;
  return toHex(plain.encodeFunctionData(action, values));
}

function isCertified(action: LedgerAction): boolean {
  return WITH_CERTIFICATE.includes(action);
}

/** The empty certificate stands for none. */
function certificateToAbi(certificate: Certificate | undefined) {
  if (certificate === undefined) return { fact: 0, blockNumber: 0, blockHash: `0x${"0".repeat(64)}`, signatures: [] };
  const { fact, blockNumber, blockHash, signatures } = certificate;
  return { fact: FACTS[fact], blockNumber, blockHash, signatures: [...signatures] };
}

/** A revert without a name that is known here, of a foreign token for instance, is a refusal by the ledger. */
function asLedgerError(error: unknown, action: LedgerAction): unknown {
  const isUnknownRevert = isGatelogError(error, "TRANSACTION_FAILED") && "data" in error.context;
  if (!isUnknownRevert) return error;
  return new GatelogError(
    "LEDGER_REJECTED",
    `the ledger refuses ${action}: ${error.message}`,
    { action, ...error.context },
    { cause: error },
  );
}

function unmapped(networkId: string, token: Address): GatelogError {
  return new GatelogError("UNMAPPED_TOKEN", "the escrow does not map the token", { networkId, token });
}

function nameOf<Name extends string>(codes: Readonly<Record<Name, number>>, code: number): Name | undefined {
  for (const name in codes) if (codes[name] === code) return name;
  return undefined;
}
