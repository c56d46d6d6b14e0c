import { z } from "zod";
import { logEntrySchema } from "../../entry/entry-json.ts";
import type { LogEntry } from "../../entry/entry.ts";
import { GatelogError, isGatelogError, type ErrorCode } from "../../entry/errors.ts";
import { addressSchema, hashSchema, ZERO_HASH, type Address, type Hash } from "../../entry/hex.ts";
import { inclusionProofSchema, verifyInclusionProof, type InclusionProof } from "../../entry/inclusion-proof.ts";
import { checkLog } from "../../entry/log-check.ts";
import { visibleLines } from "../../entry/visible.ts";
import type { Anchor, AuditReader } from "../reading/reader.ts";
import { checkIdentity, isOfNoChain, type Expectation } from "../trust.ts";
import { keysOnChain } from "./file-keys.ts";
import type { Verdict } from "../verification.ts";

const heldEntrySchema = z.object({
  entryHash: hashSchema,
  /** The entry, and those behind it up to the one that carries the signature. */
  entries: z.array(logEntrySchema).min(1),
  signer: addressSchema,
  inclusion: inclusionProofSchema.nullable(),
});

/** What `GET /v1/sessions/:id/proof/:n` answers: the whole answer, or its `response_data`. */
export const entryProofSchema = z.union([
  z.object({ response_data: heldEntrySchema }).transform((answer) => answer.response_data),
  heldEntrySchema,
]);

export type EntryProof = z.infer<typeof entryProofSchema>;

export interface ProofReport {
  /** `sound` says what `checked` says, and rests on what stands in `trusted`. */
  readonly verdict: Verdict;
  readonly entry: Pick<LogEntry, "sessionId" | "gatewayId" | "index" | "epoch" | "entryHash">;
  readonly signer: Address;
  readonly anchor: InclusionProof["anchor"] | null;
  /** What was seen, one sentence each. */
  readonly checked: readonly string[];
  /** What was not, and so is taken from whoever gave the proof. */
  readonly trusted: readonly string[];
  readonly findings: readonly { readonly code: ErrorCode; readonly message: string }[];
}

/** Who is asked about a proof, from where on, and what it must be about. */
interface Asked {
  readonly reader: AuditReader;
  readonly fromBlock: number;
  readonly expect: Expectation;
}

/** Of two chains or contracts, those that the proof and the node are of. */
type Registry = Pick<Anchor, "chainId" | "registry">;

/**
 * Checks the proof of one entry by itself: its content, hash and signature, and the way from its hash to the anchor's root. With a
 * reader of the registry also that the root is anchored there, finally, and that the key was the gateway's in the entry's epoch; else
 * both are in `trusted`. `could-not-tell`: nothing is wrong, and the entry is in no anchor, or in one that is not final and that the
 * reader does not see yet. Throws what the reader throws, and WRONG_CHAIN if it reads another registry than the one that the proof names,
 * or either is another one than is pinned.
 *
 * It says nothing of other entries: neither that there are none before or behind, nor that the log has no other entry at this index.
 */
export async function checkProof(
  proof: EntryProof,
  reader?: AuditReader,
  fromBlock = 0,
  expect: Expectation = {},
): Promise<ProofReport> {
  const [entry] = proof.entries;
  if (entry === undefined) throw new GatelogError("MALFORMED", "the proof has no entry");
  const { inclusion, signer } = proof;
  const check = new ProofCheck();
  check.that(`entry ${entry.index} is what ${signer} signed in epoch ${entry.epoch}`, () => checkEntries(proof, entry));
  if (inclusion !== null)
    check.that(`it is one of the entries under root ${inclusion.anchor.root}`, () => checkInclusion(entry, inclusion));
  const gateway = `${signer} was the key of gateway ${entry.gatewayId} in epoch ${entry.epoch}`;
  const pinned = pinnedKey(entry, expect);
  if (pinned !== undefined)
    check.that(`${gateway}, as is pinned`, () =>
      requireEqual("FOREIGN_SIGNATURE", "another key is pinned", pinned, signer),
    );
  if (reader === undefined) {
    if (inclusion !== null) {
      requirePinned(inclusion.anchor, expect);
      check.trust(sentenceOf(inclusion));
    }
    if (pinned === undefined) check.trust(gateway);
  } else await checkOnChain(check, { entry, signer, inclusion, gateway, pinned }, { reader, fromBlock, expect });
  const isOpen = inclusion === null || check.isAhead;
  const { sessionId, gatewayId, index, epoch, entryHash } = entry;
  return {
    verdict: check.findings.length > 0 ? "findings" : isOpen ? "could-not-tell" : "sound",
    entry: { sessionId, gatewayId, index, epoch, entryHash },
    signer,
    anchor: inclusion?.anchor ?? null,
    checked: check.checked,
    trusted: check.trusted,
    findings: check.findings,
  };
}

/** Collects what held, what did not, and what was not looked at. */
class ProofCheck {
  readonly checked: string[] = [];
  readonly trusted: string[] = [];
  readonly findings: { readonly code: ErrorCode; readonly message: string }[] = [];
  /** Whether the proof is of an anchor that is not final, and that the registry was not seen to have. */
  isAhead = false;

  that(what: string, work: () => void): void {
    try {
      work();
      this.checked.push(what);
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      this.findings.push({ code: error.code, message: error.message });
    }
  }

  trust(what: string): void {
    this.trusted.push(what);
  }
}

