import { expect } from "chai";
import type { Interface } from "ethers";
import { contractRevert } from "../../src/chain/chain.ts";
import { assetEscrowInterface } from "../../src/chain/contracts.ts";
import { createLane } from "../../src/chain/lane.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import { toHex, type Hex } from "../../src/entry/hex.ts";
import { expandSignature, type DigestSigner } from "../../src/entry/signature.ts";
import {
  certificateDigest,
  FACTS,
  termsHashOf,
  termsToAbi,
  type Certificate,
  type CertificateFact,
  type Terms,
} from "../../src/entry/terms.ts";
import {
  canState,
  missingSignatures,
  parseCertificate,
  signCertificate,
  sourceOf,
} from "../../src/gateway/settle-certificates.ts";
import { EvmLedger } from "../../src/ledger/evm-ledger.ts";
import { developmentSigner } from "../support/accounts.ts";
import { startHardhat, type TestChain } from "../support/chains.ts";
import { ACCOUNTS, deployLedger, mapBothWays, type TestLedger } from "../support/deploy.ts";
import { expectError, expectRejection } from "../support/expect-error.ts";
import { sampleSigner } from "../support/sample-log.ts";
import { makeTerms } from "../support/terms.ts";

const LOG = { chainId: 31_339, registry: toHex("0x5FbDB2315678afecb367f032d93F642f64180aa3") };
const BLOCK_HASH = `0x${"b1".repeat(32)}` as const;
const BLOCK_NUMBER = 42;

/** TypeChain's overloads take one action each. */
const plainInterface: Interface = assetEscrowInterface;

const attestors = ["one", "two", "three"].map((name) => sampleSigner(`attestor ${name}`));
const stranger = sampleSigner("certificates of a stranger");
const parties = {
  "the origin's owner": developmentSigner(ACCOUNTS.ownerA),
  "the origin's key": developmentSigner(ACCOUNTS.ledgerKeyA),
  "the destination's owner": developmentSigner(ACCOUNTS.ownerB),
  "the destination's key": developmentSigner(ACCOUNTS.ledgerKeyB),
};

