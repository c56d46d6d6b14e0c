import type { Progress as AuditProgress } from "../audit/verify.ts";
import type { Progress } from "./output.ts";
import { createTicker } from "./ticker.ts";

const MINUTE_S = 60;
const UNITS: Readonly<Record<AuditProgress["stage"], string>> = {
  "reading events": "blocks",
  "checking sessions": "events",
  "comparing ledgers": "ledgers",
};

/** Says how far an audit has got, how fast it is, and how long this part of it still takes at that rate. */
export function createAuditProgress(
  progress: Progress,
  now: () => number = () => performance.now(),
): (audit: AuditProgress) => void {
  const tell = createTicker(progress, now);
  let began: { readonly stage: string; readonly at: number; readonly done: number } | undefined;
  return ({ stage, done, total }) => {
    if (began?.stage !== stage) began = { stage, at: now(), done };
    const { at, done: before } = began;
    tell(() => {
      const seconds = (now() - at) / 1_000;
      const rate = seconds > 0 ? (done - before) / seconds : 0;
      const left =
        rate > 0 ? `, ${Math.round(rate).toLocaleString("en")} a second, ${span((total - done) / rate)} left` : "";
      return `${stage}: ${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${UNITS[stage]}${left}`;
    });
  };
}

function span(seconds: number): string {
  return seconds < 2 * MINUTE_S ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / MINUTE_S)} min`;
}
