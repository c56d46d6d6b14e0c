import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import type { Finding } from "../findings.ts";
import type { AuditReader, BlockInfo } from "../reading/reader.ts";
import type { Verification } from "../verification.ts";

/** What is told of a watch, as it happens. */
export type WatchEvent =
  /** A run has come to its end, or has findings whatever it could not read: then a failure follows. `isNews`: entries, sessions, decisions, keys or anchors are new, or findings, or its verdict is another than before. */
  | {
      readonly type: "run";
      readonly verification: Verification;
      readonly block: BlockInfo;
      readonly durationMs: number;
      /** Of what is found, what the run before had not. */
      readonly newFindings: readonly Finding[];
      readonly isNews: boolean;
    }
  /** Nothing is final that was not audited. */
  | { readonly type: "idle"; readonly block: BlockInfo }
  /** No run, or one that could not tell: nothing is known of what is new. */
  | { readonly type: "failure"; readonly error: GatelogError; readonly pauseMs: number };

export interface WatchOptions {
  readonly everyMs: number;
  readonly signal: AbortSignal;
  /** Ends the watch with the first run that has findings. */
  readonly endOnFinding?: boolean;
  readonly onEvent: (event: WatchEvent) => void;
  /** Resolves sooner if the watch is to end. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly now?: () => number;
}

/** Longest pause after failures; each doubles it. */
const MAX_PAUSE_MS = 60_000;

/**
 * Audits again and again what has become final since, until it is told to end. A node that fails is asked again, with longer pauses; until
 * it answers nothing is said to be sound. What is found is found again in each run, and told once.
 *
 * @param audit One run, on from where the one before it ended.
 * @returns The last run that came to its end.
 */
export async function watch(
  reader: Pick<AuditReader, "anchor" | "blockOf">,
  audit: () => Promise<Verification>,
  options: WatchOptions,
): Promise<Verification | undefined> {
  const { everyMs, signal, onEvent, sleep = sleepUntil, now = () => performance.now() } = options;
  const watched = new Watched(onEvent);
  let failures = 0;
  while (!signal.aborted) {
    let pauseMs = everyMs;
    try {
      const { block } = await reader.anchor();
      if (watched.isKnown(block)) onEvent({ type: "idle", block });
      else {
        const start = now();
        const verification = await audit();
        if (verification.verdict !== "could-not-tell") {
          const { number } = verification.trusted.block;
          const audited = number === block.number ? block : await reader.blockOf(number);
          watched.take(verification, audited, now() - start);
        }
        if (options.endOnFinding === true && verification.verdict === "findings") break;
        requireTold(verification);
      }
      failures = 0;
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      // What is interrupted fails, and is no news.
      if (isAborted(signal)) break;
      failures += 1;
      pauseMs = Math.min(Math.max(MAX_PAUSE_MS, everyMs), everyMs * 2 ** failures);
      onEvent({ type: "failure", error, pauseMs });
    }
    await sleep(pauseMs, signal);
  }
  return watched.last;
}

/** What could not be read is a failure here, beside findings too: it is tried again. */
function requireTold({ verdict, unread }: Verification): void {
  if (verdict !== "could-not-tell" && unread.length === 0) return;
  const [first] = unread;
  const message = first === undefined ? "the run could not tell" : `${first.what}: ${first.message}`;
  throw new GatelogError(first?.code ?? "NODE_UNREACHABLE", message, { unread: unread.length });
}

/** Once more: whoever has just seen that it was not may look again later. */
function isAborted({ aborted }: AbortSignal): boolean {
  return aborted;
}

class Watched {
  readonly #onEvent: WatchOptions["onEvent"];
  #last: Verification | undefined;
  #found: ReadonlySet<string> = new Set();

  constructor(onEvent: WatchOptions["onEvent"]) {
    this.#onEvent = onEvent;
  }

  get last(): Verification | undefined {
    return this.#last;
  }

  isKnown({ number, hash }: BlockInfo): boolean {
    if (this.#last === undefined || this.#last.unread.length > 0) return false;
    const { block } = this.#last.trusted;
    return block.number === number && block.hash === hash;
  }

  take(verification: Verification, block: BlockInfo, durationMs: number): void {
    const keys = verification.findings.map((finding) => JSON.stringify(finding));
    const newFindings = verification.findings.filter((_, place) => !this.#found.has(keys[place] ?? ""));
    const isNews = newFindings.length > 0 || this.#last === undefined || sizeOf(this.#last) !== sizeOf(verification);
    this.#found = new Set(keys);
    this.#last = verification;
    this.#onEvent({ type: "run", verification, block, durationMs, newFindings, isNews });
  }
}

/** What a run has read, in numbers that the checkpoint between two runs leaves as they are. */
function sizeOf({ verdict, entries, anchors, refused, sessions, earlier, trusted }: Verification): string {
  const keys = trusted.gateways.reduce((sum, gateway) => sum + gateway.keys.length, 0);
  // Those of the earlier run that are not looked at again are settled: closed, and decided where they have a register.
  const settled = earlier?.sessions ?? 0;
  const closed = settled + sessions.filter((session) => session.closed).length;
  const decided = settled + sessions.filter(({ decision, head }) => head.settled || decision !== "NONE").length;
  const of = { verdict, entries, anchors, refused, keys, sessions: settled + sessions.length, closed, decided };
  return JSON.stringify(of);
}

function sleepUntil(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
