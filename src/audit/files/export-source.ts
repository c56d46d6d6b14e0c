import { open, type FileHandle } from "node:fs/promises";
import { GatelogError } from "../../entry/errors.ts";
import type { ExportedClosing } from "./export-format.ts";
import type { ReadFile } from "./export-lines.ts";
import type { GatewayId, SessionId } from "../../entry/hex.ts";
import type { AuditReader } from "../reading/reader.ts";
import type { TrustedSource } from "../trust.ts";
import type { VerifyOptions } from "../verify.ts";

export interface VerifyExportOptions extends VerifyOptions {
  /**
   * The registry on a node. Of a file from a chain the node's heads at the file's block are believed in place of the file's; of a file
   * from a store it has the keys of the gateways that it knows, and the anchors that the file's proofs lead to.
   */
  readonly node?: AuditReader;
  /** Of another copy of a store's logs: they tell of logs that this one has whole, and not closed, that they are. */
  readonly closings?: ClosingsElsewhere;
  /** Told how many bytes of the file are read. */
  readonly onBytes?: (bytes: number) => void;
}

export interface ClosingsElsewhere {
  of(sessionId: SessionId, gatewayId: GatewayId): ExportedClosing["statement"] | undefined;
}

/** Bytes that are read at once. */
const READ_SIZE = 256 * 2 ** 10;

/** The bytes of a file in pieces, each good until the next one is asked for; MALFORMED if it cannot be read. */
export async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    file = await open(path);
    // One for all: of a large file new ones would pile up faster than they are collected.
    const buffer = Buffer.allocUnsafe(READ_SIZE);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_SIZE);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GatelogError("MALFORMED", `${path} cannot be read: ${reason}`, { file: path }, { cause });
  } finally {
    await file?.close();
  }
}

/** What a verdict says of the file that it rests on. */
export function sourceOf(path: string, { header, sha256 }: ReadFile, notes: readonly string[]): TrustedSource {
  const { at, by, program } = header.exported;
  const { kind } = header.source;
  return { file: { path, sha256, from: kind, madeAt: at, madeBy: by, program }, notes };
}
