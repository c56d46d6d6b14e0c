import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";
import { GatelogError, type ErrorCode } from "../entry/errors.ts";
import { parseAs } from "../entry/parse.ts";

/** The file's JSON, undefined if there is no such file; `code` for one that cannot be read or is not what is expected. */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>, code: ErrorCode): T | undefined {
  if (!existsSync(file)) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new GatelogError(code, `${file} cannot be read as JSON: ${reasonOf(cause)}`, { file }, { cause });
  }
  return parseAs(schema, document, code, file);
}

/** Writes JSON, and the folder if there is none; INVALID_CONFIG if the place cannot be written to. */
export function writeJsonFile(file: string, value: unknown, options: { readonly mode?: number } = {}): void {
  makeFolder(dirname(file));
  try {
    writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, options);
  } catch (cause) {
    throw new GatelogError("INVALID_CONFIG", `${file} cannot be written: ${reasonOf(cause)}`, { file }, { cause });
  }
}

/** INVALID_CONFIG if there can be no such folder. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new GatelogError("INVALID_CONFIG", `${folder} cannot be a folder: ${reasonOf(cause)}`, { folder }, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
