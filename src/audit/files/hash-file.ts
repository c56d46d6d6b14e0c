import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import type { CompactSignature } from "../../entry/signature.ts";

/** What somebody has signed, by its digest. */
interface SignedDigest {
  readonly digest: Hash;
  readonly signature: CompactSignature | null;
  readonly epoch: number;
}

export interface EntryDigest extends SignedDigest {
  readonly index: number;
  /** By which a signature on this entry stands for the one before, too. */
  readonly lastEntryHash: Hash;
}

export interface StatedDigest extends SignedDigest {
  readonly gatewayId: GatewayId;
  /** What it says, in words. */
  readonly statement: string;
}

export interface LogHashes {
  readonly gatewayId: GatewayId;
  readonly entries: readonly EntryDigest[];
  readonly closings?: readonly StatedDigest[];
}

/** A session without what stands in it: enough to see whether another copy has the same. */
export interface SessionHashes {
  readonly sessionId: SessionId;
  readonly opening: StatedDigest;
  readonly decisions: readonly StatedDigest[];
  readonly logs: readonly LogHashes[];
}

/** Sessions as hashes in a temporary file, some 400 bytes an entry, until `close`. */
export class HashFile {
  readonly #folder = mkdtempSync(join(tmpdir(), "gatelog-audit-"));
  readonly #descriptor = openSync(join(this.#folder, "hashes"), "wx+", 0o600);
  readonly #places = new Map<SessionId, { readonly start: number; readonly size: number }>();
  #size = 0;

  /** Sessions that nobody has taken. */
  get left(): number {
    return this.#places.size;
  }

  add(session: SessionHashes): void {
    const bytes = Buffer.from(JSON.stringify(session));
    for (let written = 0; written < bytes.length;)
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
    this.#places.set(session.sessionId, { start: this.#size, size: bytes.length });
    this.#size += bytes.length;
  }

  /** Undefined: it is not here, or was taken. */
  take(sessionId: SessionId): SessionHashes | undefined {
    const place = this.#places.get(sessionId);
    if (place === undefined) return undefined;
    this.#places.delete(sessionId);
    const bytes = Buffer.allocUnsafe(place.size);
    for (let read = 0; read < bytes.length;)
      read += readSync(this.#descriptor, bytes, read, bytes.length - read, place.start + read);
    // It was written above, into a file of this process's own.
    return JSON.parse(bytes.toString()) as SessionHashes;
  }

  close(): void {
    closeSync(this.#descriptor);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
