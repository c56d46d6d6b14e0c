import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditReader } from "../../src/audit/reading/reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { ChainSource } from "../../src/cli/chain-source.ts";
import { canonicalText, jsonSchema } from "../../src/entry/canonical.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import { exportSessions, type Exported } from "../../src/store/log-file-source.ts";
import { writeLogFile } from "../../src/store/log-file-stream.ts";
import type { LogFileHeader } from "../../src/store/log-file.ts";
import type { RegistryWorld } from "./registry-world.ts";

/** A line of a file as JSON, for tests that write what no store would. */
export interface Line {
  kind: string;
  // A test reaches for whatever it wants to spoil.
  [member: string]: unknown;
}

/** A file of these sessions of a registry, or of all. */
export async function exportOf(world: RegistryWorld, sessions: readonly SessionId[] | "all" = "all"): Promise<string> {
  return exportFrom(new RpcReader(world.rpc, { registry: world.domain.registry }), sessions);
}

export async function exportFrom(reader: AuditReader, sessions: readonly SessionId[] | "all" = "all"): Promise<string> {
  const anchor = await reader.anchor();
  const header: LogFileHeader = {
    ...{ kind: "header", format: "gatelog-log", version: 1, source: { kind: "chain", ...anchor } },
    sessions: sessions === "all" ? sessions : [...sessions],
    exported: { at: "2026-01-02T03:04:05.678Z", by: "a test", program: "gatelog test" },
  };
  const source = new ChainSource(reader, anchor, header);
  return textOf(exportSessions(source, sessions === "all" ? source.sessions(0) : sessions));
}

async function textOf(records: AsyncIterable<Exported>): Promise<string> {
  let text = "";
  for await (const line of writeLogFile(records)) text += line;
  return text;
}

export function linesOf(text: string): Line[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** The file after a change, with an end that fits it again: whoever alters a file with care does that. */
export function altered(text: string, change: (lines: Line[]) => Line[] | undefined): string {
  const lines = linesOf(text).filter(({ kind }) => kind !== "end");
  return withEnd(change(lines) ?? lines);
}

function withEnd(lines: readonly Line[]): string {
  const body = lines.map((line) => `${canonicalText(jsonSchema.parse(line))}\n`).join("");
  const counted = (kind: string) => lines.filter((line) => line.kind === kind).length;
  const proofs = counted("proof");
  const end = {
    ...{ kind: "end", lines: lines.length, gateways: counted("gateway"), sessions: counted("session") },
    ...{ entries: counted("entry"), decisions: counted("decision"), closings: counted("closing") },
    ...{ skipped: counted("skipped"), ...(proofs > 0 && { proofs }) },
    sha256: `0x${createHash("sha256").update(body).digest("hex")}`,
  };
  return `${body}${canonicalText(end)}\n`;
}

let files = 0;

/** Writes a file into the folder; gives its path. */
export function fileIn(folder: string, text: string): string {
  files += 1;
  const path = join(folder, `export-${files}.jsonl`);
  writeFileSync(path, text);
  return path;
}

interface EntryLine extends Line {
  readonly entry: { readonly gatewayId: string };
}

/** The lines of a chain's file as a store would have them that serves that chain: without places, and the entries log by log. */
export function asOfStore([header, ...lines]: readonly Line[]): Line[] {
  const source = { kind: "store", driver: "http", durability: "final" };
  const placed: Line[] = lines
    .filter(({ kind }) => kind !== "closed")
    .map((line) => ("at" in line ? { ...line, at: null } : { ...line, chain: null }));
  const sessions = placed.flatMap((line, place) => (line.kind === "session" ? [place] : []));
  const ends = [...sessions.slice(1), placed.length];
  const inSessions = sessions.flatMap((start, number) => {
    const [session, ...rest] = placed.slice(start, ends[number]).filter(({ kind }) => kind !== "gateway");
    const entries = rest
      .filter((line): line is EntryLine => line.kind === "entry")
      .toSorted((one, other) =>
        one.entry.gatewayId < other.entry.gatewayId ? -1 : one.entry.gatewayId > other.entry.gatewayId ? 1 : 0,
      );
    return [session!, ...entries, ...rest.filter(({ kind }) => kind !== "entry")];
  });
  return [{ ...header!, source }, ...placed.filter(({ kind }) => kind === "gateway"), ...inSessions];
}
