import { ZERO_HASH, type GatewayId, type Hash } from "../../entry/hex.ts";
import type { CompactSignature } from "../../entry/signature.ts";
import { statementDigest } from "../../entry/statements.ts";
import { checkCurrentSigner } from "./current-signer.ts";
import type { Anchored } from "../reading/events.ts";
import { subjectOf } from "../intake.ts";
import type { Inquiry } from "../inquiry.ts";
import type { AnchorsWord } from "../reading/reader.ts";

/** What the registry holds of a gateway's anchors; undefined where it could not be read. */
export interface AnchorHeads {
  readonly word: AnchorsWord | undefined;
  /** Roots by index, of the anchors that there are events of. */
  readonly roots: ReadonlyMap<number, Hash>;
  /** How far an earlier run has checked them: the events are of those behind. */
  readonly checked?: AnchorsWord | undefined;
}

/**
 * Checks the anchors of one gateway: numbered without a gap, each signed by the key that was current, each with the root that the
 * registry holds, and none missing. What they cover, the events do not say: see `checkProof`.
 */
export function checkAnchors(
  inquiry: Inquiry,
  gatewayId: GatewayId,
  anchors: readonly Anchored[],
  { word, roots, checked = NO_ANCHORS }: AnchorHeads,
): void {
  const { findings } = inquiry;
  let { count, lastBlock } = checked;
  const signatures = new Set<CompactSignature>();
  for (const event of anchors) {
    const subject = subjectOf(event);
    if (event.index < count) {
      const code = signatures.has(event.signature) ? "EVENT_DOUBLED" : "ANCHOR_ALTERED";
      findings.add(code, subject, "Anchored", `number ${count}`, `number ${event.index}`);
      continue;
    }
    signatures.add(event.signature);
    if (event.index > count)
      findings.add("ANCHOR_MISSING", subject, "anchor", `number ${count}`, `number ${event.index}`);
    else if (event.previousBlock !== lastBlock)
      findings.add("ANCHOR_ALTERED", subject, "block of the anchor before", lastBlock, event.previousBlock);
    checkSigned(inquiry, event);
    const root = roots.get(event.index);
    if (root !== undefined && root !== event.root)
      findings.add("ANCHOR_ALTERED", subject, "root", root === ZERO_HASH ? "no anchor" : root, event.root);
    count = event.index + 1;
    lastBlock = event.at.block;
  }
  if (word === undefined) return;
  if (word.count > count) findings.add("ANCHOR_MISSING", { gatewayId }, "number of anchors", word.count, count);
  else if (word.count < count) findings.add("HEAD_MISMATCH", { gatewayId }, "number of anchors", word.count, count);
  else if (word.lastBlock !== lastBlock)
    findings.add("HEAD_MISMATCH", { gatewayId }, "block of the last anchor", word.lastBlock, lastBlock);
}

export const NO_ANCHORS: AnchorsWord = { count: 0, lastBlock: 0 };

function checkSigned(inquiry: Inquiry, event: Anchored): void {
  const { gatewayId, index, root, entries, epoch } = event;
  const digest = statementDigest(inquiry.domain, "Anchor", { gatewayId, index, root, entries, epoch });
  checkCurrentSigner(inquiry, subjectOf(event), { ...event, digest }, { what: "anchor", code: "ANCHOR_ALTERED" });
}
