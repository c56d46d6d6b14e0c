import type { Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";

/** docs/PROTOCOL.md, "Legal order", along its main line: what each gateway writes in a session that is committed. */
export const COMMITTED: Readonly<Record<Role, readonly Mark[]>> = {
  origin: [
    ...(["init-setup", "init-proposal", "done-proposal", "init-commence", "done-commence"] as const),
    ...(["init-lock", "exec-lock", "done-lock", "init-lock-assert", "done-lock-assert"] as const),
    ...(["init-prepare", "done-prepare", "init-burn", "exec-burn", "done-burn"] as const),
    ...(["init-commit-final", "done-commit-final", "exec-record", "done-record", "init-complete"] as const),
  ],
  destination: [
    ...(["exec-setup", "done-setup", "ack-setup", "exec-proposal", "done-proposal", "ack-proposal"] as const),
    ...(["exec-commence", "done-commence", "ack-commence"] as const),
    ...(["exec-lock-assert", "done-lock-assert", "ack-lock-assert"] as const),
    ...(["exec-prepare", "init-mint", "exec-mint", "done-mint", "ack-prepare"] as const),
    ...(["exec-commit-final", "init-assign", "exec-assign", "done-assign", "ack-commit-final"] as const),
    ...(["exec-complete", "done-complete"] as const),
  ],
};

export function otherRole(role: Role): Role {
  return role === "origin" ? "destination" : "origin";
}

/** The main line up to this entry, and with it. */
export function lineTo(role: Role, mark: Mark): readonly Mark[] {
  const at = COMMITTED[role].indexOf(mark);
  if (at === -1) throw new Error(`${mark} is not on the main line of the ${role}`);
  return COMMITTED[role].slice(0, at + 1);
}