describe("certificates for settling", () => {
  let alpha: TestChain;
  let beta: TestChain;
  let origin: TestLedger;
  let destination: TestLedger;
  /** Minted on the destination's ledger, under terms with a register; with attestors and without. */
  let attested: Terms;
  let plain: Terms;

  before(async () => {
    [alpha, beta] = await Promise.all([startHardhat("alpha"), startHardhat("beta")]);
    [origin, destination] = await Promise.all([deployLedger(alpha), deployLedger(beta)]);
    await mapBothWays(origin, destination);
    const signer = parties["the destination's key"];
    await destination.admit(signer.address);
    const lane = createLane(destination.chain, signer);
    const ledger = new EvmLedger(
      { chain: destination.chain, account: { lane, signer } },
      { escrow: destination.escrow },
    );
    plain = { ...makeTerms(origin, destination, { standard: "erc20", value: "5" }), log: LOG };
    attested = {
      ...makeTerms(origin, destination, { standard: "erc20", value: "7" }),
      ...{ log: LOG, attestors: attestors.map(({ address }) => address), attestorThreshold: 2 },
    };
    for (const terms of [plain, attested]) await ledger.act("mint", terms);
    await lane.close();
  });
  after(async () => {
    await Promise.all([origin.close(), destination.close()]);
    await Promise.all([alpha.close(), beta.close()]);
  });

  /** Signed by these in this order, whoever they are. */
  async function signedBy(
    terms: Terms,
    fact: CertificateFact,
    signers: readonly DigestSigner[],
    change: Partial<Certificate> = {},
  ): Promise<Certificate> {
    const place = sourceOf(terms, fact);
    const signatures: Hex[] = [];
    const unsigned = {
      ...{ termsHash: termsHashOf(terms), fact, ...place },
      ...{ blockNumber: BLOCK_NUMBER, blockHash: BLOCK_HASH, signatures },
    };
    const digest = certificateDigest(unsigned);
    for (const signer of signers) signatures.push(expandSignature(await signer.signDigest(digest)));
    return { ...unsigned, ...change };
  }

  /** Whether the escrow lets a stranger carry it: `assign` for COMMIT, `cancel` for ABORT. */
  async function isCarried(terms: Terms, { fact, blockNumber, blockHash, signatures }: Certificate): Promise<boolean> {
    const certificate = { fact: FACTS[fact], blockNumber, blockHash, signatures: [...signatures] };
    const action = fact === "REGISTER_COMMIT" ? "assign" : "cancel";
    const data = toHex(plainInterface.encodeFunctionData(action, [termsToAbi(terms), certificate]));
    try {
      await destination.chain.call({ to: destination.escrow, data, from: stranger.address }, "latest");
      return true;
    } catch (error) {
      if (contractRevert(error)) return false;
      throw error;
    }
  }

  function isComplete(terms: Terms, certificate: Certificate): boolean {
    try {
      return missingSignatures(terms, certificate) === 0;
    } catch (error) {
      if (isGatelogError(error, "FOREIGN_SIGNATURE", "INVALID_SIGNATURE")) return false;
      throw error;
    }
  }

  const ascending = attestors.toSorted((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const [low, middle, high] = ascending as [DigestSigner, DigestSigner, DigestSigner];
  const signatories: Readonly<Record<string, readonly DigestSigner[]>> = {
    ...Object.fromEntries(Object.entries(parties).map(([name, signer]) => [name, [signer]])),
    nobody: [],
    "a stranger": [stranger],
    "two parties": [parties["the destination's key"], parties["the destination's owner"]],
    "one attestor": [low],
    "two attestors in order": [low, high],
    "two attestors out of order": [high, low],
    "one attestor twice": [low, low],
    "three attestors": [low, middle, high],
    "an attestor and a stranger": [low, stranger],
    "an attestor and a party": [low, parties["the destination's key"]],
  };

  for (const fact of ["REGISTER_COMMIT", "REGISTER_ABORT"] as const)
    for (const [name, signers] of Object.entries(signatories))
      for (const which of ["without attestors", "with attestors"] as const)
        it(`are judged as the escrow does: ${fact} by ${name}, terms ${which}`, async () => {
          const terms = which === "with attestors" ? attested : plain;
          const certificate = await signedBy(terms, fact, signers);
          expect(isComplete(terms, certificate)).to.equal(await isCarried(terms, certificate));
        });

  it("are of use if and only if the escrow would carry what the keys at hand can sign", async () => {
    for (const fact of ["REGISTER_COMMIT", "REGISTER_ABORT"] as const)
      for (const signers of Object.values(signatories))
        for (const terms of [plain, attested]) {
          const accounts = signers.map(({ address }) => address);
          const block = { blockNumber: BLOCK_NUMBER, blockHash: BLOCK_HASH };
          const claim = { termsHash: termsHashOf(terms), fact, ...sourceOf(terms, fact), ...block };
          const certificate = await signCertificate(terms, claim, signers).catch(() => null);
          const isGood = certificate !== null && (await isCarried(terms, certificate));
          expect(canState(terms, fact, accounts), accounts.join()).to.equal(isGood);
        }
  });

  it("name session, chain and contract, and are refused with another", async () => {
    const signers = [parties["the destination's key"]];
    for (const change of [{ termsHash: BLOCK_HASH }, { chainId: 1 }, { source: plain.origin.token }]) {
      const certificate = await signedBy(plain, "REGISTER_COMMIT", signers, change);
      expectError(() => missingSignatures(plain, certificate), "INVALID_TERMS");
    }
  });

  it("are not what the same key has signed for another purpose", async () => {
    const digest = `0x${"dd".repeat(32)}` as const; // a request to decide, say
    const signatures = [expandSignature(await parties["the destination's key"].signDigest(digest))];
    const certificate = await signedBy(plain, "REGISTER_COMMIT", [], { signatures });
    expectError(() => missingSignatures(plain, certificate), "FOREIGN_SIGNATURE");
    expect(await isCarried(plain, certificate)).to.equal(false);
  });

  it("are not read from anything that is none", async () => {
    const { signatures, ...unsigned } = await signedBy(plain, "REGISTER_COMMIT", [stranger]);
    const decision = { sessionId: plain.sessionId, decision: "COMMIT", ground: "ORIGIN", epoch: 1, signature: "0x" };
    for (const document of [null, [], "text", decision, unsigned, { ...unsigned, signatures: ["nope"] }])
      expectError(() => parseCertificate(document, "a file"), "MALFORMED");
    expectError(() => missingSignatures(plain, { ...unsigned, signatures: ["0x12"] }), "INVALID_SIGNATURE");
    expect(parseCertificate({ ...unsigned, signatures }, "a file")).to.deep.equal({ ...unsigned, signatures });
  });

  it("speak of no register where the terms have none", async () => {
    const terms = { ...plain, log: null };
    expectError(() => sourceOf(terms, "REGISTER_COMMIT"), "NO_REGISTER");
    expect(canState(terms, "REGISTER_ABORT", [parties["the origin's key"].address])).to.equal(false);
    const claim = { termsHash: termsHashOf(terms), fact: "DESTINATION_CANCELLED", blockNumber: 1 } as const;
    const whole = { ...claim, ...sourceOf(terms, claim.fact), blockHash: BLOCK_HASH };
    await expectRejection(signCertificate(terms, whole, [stranger]), "FOREIGN_SIGNATURE");
  });
});
