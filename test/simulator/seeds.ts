/**
 * Seeds that found something, with what it was; run before all others. What a seed brings about changes with the code, so each is
 * kept for the fault that it was found with, not for a promise to find it again.
 */
export const FOUND: readonly (readonly [seed: number, what: string])[] = [];
