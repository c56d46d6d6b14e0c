// Writes test/vectors/*.json: inputs with the digests, words and signatures that entries, sessions, statements, terms and
// certificates must have. They are computed here without src/entry, by ethers' own encoders and Node's SHA-256, so that the
// Solidity contracts, src/entry and this script are three witnesses of one format.
//
//   node scripts/make-vectors.ts           write
//   node scripts/make-vectors.ts --check   fail where the committed files are not what would be written

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { makeVectors } from "./support/vectors/make.ts";

const TARGET = resolve(import.meta.dirname, "..", "test", "vectors");

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
await mkdir(TARGET, { recursive: true });
for (const [file, text] of makeVectors()) {
  const path = join(TARGET, file);
  const present = await readFile(path, "utf8").catch(() => "");
  if (present === text) continue;
  process.stdout.write(`${values.check ? "stale" : "written"}: test/vectors/${file}\n`);
  if (values.check) process.exitCode = 1;
  else await writeFile(path, text);
}
