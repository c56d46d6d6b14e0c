import { Contract, isCallException, JsonRpcProvider, Transaction, Wallet, type TransactionReceipt } from "ethers";
import { GatelogError } from "../../src/entry/errors.ts";

/** A transaction that is signed and may have left: sent again as often as it takes, it happens once, because its nonce is spent once. */
export interface PreparedTransaction {
  readonly transactionHash: string;
  readonly nonce: number;
  readonly raw: string;
}

export interface PaymentReceipt {
  readonly transactionHash: string;
  readonly blockNumber: number;
}

const ERC20 = ["function transfer(address to, uint256 amount) returns (bool)"];
const INCLUSION_TIMEOUT_MS = 30_000;

/**
 * Plain payments in an ERC-20 token, without any contract of Gatelog's: the ledger knows nothing of sessions, so what makes a
 * payment repeatable is that its very bytes are logged before they are sent.
 *
 * Limitations: one process per account; a fee that has become too low is waited for, not raised.
 */
export class TokenLedger {
  readonly #provider: JsonRpcProvider;
  readonly #wallet: Wallet;
  readonly #token: Contract;

  constructor(options: {
    readonly rpcUrl: string;
    readonly chainId: number;
    readonly token: string;
    readonly privateKey: string;
  }) {
    const { rpcUrl, chainId, token, privateKey } = options;
    this.#provider = new JsonRpcProvider(rpcUrl, chainId, {
      staticNetwork: true,
      pollingInterval: 100,
      cacheTimeout: -1,
    });
    this.#wallet = new Wallet(privateKey, this.#provider);
    this.#token = new Contract(token, ERC20, this.#wallet);
  }

  /** Signs the payment; nothing leaves. LEDGER_REJECTED if the token would refuse it. */
  async prepare(to: string, amount: bigint): Promise<PreparedTransaction> {
    const transfer = await this.#token.getFunction("transfer").populateTransaction(to, amount);
    const filled = await this.#wallet.populateTransaction(transfer).catch((cause: unknown) => {
      if (isCallException(cause)) throw new GatelogError("LEDGER_REJECTED", "the token refuses it", { to }, { cause });
      throw new GatelogError("NODE_UNREACHABLE", "the payment cannot be prepared now", { to }, { cause });
    });
    const raw = await this.#wallet.signTransaction(filled);
    const { hash, nonce } = Transaction.from(raw);
    if (hash === null) throw new GatelogError("INVARIANT_BROKEN", "a signed transaction has a hash");
    return { transactionHash: hash, nonce, raw };
  }

  /** What the ledger knows of it; undefined if nothing, which does not mean that it will not happen. */
  async find(prepared: PreparedTransaction): Promise<PaymentReceipt | undefined> {
    const receipt = await this.#provider.getTransactionReceipt(prepared.transactionHash);
    return receipt === null ? undefined : receiptOf(receipt);
  }

  /** Sends it, once more if need be. LEDGER_CONFLICT if it can never happen: another transaction has its nonce. */
  async send(prepared: PreparedTransaction): Promise<void> {
    try {
      await this.#provider.broadcastTransaction(prepared.raw);
    } catch (cause) {
      // The node has it already, or it has happened, or another one has: the ledger says which.
      if ((await this.find(prepared)) !== undefined) return;
      const used = await this.#provider.getTransactionCount(this.#wallet.address);
      if (used <= prepared.nonce) return;
      const { nonce, transactionHash } = prepared;
      throw new GatelogError(
        "LEDGER_CONFLICT",
        "another transaction has its nonce",
        { nonce, transactionHash },
        { cause },
      );
    }
  }

  /** Resolves once it is in a block; TIMEOUT if not in time: ask again. LEDGER_REJECTED if it failed there. */
  async wait(prepared: PreparedTransaction): Promise<PaymentReceipt> {
    const { transactionHash } = prepared;
    try {
      const receipt = await this.#provider.waitForTransaction(transactionHash, 1, INCLUSION_TIMEOUT_MS);
      if (receipt !== null) return receiptOf(receipt);
    } catch (cause) {
      throw cause instanceof GatelogError
        ? cause
        : new GatelogError("TIMEOUT", "not in a block yet", { transactionHash }, { cause });
    }
    throw new GatelogError("TIMEOUT", "not in a block yet", { transactionHash });
  }

  close(): void {
    this.#provider.destroy();
  }
}

function receiptOf({ hash, blockNumber, status }: TransactionReceipt): PaymentReceipt {
  if (status !== 1)
    throw new GatelogError("LEDGER_REJECTED", "the payment failed in its block", { transactionHash: hash });
  return { transactionHash: hash, blockNumber };
}
