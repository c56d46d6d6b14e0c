import { isGatelogError, type GatelogError } from "../entry/errors.ts";
import { visibleJson, visibleLines } from "../entry/visible.ts";

/** Exit codes of every command: done and sound; done and the answer is bad; not done or not known. */
export const EXIT = { sound: 0, bad: 1, unknown: 2 } as const;
/** Of a verdict of the auditor. */
export const EXIT_OF = { sound: EXIT.sound, findings: EXIT.bad, "could-not-tell": EXIT.unknown } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command has to say: people read `text`, machines read `json` (`--json`: one document on standard output). */
export interface Answer {
  readonly exit: ExitCode;
  readonly text: string;
  readonly json: unknown;
}

/** Progress goes to standard error, so that standard output stays one answer. */
export type Progress = (line: string) => void;

export function createProgress(options: { readonly quiet: boolean }): Progress {
  return options.quiet ? () => undefined : (line) => void process.stderr.write(`${onTerminal(line)}\n`);
}

export function printAnswer(answer: Answer, options: { readonly json: boolean }): void {
  process.stdout.write(`${options.json ? jsonText(answer.json) : onTerminal(answer.text)}\n`);
  process.exitCode = answer.exit;
}

/** A failed command: the code is stable, the sentence says what to do. */
export function printFailure(error: unknown, options: { readonly json: boolean }): void {
  const { code, message, context } = describe(error);
  if (options.json) process.stdout.write(`${jsonText({ error: { code, message, context } })}\n`);
  process.stderr.write(`gatelog: ${code}: ${onTerminal(message)}\n${hintFor(error)}`);
  process.exitCode = EXIT.unknown;
}

function describe(error: unknown): { code: string; message: string; context: object } {
  if (isGatelogError(error)) return { code: error.code, message: error.message, context: error.context };
  return {
    code: "INTERNAL",
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    context: {},
  };
}

const HINTS: Partial<Record<GatelogError["code"], string>> = {
  NODE_UNREACHABLE: "Is the node running, and is the URL right?",
  WRONG_CHAIN: "The URL leads to another chain than the one expected; nothing was done.",
  CHAIN_IDENTITY_CHANGED: "The node lost or replaced its chain; nothing is done until an operator has looked.",
  PEER_UNREACHABLE: "Is the gateway running, and is the URL right?",
  STORE_UNAVAILABLE: "Is the log API running, and is the URL right?",
  UNMAPPED_TOKEN: "The escrow's administrator maps tokens: gatelog deploy map --help",
};

function hintFor(error: unknown): string {
  const hint = isGatelogError(error) ? HINTS[error.code] : undefined;
  return hint ? `         ${hint}\n` : "";
}

/**
 * The last line of defence: whatever was put into a text, the terminal obeys none of it. That one line cannot pass for two is up to whoever
 * makes the text, since here a line feed is a line's end.
 */
function onTerminal(text: string): string {
  return visibleLines(text.split("\n"));
}

function jsonText(value: unknown): string {
  return visibleJson(JSON.stringify(value, jsonReady, 2));
}

function jsonReady(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
