import { resolve } from "node:path";
import { GatelogError } from "../../entry/errors.ts";
import type { DigestSigner } from "../../entry/signature.ts";
import { linesOf } from "../files/export-lines.ts";
import { bytesOf } from "../files/export-source.ts";
import type { CheckpointFile } from "./checkpoint-file.ts";
import { lineOf } from "./checkpoint-lines.ts";
import { signCheckpoint } from "./statement.ts";

/** Signatures of one checkpoint; more auditors than that have not been seen together. */
const MAX_SIGNATURES = 64;

/**
 * The lines of a checkpoint with one more signature; null if it has that already. Heads, state, block and verdict must be those of `own`, the
 * checkpoint of the signer's own run: REFUSED if they are not. That it is from a run of his, and no copy, the signer answers for himself.
 */
export async function cosign(
  file: CheckpointFile,
  own: CheckpointFile,
  signer: DigestSigner,
): Promise<AsyncGenerator<string> | null> {
  if (resolve(file.path) === resolve(own.path))
    throw new GatelogError("REFUSED", `${file.path} is held against itself: name the checkpoint of your own run`, {
      file: file.path,
    });
  requireSame(file, own);
  const { signatures } = file.end;
  if (signatures.some(({ auditor }) => auditor === signer.address)) return null;
  if (signatures.length >= MAX_SIGNATURES)
    throw new GatelogError("TOO_LARGE", `${file.path} has ${signatures.length} signatures, and no more are taken`, {
      maximum: MAX_SIGNATURES,
    });
  const added = await signCheckpoint(file.end, signer);
  return linesWith(file.path, lineOf({ ...file.end, signatures: [...signatures, added] }));
}

/** Every line as it stands, but for the last, of a file that was read to its end before. */
async function* linesWith(path: string, end: string): AsyncGenerator<string> {
  let held: string | undefined;
  const cut = () => {
    throw new GatelogError("MALFORMED", `${path} was changed while it was read`, { file: path });
  };
  for await (const bytes of linesOf(bytesOf(path), cut)) {
    if (held !== undefined) yield held;
    held = `${Buffer.from(bytes).toString("utf8")}\n`;
  }
  yield end;
}

function requireSame(file: CheckpointFile, own: CheckpointFile): void {
  const pairs = [
    ["chain", file.end.chainId, own.end.chainId],
    ["genesis block", file.end.genesisHash, own.end.genesisHash],
    ["registry", file.end.registry, own.end.registry],
    ["block", `${file.end.block.number} ${file.end.block.hash}`, `${own.end.block.number} ${own.end.block.hash}`],
    ["heads", file.end.headsHash, own.end.headsHash],
    ["state", file.end.stateHash, own.end.stateHash],
    ["verdict", file.end.verdict, own.end.verdict],
  ] as const;
  for (const [what, theirs, ours] of pairs) {
    if (theirs === ours) continue;
    const message = `${file.path} is not what the signer has come to: ${what} ${theirs}, and in ${own.path} ${ours}`;
    throw new GatelogError("REFUSED", message, { what, expected: ours, actual: theirs });
  }
}
