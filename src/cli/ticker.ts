import type { Progress } from "./output.ts";

/** Work that is done sooner says nothing on its way. */
const QUIET_MS = 2_000;

/** Says how far long work has got: not before two seconds, and then every two. To be called as often as anything is done. */
export function createTicker(
  progress: Progress,
  now: () => number = () => performance.now(),
): (text: () => string) => void {
  let next = now() + QUIET_MS;
  return (text) => {
    if (now() < next) return;
    next = now() + QUIET_MS;
    progress(text());
  };
}
