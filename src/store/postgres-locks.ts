import { createHash } from "node:crypto";

/** Advisory locks are pairs of numbers that all programs of a database share. Ours begin with one of these ("glog", "glos"). */
const CLASSES = { schema: 0x67_6c_6f_67, opening: 0x67_6c_6f_73 } as const;

/** Two names of one number cost whoever takes them a wait, and nothing else. */
export function advisoryLock(of: keyof typeof CLASSES, ...names: readonly string[]): [number, number] {
  return [CLASSES[of], createHash("sha256").update(names.join(" ")).digest().readInt32BE(0)];
}
