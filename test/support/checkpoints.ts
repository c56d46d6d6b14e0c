import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkpointLines, type CheckpointOptions, type Left } from "../../src/audit/checkpoint/checkpoint-lines.ts";
import { CheckpointFile, type OpenCheckpointOptions } from "../../src/audit/checkpoint/checkpoint-file.ts";
import { NodeRefusal, type JsonRpc } from "../../src/audit/reading/json-rpc.ts";
import type { AuditReader, LogPart, LogQuery, RawLog } from "../../src/audit/reading/reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { verify, type VerifyOptions } from "../../src/audit/verify.ts";
import type { RegistryWorld } from "./registry-world.ts";

/** A folder of checkpoints, of one test. */
export class CheckpointFolder {
  readonly path = mkdtempSync(join(tmpdir(), "gatelog-checkpoints-"));

  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const MADE: CheckpointOptions = {
  signer: null,
  at: "2026-01-01T00:00:00.000Z",
  by: "test",
  finality: "instant",
};

/** One run: on from the file if it is given, and into another one if it comes to its end. */
export async function runOn(
  reader: AuditReader,
  files: { readonly from?: string; readonly to: string },
  options: VerifyOptions & { readonly made?: Partial<CheckpointOptions>; readonly open?: OpenCheckpointOptions } = {},
): Promise<Verification> {
  const { made, open, ...rest } = options;
  const earlier = files.from === undefined ? undefined : await CheckpointFile.open(files.from, open);
  const onEnd = async (left: Left) => {
    const lines: string[] = [];
    for await (const line of checkpointLines(left, { ...MADE, ...made })) lines.push(line);
    writeFileSync(files.to, lines.join(""));
  };
  return verify(reader, { ...rest, ...(earlier && { earlier }), onEnd });
}

/** As over HTTP: what a contract reverts with in this process is an error of Hardhat's. */
function refusing(rpc: JsonRpc): JsonRpc {
  return async (method, params) => {
    try {
      return await rpc(method, params);
    } catch (error) {
      if (!(error instanceof Error) || !("data" in error)) throw error;
      throw new NodeRefusal(method, error.message, String(error.data));
    }
  };
}

/** The node as it was at this block, with what it says of events changed. */
export class PastReader extends RpcReader {
  /** Blocks and events that were asked for. */
  readonly asked: { readonly ranges: (readonly [number, number])[]; events: number } = { ranges: [], events: 0 };
  readonly #block: number | undefined;
  readonly #harm: (logs: readonly RawLog[], query: LogQuery) => readonly RawLog[];

  constructor(
    world: RegistryWorld,
    block?: number,
    harm: (logs: readonly RawLog[], query: LogQuery) => readonly RawLog[] = (logs) => logs,
  ) {
    super(refusing(world.rpc), { registry: world.domain.registry });
    this.#block = block;
    this.#harm = harm;
  }

  override async anchor() {
    const anchor = await super.anchor();
    return this.#block === undefined ? anchor : { ...anchor, block: await this.blockOf(this.#block) };
  }

  override async *logs(query: LogQuery): AsyncGenerator<LogPart> {
    this.asked.ranges.push([query.fromBlock, query.toBlock]);
    for await (const { logs, upTo } of super.logs(query)) {
      const given = this.#harm(logs, query);
      this.asked.events += given.length;
      yield { logs: given, upTo };
    }
  }
}

export function linesIn(file: string): string[] {
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}

/** All but the first line, which says who made it and when. */
export function stateIn(file: string): string {
  return linesIn(file).slice(1).join("\n");
}
