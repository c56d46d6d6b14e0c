import type { Finding, FindingCode } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { verify } from "../../src/audit/verify.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { Decision } from "../../src/entry/statements.ts";
import { RecordedReader, type Recording } from "../../test/support/recorded-reader.ts";

/** What the auditor must name: one of the classes, at this place. */
export interface Due {
  /** Empty: whatever it calls it. */
  readonly codes: readonly FindingCode[];
  readonly sessionId?: SessionId | undefined;
  readonly gatewayId?: GatewayId | undefined;
  /** Of the entry, where it is about one. */
  readonly index?: number | undefined;
  readonly block?: number | undefined;
  /** What the finding must say first, where it names nothing else that is sure. */
  readonly what?: string | undefined;
}

/** One thing that was done to evidence, and what must come of it. */
export interface Deed {
  /** Row of the table. */
  readonly row: string;
  /** What was done, so that it can be done again by hand. */
  readonly what: string;
  /** Each of them must be named. */
  readonly due: readonly Due[];
  /** What may be named beside, because it rests on what was done. */
  readonly may?: ((finding: Finding) => boolean) | undefined;
}

/** What a node, or whoever stands behind it, answers in place of the truth. */
export interface Mutation extends Deed {
  readonly recording: Recording;
  /** Answers of `decisionOf` that are not those of `sessionOf`. */
  readonly decisions?: ReadonlyMap<SessionId, Decision>;
}

/** What an audit says, as far as it is judged. */
export type Said = Pick<Verification, "verdict" | "findings">;

/** A deed with the audit that it is put to. */
export interface Trial extends Deed {
  readonly audit: () => Promise<Said>;
}

/** What came of one mutation. */
export interface Judgement {
  readonly found: boolean;
  /** Something names the right session, gateway and entry. */
  readonly rightPlace: boolean;
  /** In the right class, too. */
  readonly rightClass: boolean;
  /** Findings about what nothing was done to. */
  readonly blamed: readonly Finding[];
  readonly findings: readonly Finding[];
}

/** Answers as the mutation has them. */
export class DoctoredReader extends RecordedReader {
  readonly #decisions: ReadonlyMap<SessionId, Decision>;

  constructor({ recording, decisions = new Map() }: Pick<Mutation, "recording" | "decisions">) {
    super(recording);
    this.#decisions = decisions;
  }

  override async decisionOf(sessionId: SessionId): Promise<Decision> {
    return this.#decisions.get(sessionId) ?? super.decisionOf(sessionId);
  }
}

export function trialOf(mutation: Mutation): Trial {
  return { ...mutation, audit: () => verify(new DoctoredReader(mutation), { threads: 1 }) };
}

/** Whether all answers are the true ones again, as where a second lie takes back the first. */
export function isTruth(truth: Recording, { recording, decisions = new Map() }: Mutation): boolean {
  const { logs: _logs, ...heads } = truth;
  const { logs, ...others } = recording;
  const isSameLog = (log: RawLog, at: number): boolean => JSON.stringify(log) === JSON.stringify(truth.logs[at]);
  if (logs.length !== truth.logs.length || !logs.every((log, at) => log === truth.logs[at] || isSameLog(log, at)))
    return false;
  const plain = (answers: object) =>
    JSON.stringify(answers, (_, value: unknown) => (value instanceof Map ? [...value] : value));
  const isSameDecision = ([sessionId, decision]: [SessionId, Decision]): boolean =>
    truth.sessionWords.get(sessionId)?.decision === decision;
  return plain(heads) === plain(others) && [...decisions].every(isSameDecision);
}

/** @param mostOf Of so many things that must be named at least one; all of them unless given. */
export async function judge(trial: Trial, mostOf = trial.due.length): Promise<Judgement> {
  const { verdict, findings } = await trial.audit();
  const { due, may = () => false } = trial;
  const places = due.filter((each) => findings.some((finding) => isAt(each, finding)));
  const named = due.filter((each) => findings.some((finding) => isAt(each, finding) && isOfClass(each, finding)));
  const blamed = findings.filter((finding) => !due.some((each) => covers(each, finding)) && !may(finding));
  return {
    found: verdict === "findings",
    rightPlace: places.length >= mostOf,
    rightClass: named.length >= mostOf,
    blamed,
    findings,
  };
}

/** What the first thing that is due was called, or would have had to be. */
export function codeOf({ due: [due] }: Deed, { findings }: Judgement): FindingCode | undefined {
  if (due === undefined) return undefined;
  return findings.find((finding) => isAt(due, finding) && isOfClass(due, finding))?.code ?? due.codes[0];
}

export function isSound({ found, rightPlace, rightClass, blamed }: Judgement): boolean {
  return found && rightPlace && rightClass && blamed.length === 0;
}

function isOfClass({ codes }: Due, { code }: Finding): boolean {
  return codes.length === 0 || codes.includes(code);
}

function isAt({ sessionId, gatewayId, index, block, what = "" }: Due, finding: Finding): boolean {
  return (
    (sessionId === undefined || finding.sessionId === sessionId) &&
    (gatewayId === undefined || finding.gatewayId === gatewayId) &&
    (index === undefined || finding.index === index) &&
    (block === undefined || finding.block === block) &&
    finding.what.startsWith(what)
  );
}

/** Whether the finding is about the same thing: the entry itself, or its session or gateway as a whole. */
function covers(due: Due, finding: Finding): boolean {
  if (finding.sessionId !== (due.sessionId ?? null)) return false;
  if (finding.index !== null && finding.index !== due.index) return false;
  const isSameGateway =
    finding.gatewayId === null || due.gatewayId === undefined || finding.gatewayId === due.gatewayId;
  return isSameGateway || finding.index === null;
}
