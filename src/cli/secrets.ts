import { closeSync, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { GatelogError } from "../entry/errors.ts";
import { toHex, type Hex } from "../entry/hex.ts";
import { keySigner, type DigestSigner } from "../entry/signature.ts";
import { resolveFrom } from "./config.ts";
import type { KeySource } from "./config-values.ts";

// What must not be known to others: none of it ever appears in an error. INVALID_CONFIG, with `where`, if it cannot be had.

/** 32 bytes as hex, with or without 0x, from a file or an environment variable. */
export function readKey(source: KeySource, configFile: string, env: NodeJS.ProcessEnv): Hex {
  const { where, text } = readSource(source, configFile, env);
  const digits = text.trim().replace(/^0x/, "").toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) throw wrong(where, "holds no private key: 32 bytes as hex are expected");
  return toHex(`0x${digits}`);
}

export function readSigner(source: KeySource, configFile: string, env: NodeJS.ProcessEnv): DigestSigner {
  return keySigner(readKey(source, configFile, env));
}

/** A password, without the end of its line. */
export function readPassword(source: KeySource, configFile: string, env: NodeJS.ProcessEnv): string {
  const { where, text } = readSource(source, configFile, env);
  const password = text.replace(/\r?\n$/, "");
  if (password === "") throw wrong(where, "holds no password");
  return password;
}

/** A PEM file. @param isSecret Of a private key. */
export function readPem(file: string, configFile: string, isSecret: boolean): string {
  return readText(resolveFrom(configFile, file), isSecret);
}

function readSource(source: KeySource, configFile: string, env: NodeJS.ProcessEnv) {
  if ("file" in source) {
    const where = resolveFrom(configFile, source.file);
    return { where, text: readText(where, true) };
  }
  const where = `the variable ${source.env}`;
  const text = env[source.env];
  if (text === undefined) throw wrong(where, "is not set");
  return { where, text };
}

/** The rule and the reading are about one file, whatever is put in its place meanwhile. */
function readText(file: string, isSecret: boolean): string {
  const descriptor = reading(file, () => openSync(file, "r"));
  try {
    const exposure = isSecret
      ? exposureOf(
          file,
          reading(file, () => fstatSync(descriptor)),
        )
      : null;
    if (exposure !== null) throw wrong(file, exposure);
    return reading(file, () => readFileSync(descriptor, "utf8"));
  } finally {
    closeSync(descriptor);
  }
}

/** Bits of a file's mode: what its group and all others may do, and reading by the group. */
const OTHERS = 0o077;
const GROUP_READS = 0o040;
const PERMISSIONS = 0o777;
const ROOT = 0;

/**
 * PostgreSQL's rule for its keys: the account's own with mode 600 or less, or root's with 640 or less. Where files have no owner
 * and mode (Windows) its access list is the operator's care.
 */
function exposureOf(file: string, stats: Stats): string | null {
  const account = process.geteuid?.();
  if (account === undefined || !stats.isFile()) return null;
  const { uid, mode } = stats;
  if (uid !== account && uid !== ROOT)
    return `belongs to another account (${uid}), which can change it: give it to this one with chown ${account} ${file}`;
  const forbidden = uid === account ? OTHERS : OTHERS & ~GROUP_READS;
  if ((mode & forbidden) === 0) return null;
  return `can be read or changed by other accounts (mode ${(mode & PERMISSIONS).toString(8)}): chmod 600 ${file}`;
}

function reading<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw wrong(file, isMissing ? "is not there" : `cannot be read: ${reason}`, cause);
  }
}

function wrong(where: string, what: string, cause?: unknown): GatelogError {
  return new GatelogError("INVALID_CONFIG", `${where} ${what}`, { where }, cause === undefined ? undefined : { cause });
}