function checkEntries({ entries, entryHash, signer }: EntryProof, first: LogEntry): void {
  if (first.entryHash !== entryHash)
    throw new GatelogError("INVALID_ENTRY", "the proof is of another entry than it shows", {
      expected: entryHash,
      actual: first.entryHash,
    });
  const { sessionId, sessionHash, gatewayId, index: length, lastEntryHash, epoch } = first;
  checkLog({ sessionId, sessionHash, gatewayId, length, lastEntryHash, epoch }, entries, (_, of) =>
    of === epoch ? signer : undefined,
  );
}

function checkInclusion(entry: LogEntry, inclusion: InclusionProof): void {
  if (!verifyInclusionProof(entry, inclusion))
    throw new GatelogError("INVALID_ENTRY", "the way from the entry's hash does not lead to the anchor's root", {
      root: inclusion.anchor.root,
    });
}

function sentenceOf({ anchor: { root, gatewayId, index, registry, chainId } }: InclusionProof): string {
  return `${root} is anchor ${index} of gateway ${gatewayId} in registry ${registry} of chain ${chainId}`;
}

async function checkOnChain(
  check: ProofCheck,
  proof: {
    readonly entry: LogEntry;
    readonly signer: Address;
    readonly inclusion: InclusionProof | null;
    readonly gateway: string;
    readonly pinned: Address | undefined;
  },
  { reader, fromBlock, expect }: Asked,
): Promise<void> {
  const { entry, signer, inclusion, gateway, pinned } = proof;
  const anchor = await reader.anchor();
  if (inclusion !== null) requireSameRegistry(inclusion.anchor, anchor);
  if (!isOfNoChain(expect)) {
    checkIdentity(anchor, expect);
    await checkBlock(check, reader, expect);
  }
  if (inclusion !== null) await checkRoot(check, inclusion, reader, anchor.block.number);
  const key = (await keysOnChain(reader, anchor, entry.gatewayId, fromBlock))?.get(entry.epoch);
  // The registry knows whoever anchors; the entry may be a peer's, whose keys stand elsewhere.
  if (key !== undefined)
    check.that(gateway, () => requireEqual("FOREIGN_SIGNATURE", "the registry has another key", key, signer));
  else if (pinned === undefined) check.trust(gateway);
}

async function checkBlock(check: ProofCheck, reader: AuditReader, { block }: Expectation): Promise<void> {
  if (block === undefined) return;
  const { hash } = await reader.blockOf(block.number);
  check.that(`block ${block.number} is the one that is pinned`, () =>
    requireEqual("WRONG_CHAIN", "another block is pinned", block.hash, hash),
  );
}

async function checkRoot(
  check: ProofCheck,
  inclusion: InclusionProof,
  reader: AuditReader,
  number: number,
): Promise<void> {
  const { gatewayId, index, root, final } = inclusion.anchor;
  const found = await reader.anchorOf(gatewayId, index, number);
  if (found === ZERO_HASH && !final) {
    // Whoever gave the proof has seen blocks that are not final for the reader: it is not there yet, and may come.
    check.isAhead = true;
    check.trust(`${sentenceOf(inclusion)}: not there at block ${number}, and not final when the proof was given`);
    return;
  }
  check.that(`${sentenceOf(inclusion)}, at block ${number}`, () =>
    requireEqual("INVALID_ENTRY", "the registry has another root", found, root),
  );
}

/** The key that is pinned for the epoch of the entry. */
function pinnedKey({ gatewayId, epoch }: LogEntry, { gateways = [] }: Expectation): Address | undefined {
  return gateways.find((pin) => pin.gatewayId === gatewayId)?.keys.find((pin) => pin.epoch === epoch)?.key;
}

/** Of a proof that no node is asked about: what it says of its chain must be what is pinned. */
function requirePinned(named: Registry, expect: Expectation): void {
  if (isOfNoChain(expect)) return;
  for (const member of ["chainId", "registry"] as const) {
    const pinned = expect[member];
    if (pinned === undefined || pinned === named[member]) continue;
    throw new GatelogError("WRONG_CHAIN", `the proof is of ${member} ${named[member]}; ${pinned} is pinned`, {
      ...{ member, expected: pinned, actual: named[member] },
    });
  }
}

function requireSameRegistry(named: Registry, read: Registry): void {
  for (const member of ["chainId", "registry"] as const)
    if (named[member] !== read[member])
      throw new GatelogError(
        "WRONG_CHAIN",
        `the proof is of ${member} ${named[member]}, and the node's is ${read[member]}`,
        {
          member,
          expected: named[member],
          actual: read[member],
        },
      );
}

function requireEqual(code: ErrorCode, message: string, expected: Hash, actual: Hash): void {
  if (expected !== actual) throw new GatelogError(code, message, { expected, actual });
}

/** The report for people: verdict first, what was seen, what it rests on. */
export function renderProof({ verdict, entry, anchor, checked, trusted, findings }: ProofReport): string {
  const verdicts = {
    sound: "sound",
    findings: "findings",
    "could-not-tell":
      anchor === null
        ? "could not tell: the entry is in no anchor"
        : "could not tell: its anchor is not final, and the registry does not have it yet",
  };
  return visibleLines([
    `VERDICT: ${verdicts[verdict]}`,
    `  entry ${entry.index} of gateway ${entry.gatewayId} in session ${entry.sessionId}, ${entry.entryHash}`,
    ...(anchor === null
      ? []
      : [`  anchored in block ${anchor.block}, transaction ${anchor.transactionHash}, as the proof says`]),
    ...section(
      "Findings",
      findings.map(({ code, message }) => `${code}: ${message}`),
    ),
    ...section("Checked", checked),
    ...section("Trusted: not checked here", trusted),
  ]);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}
