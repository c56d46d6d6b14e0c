import { existsSync } from "node:fs";
import { Option } from "commander";
import { CheckpointFile } from "../audit/checkpoint/checkpoint-file.ts";
import { checkpointLines, type Left } from "../audit/checkpoint/checkpoint-lines.ts";
import type { CheckpointEnd } from "../audit/checkpoint/format.ts";
import type { Finality } from "../audit/reading/rpc-calls.ts";
import type { Verification } from "../audit/verification.ts";
import type { VerifyOptions } from "../audit/verify.ts";
import { GatelogError } from "../entry/errors.ts";
import type { Address, Hash } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { address } from "./option-types.ts";
import { auditorKey, type AuditorKeyOptions } from "./report-writing.ts";
import { programVersion } from "./version.ts";
import { writeWholeFile } from "./whole-file.ts";

export interface CheckpointOptions extends AuditorKeyOptions {
  readonly checkpoint?: string;
  readonly auditor?: Address;
  readonly finality: Finality;
}

export function checkpointOptions(): Option[] {
  return [
    new Option(
      "--checkpoint <file>",
      "go on from where the run before has written this file, and write it anew; begun if it is not there",
    ),
    new Option("--auditor <address>", "who must have signed the checkpoint that the run goes on from").argParser(
      address,
    ),
  ];
}

/** Options of a check that is no run of a whole registry. */
const NOT_WITH = ["session", "ledger", "export", "proof"] as const;

interface CheckpointPlan {
  readonly file: string;
  readonly auditor: Address | undefined;
  readonly signer: DigestSigner | null;
  readonly finality: string;
}

/** What the options ask for; null if that is no checkpoint. MALFORMED if options do not go together, INVALID_CONFIG if there is no key. */
export function planCheckpoint(
  options: CheckpointOptions & Partial<Record<(typeof NOT_WITH)[number], unknown>>,
  env: NodeJS.ProcessEnv,
): CheckpointPlan | null {
  const { checkpoint: file, auditor, finality } = options;
  if (file === undefined && auditor !== undefined)
    throw new GatelogError("MALFORMED", "--auditor says who must have signed a checkpoint: name it with --checkpoint");
  if (file === undefined) return null;
  for (const name of NOT_WITH) {
    const value = options[name];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const message = `a checkpoint is of all that a node has of a registry: leave out --${name} or --checkpoint`;
    throw new GatelogError("MALFORMED", message);
  }
  const signer = auditorKey(options, env);
  return { file, auditor, signer, finality: typeof finality === "string" ? finality : `depth ${finality.depth}` };
}

/** What became of the checkpoint. */
export interface KeptCheckpoint {
  readonly file: string;
  /** Null: the file is as it was, because the run has not come to its end, or nothing of it may be gone on from. */
  readonly written: {
    readonly block: number;
    readonly headsHash: Hash;
    readonly stateHash: Hash;
    readonly auditors: readonly Address[];
  } | null;
}

/**
 * One run, on from the file if it is there. Whoever signs vouches for all that it goes on from, so that then it must be the signer's own, or
 * of the auditor who is named. Errors: those of `CheckpointFile.open`.
 */
export async function auditOn(
  { file, auditor, signer, finality }: CheckpointPlan,
  audit: (options: VerifyOptions) => Promise<Verification>,
  options: VerifyOptions,
): Promise<{ readonly verification: Verification; readonly kept: KeptCheckpoint }> {
  const required = auditor ?? signer?.address;
  const earlier = existsSync(file)
    ? await CheckpointFile.open(file, required === undefined ? {} : { auditor: required })
    : undefined;
  let end: CheckpointEnd | undefined;
  const onEnd = async (left: Left) => {
    const made = { signer, finality, at: new Date().toISOString(), by: programVersion() };
    const lines = checkpointLines(left, made, (last) => (end = last));
    await writeWholeFile(file, lines, { force: true });
  };
  const verification = await audit({ ...options, ...(earlier && { earlier }), onEnd });
  return { verification, kept: { file, written: end === undefined ? null : writtenOf(end) } };
}

function writtenOf({ block, headsHash, stateHash, signatures }: CheckpointEnd): KeptCheckpoint["written"] {
  return { block: block.number, headsHash, stateHash, auditors: signatures.map(({ auditor }) => auditor) };
}

/** For people. */
export function renderKept({ file, written }: KeptCheckpoint): string {
  if (written === null) return `Checkpoint: ${file} is as it was; nothing goes on from this run`;
  const { block, headsHash, auditors } = written;
  const signed = auditors.length === 0 ? "not signed" : `signed by ${auditors.join(" and ")}`;
  return `Checkpoint: ${file}, block ${block}, heads ${headsHash}, ${signed}`;
}
