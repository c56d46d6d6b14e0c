import type { Finding, FindingCode } from "../../src/audit/findings.ts";
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
}

/** What a node, or whoever stands behind it, answers in place of the truth. */
export interface Mutation {
  /** Row of the table. */
  readonly row: string;
  /** What was done, so that it can be done again by hand. */
  readonly what: string;
  readonly recording: Recording;
  /** Answers of `decisionOf` that are not those of `sessionOf`. */
  readonly decisions?: ReadonlyMap<SessionId, Decision>;
  /** Each of them must be named. */
  readonly due: readonly Due[];
  /** What may be named beside, because it rests on what was done. */
  readonly may?: (finding: Finding) => boolean;
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

class DoctoredReader extends RecordedReader {
  readonly #decisions: ReadonlyMap<SessionId, Decision>;

  constructor({ recording, decisions = new Map() }: Mutation) {
    super(recording);
    this.#decisions = decisions;
  }

  override async decisionOf(sessionId: SessionId): Promise<Decision> {
    return this.#decisions.get(sessionId) ?? super.decisionOf(sessionId);
  }
}

/** @param mostOf Of so many things that must be named at least one; all of them unless given. */
export async function judge(mutation: Mutation, mostOf = mutation.due.length): Promise<Judgement> {
  const { verdict, findings }: Verification = await verify(new DoctoredReader(mutation), { threads: 1 });
  const { due, may = () => false } = mutation;
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

export function isSound({ found, rightPlace, rightClass, blamed }: Judgement): boolean {
  return found && rightPlace && rightClass && blamed.length === 0;
}

function isOfClass({ codes }: Due, { code }: Finding): boolean {
  return codes.length === 0 || codes.includes(code);
}

function isAt({ sessionId, gatewayId, index }: Due, finding: Finding): boolean {
  return (
    (sessionId === undefined || finding.sessionId === sessionId) &&
    (gatewayId === undefined || finding.gatewayId === gatewayId) &&
    (index === undefined || finding.index === index)
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
