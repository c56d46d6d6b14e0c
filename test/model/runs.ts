import type { LedgerAction } from "../../src/protocol/state.ts";
import type { Bounds } from "./bounds.ts";

/** What one exploration allows, beyond what all do. */
type Run = Pick<Bounds, "name" | "why" | "register"> & Partial<Bounds>;

const REFUSABLE: readonly LedgerAction[] = ["lock", "burn", "mint", "unlock", "cancel", "recreate", "assign"];
const MAX_STATES_QUICK = 2_000_000;
const MAX_STATES_FULL = 150_000_000;

/** Nothing goes wrong but that gateways are slow, messages late, and transactions mined late. */
const CALM = {
  steps: "burst",
  crashes: 0,
  lostDisks: false,
  piecemeal: false,
  handshake: false,
  refusals: [],
  no: false,
  wishes: false,
  deadline: true,
  suspicion: "none",
  losses: false,
  expiries: false,
  reorgs: 0,
  gone: "nobody",
  maxStates: MAX_STATES_QUICK,
} as const satisfies Partial<Bounds>;

const FAULTS = {
  crashes: Infinity,
  refusals: REFUSABLE,
  no: true,
  wishes: true,
  losses: true,
  expiries: true,
} as const satisfies Partial<Bounds>;

/** With `npm test`: seconds. Together they meet every possible row of the recovery table. */
export const QUICK_RUNS: readonly Bounds[] = [
  quick({ name: "log", why: "every fault at once, and any number of crashes", register: "log", ...FAULTS }),
  quick({
    name: "log-recovery",
    why: "a crash, and the handshake behind it",
    register: "log",
    crashes: 1,
    handshake: true,
    losses: true,
  }),
  quick({
    name: "log-suspicion",
    why: "either takes the other for crashed, step by step, and finds it again",
    register: "log",
    suspicion: "definite",
    losses: true,
  }),
  quick({
    name: "log-disks",
    why: "a disk is lost in the middle of an append",
    register: "log",
    crashes: Infinity,
    lostDisks: true,
    no: true,
  }),
  quick({
    name: "log-reorg",
    why: "one reorganisation above finality",
    register: "log",
    crashes: Infinity,
    losses: true,
    reorgs: 1,
  }),
  quick({
    name: "log-gone",
    why: "either gateway, or both, gone for good; the rest by certificates",
    register: "log",
    crashes: Infinity,
    losses: true,
    no: true,
    gone: "both",
  }),
  quick({
    name: "private",
    why: "private logs: every fault at once, and any number of crashes",
    register: "destination",
    ...FAULTS,
  }),
  quick({
    name: "private-recovery",
    why: "private logs: a crash, and the handshake behind it",
    register: "destination",
    crashes: 1,
    handshake: true,
    losses: true,
  }),
  quick({
    name: "private-suspicion",
    why: "private logs: either takes the other for crashed",
    register: "destination",
    suspicion: "definite",
    losses: true,
  }),
  quick({
    name: "private-reorg",
    why: "private logs: one reorganisation above finality",
    register: "destination",
    crashes: Infinity,
    losses: true,
    reorgs: 1,
  }),
  quick({
    name: "private-gone",
    why: "private logs: either gateway, or both, gone for good; the rest by the clocks",
    register: "destination",
    crashes: Infinity,
    losses: true,
    expiries: true,
    gone: "both",
  }),
];

/** `npm run explore`: hours. */
export const FULL_RUNS: readonly Bounds[] = [];

function quick(run: Run): Bounds {
  return { ...CALM, ...run };
}
