import type { Bounds } from "./bounds.ts";

type Calm = Omit<Bounds, "name" | "why">;

const BOTH = { origin: 1, destination: 1 } as const;
const TWO_BACKUPS = { origin: 2, destination: 2 } as const;

/** With `npm test`. */
export function quickTakeovers(logs: "log" | "private", calm: Calm): Bounds[] {
  return [
    {
      ...calm,
      name: `${logs}-takeover`,
      why: "a backup takes over on either side, or both, and the former primaries go on",
      losses: true,
      takeovers: BOTH,
    },
    {
      ...calm,
      name: `${logs}-takeover-race`,
      why: "a second backup takes over right behind the first",
      takeovers: { origin: 2, destination: 0 },
    },
    {
      ...calm,
      name: `${logs}-takeover-refused`,
      why: "the origin is taken over, and the destination refuses: a world without a fence is small enough here, too",
      appends: "atomic",
      deadline: false,
      no: true,
      takeovers: { origin: 1, destination: 0 },
    },
  ];
}

/** With `npm run explore`. Either group, or both, at any time; a former primary may send for ever what its log allows. */
export function fullTakeovers(logs: "log" | "private", calm: Calm, faults: Partial<Bounds>): Bounds[] {
  return [
    {
      ...calm,
      name: `${logs}-takeover`,
      why: "a takeover of either side, or both, among all faults and any number of crashes",
      ...faults,
      takeovers: BOTH,
    },
    {
      ...calm,
      name: `${logs}-takeover-race`,
      why: "two backups one behind the other, on either side, or both",
      losses: true,
      no: true,
      takeovers: TWO_BACKUPS,
    },
    {
      ...calm,
      name: `${logs}-takeover-recovery`,
      why: "a takeover of either side, or both, and the handshakes behind them",
      appends: "atomic",
      handshake: true,
      losses: true,
      takeovers: BOTH,
    },
    {
      ...calm,
      name: `${logs}-takeover-reorg`,
      why: "a takeover of either side, or both, and one reorganisation above finality",
      crashes: Infinity,
      losses: true,
      reorgs: 1,
      takeovers: BOTH,
    },
    {
      ...calm,
      name: `${logs}-takeover-gone`,
      why: "a takeover of either side, or both, and then either group gone for good",
      ...faults,
      gone: "one",
      takeovers: BOTH,
    },
  ];
}
