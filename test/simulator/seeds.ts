/**
 * Seeds that found something, with what it was; run before all others. What a seed brings about changes with the code, so each is
 * kept for the fault that it was found with, not for a promise to find it again.
 */
export const FOUND: readonly (readonly [seed: number, what: string])[] = [
  [314, "a former primary tells an outcome by what it had folded, of a session that its successor has ended"],
  [991, "a backup believes a node that is behind what its group's log calls final"],
  [1_093, "a former primary halts for a log that its successor has gone on with"],
  [4_967, "a peer never gets the end of a log that a former primary had closed"],
];
