import type { Mark } from "../../src/protocol/marks.ts";
import { legalNext, type Role } from "../../src/protocol/order.ts";
import type { Standing } from "../../src/protocol/recovery-row.ts";
import type { Register } from "../support/world-facts.ts";
import type { Line } from "./folded.ts";
import { COMMITTED, lineTo, otherRole } from "./lines.ts";

/** Refused entries of an own log, behind which it only rolls back; and the votes that may follow. */
const REFUSING: Readonly<Record<Role, readonly Mark[]>> = {
  origin: [],
  destination: ["fail-proposal", "fail-lock-assert"],
};
/** Where a rollback begins whose whole course is gone through; from elsewhere only its first entry. */
const ROLLED_BACK_FROM: readonly (Mark | undefined)[] = [
  ...(["init-setup", "exec-lock", "done-prepare", "exec-burn", "done-burn", "init-commit-final"] as const),
  ...(["exec-setup", "ack-lock-assert", "exec-mint", "ack-prepare", "fail-assign"] as const),
];

/** Every way through the legal order of a role that a gateway may have gone: one log for each last entry of each way. */
export function logsOf(role: Role): readonly (readonly Line[])[] {
  const logs: Line[][] = [];
  const visit = (log: readonly Line[], last: Mark | undefined): void => {
    logs.push([...log]);
    for (const mark of followers(role, log, last))
      for (const line of variantsOf(mark, log)) visit([...log, line], mark);
  };
  visit([], undefined);
  return logs;
}

function followers(role: Role, log: readonly Line[], last: Mark | undefined): readonly Mark[] {
  const legal = legalNext(role, last);
  if (last === "init-rollback" && !ROLLED_BACK_FROM.includes(markOf(log.at(-2)))) return [];
  const isAnswered = last?.startsWith("ack-") === true;
  const isRefused = log.at(-1) === "ack-prepare!" || REFUSING[role].some((mark) => log.includes(mark));
  return isAnswered && isRefused ? legal.filter((mark) => mark.includes("rollback")) : legal;
}

/** YES stands on a mint. */
function variantsOf(mark: Mark, log: readonly Line[]): readonly Line[] {
  if (mark !== "ack-prepare") return [mark];
  return log.includes("done-mint") ? ["ack-prepare", "ack-prepare!"] : ["ack-prepare!"];
}

function markOf(line: Line | undefined): Mark | undefined {
  return typeof line === "string" ? (line.replace("!", "") as Mark) : line?.mark;
}

/** What an own entry rests on in the peer's log; a refusal on the refusing answer. */
const NEEDS: Readonly<Record<Role, Partial<Record<Mark, Mark>>>> = {
  origin: {
    "init-proposal": "ack-setup",
    "done-proposal": "ack-proposal",
    "fail-proposal": "ack-proposal",
    "done-commence": "ack-commence",
    "done-lock-assert": "ack-lock-assert",
    "fail-lock-assert": "ack-lock-assert",
    "done-prepare": "ack-prepare",
    "fail-prepare": "ack-prepare",
  },
  destination: {
    "exec-setup": "init-setup",
    "exec-proposal": "init-proposal",
    "exec-commence": "init-commence",
    "exec-lock-assert": "init-lock-assert",
    "exec-prepare": "init-prepare",
    "exec-commit-final": "done-burn",
  },
};

/** What the peer may have answered to the last message. */
const ANSWERS: Readonly<Record<Role, Partial<Record<Mark, readonly Line[]>>>> = {
  origin: {
    "init-setup": ["ack-setup"],
    "init-proposal": ["ack-proposal", "ack-proposal!"],
    "init-commence": ["ack-commence"],
    "init-lock-assert": ["ack-lock-assert", "ack-lock-assert!"],
    "init-prepare": ["ack-prepare", "ack-prepare!"],
    "init-commit-final": ["ack-commit-final"],
  },
  destination: {
    "ack-setup": ["init-proposal"],
    "ack-proposal": ["init-commence"],
    "ack-commence": ["init-lock-assert"],
    "ack-lock-assert": ["init-prepare"],
    "ack-prepare": ["init-commit-final"],
    "ack-commit-final": ["init-complete"],
  },
};

/** The least that the own log says of the peer's. */
function leastOf(role: Role, own: readonly Line[]): readonly Line[] {
  const last = own.findLast((line) => NEEDS[role][markOf(line)!] !== undefined);
  const mark = markOf(last);
  if (mark === undefined) return [];
  const line: readonly Line[] = lineTo(otherRole(role), NEEDS[role][mark]!);
  return role === "origin" && mark.startsWith("fail-") ? [...line.slice(0, -1), `${markOf(line.at(-1))!}!`] : line;
}

/** Logs of the peer's beside this own log in which it stands to this side as said: as short, and as long, as they can be. */
export function peersOf(role: Role, register: Register, own: readonly Line[], standing: Standing): readonly Line[][] {
  const least = [...leastOf(role, own)];
  const peer = otherRole(role);
  if (standing === "ROLLED_BACK") {
    const end = least.findLastIndex((line) => legalNext(peer, markOf(line)).includes("init-rollback"));
    return [[...least.slice(0, end + 1), "init-rollback"]];
  }
  if (standing === "COMMITTED") return [[...lineTo("origin", "init-commit-final")]];
  const message = own.findLast((line) => ANSWERS[role][markOf(line)!] !== undefined);
  const answers = (message === undefined ? undefined : ANSWERS[role][markOf(message)!]) ?? [];
  const longer = answers
    .filter((answer) => message !== "ack-prepare!" && COMMITTED[peer].indexOf(markOf(answer)!) >= least.length)
    .map((answer): Line[] => [...lineTo(peer, markOf(answer)!).slice(0, -1), answer]);
  // Where the destination is the register, a burn that was announced makes another standing of it.
  const isApart = role === "destination" && register === "destination" && own.at(-1) === "ack-prepare";
  return isApart ? [least] : [least, ...longer];
}
