import type { LedgerReader } from "../../src/audit/reading/ledger-reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { termsHashOf, type Terms } from "../../src/entry/terms.ts";
import { LedgerWorld } from "./ledger-world.ts";
import { RegistryWorld, type Party, type WorldSession } from "./registry-world.ts";

/** Two ledgers that stay, and a log that is new for each test; tokens are mapped from alpha to beta. */
export class LedgerStage {
  readonly alpha: LedgerWorld;
  readonly beta: LedgerWorld;
  readonly log: RegistryWorld;
  readonly a: Party;
  readonly b: Party;

  private constructor(ledgers: Pick<LedgerStage, "alpha" | "beta">, log: RegistryWorld, a: Party, b: Party) {
    this.alpha = ledgers.alpha;
    this.beta = ledgers.beta;
    this.log = log;
    this.a = a;
    this.b = b;
  }

  static async ledgers(): Promise<Pick<LedgerStage, "alpha" | "beta">> {
    const alpha = await LedgerWorld.open("alpha");
    const beta = await LedgerWorld.open("beta");
    for (const ledger of [alpha, beta]) {
      await ledger.map(alpha.chainId, alpha.token);
      await ledger.map(alpha.chainId, alpha.erc721, { token: ledger.erc721, standard: "erc721" });
    }
    await alpha.map(alpha.chainId, alpha.plain, { token: alpha.plain, mode: "VAULT" });
    await beta.map(alpha.chainId, alpha.plain);
    // And back: what came from beta's token leaves alpha's vault.
    await alpha.map(beta.chainId, beta.token, { token: alpha.plain, mode: "VAULT" });
    await alpha.keep();
    await beta.keep();
    return { alpha, beta };
  }

  static async open(ledgers: Pick<LedgerStage, "alpha" | "beta">): Promise<LedgerStage> {
    const log = await RegistryWorld.open();
    return new LedgerStage(ledgers, log, await log.register("a"), await log.register("b"));
  }

  /** The log is gone, and the ledgers are as they were. */
  async close(): Promise<void> {
    await this.log.close();
    await this.alpha.restore();
    await this.beta.restore();
  }

  /** Terms of a transfer of 7 from alpha to beta. */
  terms(change: Partial<Terms> = {}): Terms {
    return {
      sessionId: globalThis.crypto.randomUUID(),
      standard: "erc20",
      value: "7",
      tokenUri: "",
      originator: this.alpha.account,
      beneficiary: this.beta.account,
      origin: sideOf(this.alpha),
      destination: sideOf(this.beta),
      lockExpiry: 4_000_000_000,
      cancelAfter: 4_100_000_000,
      log: this.log.domain,
      attestors: [],
      attestorThreshold: 0,
      ...change,
    };
  }

  /** A session whose facts bind the terms. */
  async open(change: Partial<Terms> = {}): Promise<{ session: WorldSession; terms: Terms }> {
    const terms = this.terms(change);
    const { sessionId } = terms;
    return { session: await this.log.open(this.a, this.b, { sessionId, termsHash: termsHashOf(terms) }), terms };
  }

  async moveAll(terms: Terms, [origin, destination] = [this.alpha, this.beta]): Promise<void> {
    await origin.act("lock", terms);
    await destination.act("mint", terms);
    await origin.act("burn", terms);
    await destination.act("assign", terms);
  }

  audit(ledgers?: readonly LedgerReader[]): Promise<Verification> {
    const given = ledgers ?? [this.alpha.reader("alpha"), this.beta.reader("beta")];
    return verify(new RpcReader(this.log.rpc, { registry: this.log.domain.registry }), { ledgers: given });
  }
}

export function sideOf({ chainId, escrow, account, token: erc20 }: LedgerWorld, token = erc20): Terms["origin"] {
  return { chainId, escrow, token, owner: account, keys: [account] };
}

/** What the origin logs first. */
export function setupOf(terms: Terms) {
  return { setup: { payload: { terms } } };
}

export function codesOf({ findings }: Pick<Verification, "findings">): string[] {
  return findings.map(({ code }) => code);
}
