import type { LedgerAction } from "../../src/protocol/state.ts";
import type { Bounds } from "./bounds.ts";
import { fullTakeovers, quickTakeovers } from "./takeover-runs.ts";

const REFUSABLE: readonly LedgerAction[] = ["lock", "burn", "mint", "unlock", "cancel", "recreate", "assign"];
const MAX_STATES = 2_000_000;
const MAX_STATES_FULL = 60_000_000;

/** Nothing goes wrong but that everybody is slow: messages and transactions come late, and the deadline passes. */
const CALM = {
  register: "log",
  steps: "burst",
  appends: "sent",
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
  takeovers: { origin: 0, destination: 0 },
  maxStates: MAX_STATES,
} as const satisfies Omit<Bounds, "name" | "why">;

/** A private log is written by its writer alone: what is appended is in it. */
const PRIVATE = { ...CALM, register: "destination", appends: "atomic" } as const;

const FAULTS = {
  crashes: Infinity,
  refusals: REFUSABLE,
  no: true,
  wishes: true,
  losses: true,
  expiries: true,
} as const satisfies Partial<Bounds>;

const FEW_FAULTS = { crashes: Infinity, losses: true } as const satisfies Partial<Bounds>;

/** With `npm test`: seconds. Together they meet every possible row of the recovery table. */
export const QUICK_RUNS: readonly Bounds[] = [
  { ...CALM, name: "log", why: "every fault at once, and any number of crashes", ...FAULTS },
  {
    ...CALM,
    name: "log-recovery",
    why: "a crash, and the handshake behind it",
    crashes: 1,
    handshake: true,
    losses: true,
  },
  {
    ...CALM,
    name: "log-suspicion",
    why: "either takes the other for crashed, and finds it again",
    suspicion: "definite",
    losses: true,
  },
  {
    ...CALM,
    name: "log-disks",
    why: "a disk is lost in the middle of an append",
    crashes: Infinity,
    lostDisks: true,
    no: true,
  },
  { ...CALM, name: "log-reorg", why: "one reorganisation above finality", ...FEW_FAULTS, reorgs: 1 },
  {
    ...CALM,
    name: "log-gone",
    why: "either gateway, or both, gone for good: the rest by certificates",
    ...FEW_FAULTS,
    no: true,
    gone: "both",
  },
  ...quickTakeovers("log", CALM),
  { ...PRIVATE, name: "private", why: "every fault at once, and any number of crashes", ...FAULTS },
  {
    ...PRIVATE,
    name: "private-recovery",
    why: "a crash, and the handshake behind it",
    crashes: 1,
    handshake: true,
    losses: true,
  },
  {
    ...PRIVATE,
    name: "private-suspicion",
    why: "either takes the other for crashed, and finds it again",
    suspicion: "definite",
    losses: true,
  },
  { ...PRIVATE, name: "private-reorg", why: "one reorganisation above finality", ...FEW_FAULTS, reorgs: 1 },
  {
    ...PRIVATE,
    name: "private-gone",
    why: "either gateway, or both, gone for good: the rest by the clocks",
    ...FEW_FAULTS,
    expiries: true,
    gone: "both",
  },
  ...quickTakeovers("private", PRIVATE),
];

/** Small worlds, to take a safeguard from. */
export const CALM_RUN: Bounds = { ...CALM, name: "calm", why: "everybody is slow, and nothing fails" };

/** `npm run explore`: about a hundred million states, and some gigabytes of memory. */
export const FULL_RUNS: readonly Bounds[] = (
  [
    { ...CALM, name: "log", why: "every fault at once, and any number of crashes", ...FAULTS },
    {
      ...CALM,
      name: "log-single",
      why: "the same, every reading a step of its own",
      ...FAULTS,
      steps: "single",
      appends: "atomic",
    },
    {
      ...CALM,
      name: "log-disks",
      why: "disks are lost in the middle of an append, and logs read entry by entry",
      ...FAULTS,
      lostDisks: true,
      piecemeal: true,
    },
    {
      ...CALM,
      name: "log-recovery",
      why: "a crash among all faults, and the handshake behind it",
      ...FAULTS,
      crashes: 1,
      handshake: true,
    },
    {
      ...CALM,
      name: "log-recovery-twice",
      why: "two crashes, the second also in the handshake behind the first",
      appends: "atomic",
      crashes: 2,
      handshake: true,
      losses: true,
      no: true,
    },
    {
      ...CALM,
      name: "log-suspicion",
      why: "a crash, and either takes the other for crashed, step by step, and finds it again",
      appends: "atomic",
      crashes: 1,
      losses: true,
      no: true,
      suspicion: "graded",
    },
    { ...CALM, name: "log-reorg", why: "one reorganisation above finality, among all faults", ...FAULTS, reorgs: 1 },
    {
      ...CALM,
      name: "log-gone",
      why: "either gateway, or both, gone for good: the rest by certificates",
      ...FAULTS,
      gone: "both",
    },
    {
      ...CALM,
      name: "log-gone-reorg",
      why: "either gateway gone for good, and one reorganisation above finality",
      ...FEW_FAULTS,
      reorgs: 1,
      gone: "one",
    },
    ...fullTakeovers("log", CALM, FAULTS),
    { ...PRIVATE, name: "private", why: "every fault at once, logs read entry by entry", ...FAULTS, piecemeal: true },
    {
      ...PRIVATE,
      name: "private-single",
      why: "the same, every reading a step of its own",
      ...FAULTS,
      steps: "single",
    },
    {
      ...PRIVATE,
      name: "private-recovery",
      why: "a crash among all faults, and the handshake behind it",
      ...FAULTS,
      crashes: 1,
      handshake: true,
    },
    {
      ...PRIVATE,
      name: "private-recovery-twice",
      why: "two crashes, the second also in the handshake behind the first",
      crashes: 2,
      handshake: true,
      losses: true,
    },
    {
      ...PRIVATE,
      name: "private-suspicion",
      why: "a crash, and either takes the other for crashed, step by step, and finds it again",
      crashes: 1,
      losses: true,
      no: true,
      suspicion: "graded",
    },
    { ...PRIVATE, name: "private-reorg", why: "one reorganisation above finality", ...FAULTS, reorgs: 1 },
    {
      ...PRIVATE,
      name: "private-gone",
      why: "either gateway, or both, gone for good: the rest by the clocks",
      ...FAULTS,
      gone: "both",
    },
    ...fullTakeovers("private", PRIVATE, FAULTS),
  ] satisfies readonly Bounds[]
).map((run) => ({ ...run, maxStates: MAX_STATES_FULL }));
