import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogPart, LogQuery } from "../../src/audit/reading/reader.ts";
import { exportFrom, fileIn } from "../../test/support/export-files.ts";
import { RecordedReader, type Recording } from "../../test/support/recorded-reader.ts";

/** A node that gives the events of the blocks that it is asked for, and no others. */
class RangedReader extends RecordedReader {
  override async *logs(query: LogQuery): AsyncGenerator<LogPart> {
    const isAsked = ({ blockNumber }: LogPart["logs"][number]) =>
      blockNumber >= query.fromBlock && blockNumber <= query.toBlock;
    for await (const { logs, upTo } of super.logs(query)) yield { logs: logs.filter(isAsked), upTo };
  }
}

const files = new WeakMap<Recording, Promise<string>>();

/** The file that whoever has the recording as a node would export. */
export function fileOf(recording: Recording): Promise<string> {
  const file = files.get(recording) ?? exportFrom(new RangedReader(recording));
  files.set(recording, file);
  return file;
}

/** Puts the texts into files of their own for as long as the work takes. */
export async function withFiles<T>(
  texts: readonly string[],
  work: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gatelog-tamper-"));
  try {
    return await work(texts.map((text) => fileIn(folder, text)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
