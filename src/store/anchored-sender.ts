import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { GatewayId } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { statementDigest } from "../entry/statements.ts";
import type { AnchorFile, StoredAnchor } from "./anchor-file.ts";
import { anchorConflict, type AnchorRegistry } from "./anchored-registry.ts";

/**
 * What is done for an anchor, in this order. read: its entries are known, nothing is written. formed: it is on disk. signed: nothing was
 * sent. sent: it was in a block, or on its way. placed, final: the file says so too.
 */
export const ANCHOR_STEPS = ["read", "formed", "signed", "sent", "placed", "final"] as const;
export type AnchorStep = (typeof ANCHOR_STEPS)[number];

export interface AnchorSenderDeps {
  readonly file: AnchorFile;
  readonly registry: AnchorRegistry;
  readonly signer: DigestSigner;
  /** Rejects when the store is closed, whatever becomes of the work. */
  readonly unlessClosed: <Value>(work: Promise<Value>) => Promise<Value>;
}

/** Brings formed anchors onto the chain, and the file up to what the chain has. */
export class AnchorSender {
  readonly #file: AnchorFile;
  readonly #registry: AnchorRegistry;
  readonly #signer: DigestSigner;
  readonly #unlessClosed: AnchorSenderDeps["unlessClosed"];
  readonly #gatewayId: GatewayId;
  readonly #onStep: (step: AnchorStep, index: number) => void;

  constructor(deps: AnchorSenderDeps, gatewayId: GatewayId, onStep: (step: AnchorStep, index: number) => void) {
    this.#file = deps.file;
    this.#registry = deps.registry;
    this.#signer = deps.signer;
    this.#unlessClosed = deps.unlessClosed;
    this.#gatewayId = gatewayId;
    this.#onStep = onStep;
  }

  /**
   * Compares what is not final with what the chain has. EQUIVOCATION if it has another root in an anchor's place.
   *
   * Unless no anchor of the file was ever seen there: then the place was taken by what had been on its way when the file was begun,
   * such as an anchor of one that is lost. The file begins again behind it, once that is final (before: STORE_UNAVAILABLE). Returns
   * whether it does so.
   */
  async settle(): Promise<boolean> {
    const open = this.#file.notFinal();
    const [first] = open;
    if (first === undefined) return false;
    const standing = await this.#unlessClosed(this.#registry.standing(this.#gatewayId, first.index));
    for (const anchor of open) {
      const { index } = anchor;
      const seen = standing.anchors.find((other) => other.index === index);
      if (seen !== undefined && seen.root !== anchor.root) {
        if (this.#file.wasSeen()) throw anchorConflict({ ...anchor, gatewayId: this.#gatewayId }, seen.root);
        if (index >= standing.finalCount) throw this.#notFinal(index + 1, standing.finalCount);
        this.#file.beginAgain();
        return true;
      }
      const place = seen === undefined ? null : { transactionHash: seen.transactionHash, block: seen.blockNumber };
      const final = place !== null && index < standing.finalCount;
      const known = anchor.place?.transactionHash === place?.transactionHash && anchor.place?.block === place?.block;
      if (known && final === anchor.final) continue;
      this.#file.place(index, place, final);
      if (place !== null && !known) this.#onStep("placed", index);
      if (final) this.#onStep("final", index);
    }
    return false;
  }

  /**
   * Resolves when the anchor is in a block or on its way there, or its place is taken (see `settle`). STALE_EPOCH if the gateway has another
   * key by now.
   */
  async send({ index, root, entries }: StoredAnchor): Promise<void> {
    const gatewayId = this.#gatewayId;
    const { key, epoch } = await this.#unlessClosed(this.#registry.writer(gatewayId));
    if (key !== this.#signer.address)
      throw new GatelogError(
        "STALE_EPOCH",
        "the registry has another key of the gateway: this process may not anchor",
        {
          gatewayId,
          expected: key,
          actual: this.#signer.address,
        },
      );
    const statement = { gatewayId, index, root, entries, epoch };
    const digest = statementDigest(this.#registry.domain, "Anchor", statement);
    const signature = await this.#unlessClosed(this.#signer.signDigest(digest));
    this.#onStep("signed", index);
    try {
      await this.#unlessClosed(this.#registry.send(statement, signature));
    } catch (error) {
      if (!isGatelogError(error, "EQUIVOCATION") || this.#file.wasSeen()) throw error;
      return;
    }
    this.#onStep("sent", index);
  }

  /** Behind what an earlier file of this gateway has anchored, once that stays. */
  async firstIndex(): Promise<number> {
    const from = Number.MAX_SAFE_INTEGER;
    const { count, finalCount } = await this.#unlessClosed(this.#registry.standing(this.#gatewayId, from));
    if (count === finalCount) return count;
    throw this.#notFinal(count, finalCount);
  }

  #notFinal(expected: number, actual: number): GatelogError {
    const context = { gatewayId: this.#gatewayId, expected, actual };
    return new GatelogError("STORE_UNAVAILABLE", "the gateway's earlier anchors are not final yet", context);
  }
}
