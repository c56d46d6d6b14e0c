import { ZERO_HASH, type GatewayId, type Hash, type SessionId } from "../../entry/hex.ts";
import { isGatelogError } from "../../entry/errors.ts";
import { loggedFactsHash, parseFacts, sessionHashFrom, type SessionFacts } from "../../entry/session.ts";
import { statementDigest } from "../../entry/statements.ts";
import type { Inquiry } from "../inquiry.ts";
import type { SessionOpened } from "../reading/events.ts";
import { signerOf } from "./signers.ts";
import { subjectOf, type SessionEvents } from "../intake.ts";

export type Role = "origin" | "destination";

/** A session as its opening makes it. */
export interface OpenSession {
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
  readonly originGatewayId: GatewayId;
  /** Null: a session of one gateway alone, which has no register. */
  readonly destinationGatewayId: GatewayId | null;
  readonly deadline: number;
  /** Null if what was logged are no facts. */
  readonly facts: SessionFacts | null;
  readonly openBlock: number;
  /** False if the origin's signature does not prove it: then its hash, and all that contains it, may be wrong as well. */
  readonly proven: boolean;
}

/** The parties of a session with their roles, origin first. */
export function partiesOf(session: OpenSession): { readonly role: Role; readonly gatewayId: GatewayId }[] {
  const origin = { role: "origin", gatewayId: session.originGatewayId } as const;
  if (session.destinationGatewayId === null) return [origin];
  return [origin, { role: "destination", gatewayId: session.destinationGatewayId }];
}

/** Checks the opening of a session; undefined if there is none, which is a finding of its own. */
export function checkOpening(inquiry: Inquiry, events: SessionEvents): OpenSession | undefined {
  const [event, ...others] = events.opened;
  if (event === undefined) {
    const first = [...events.entries, ...events.decided, ...events.logsClosed, ...events.closed][0];
    inquiry.findings.add(
      "OPENING_MISSING",
      // Not the entry that stands first: nothing is wrong with it.
      { sessionId: events.sessionId, block: first?.at.block, order: first?.at.order },
      "opening",
      "SessionOpened",
      "none",
    );
    return undefined;
  }
  for (const other of others)
    inquiry.findings.add("EVENT_DOUBLED", subjectOf(other), "SessionOpened", "one", "another");

  const { sessionId, originGatewayId, destinationGatewayId, deadline } = event;
  const factsHash = loggedFactsHash(originGatewayId, destinationGatewayId, deadline, event.facts);
  const sessionHash = sessionHashFrom(sessionId, factsHash);
  return {
    sessionId,
    sessionHash,
    originGatewayId,
    destinationGatewayId: destinationGatewayId === ZERO_HASH ? null : destinationGatewayId,
    deadline,
    facts: readFacts(inquiry, event),
    openBlock: event.at.block,
    proven: isSigned(inquiry, event, sessionHash),
  };
}

function isSigned({ gateways, domain, recover, findings }: Inquiry, event: SessionOpened, sessionHash: Hash): boolean {
  const { originGatewayId, epoch, at } = event;
  const subject = { ...subjectOf(event), gatewayId: originGatewayId };
  const current = gateways.keyAt(originGatewayId, at.order);
  if (current === undefined) {
    findings.add("OPENING_ALTERED", subject, "origin", "a registered gateway", originGatewayId);
    return false;
  }
  const signer = signerOf(recover, statementDigest(domain, "OpenSession", { sessionHash, epoch }), event.signature);
  if (!current.proven) return false; // The gateway's own event is found wanting already; with its key nothing can be told.
  if (signer !== current.key) {
    findings.add(
      "OPENING_ALTERED",
      subject,
      `the origin's signature, epoch ${epoch}`,
      current.key,
      signer ?? "no signature",
    );
    return false;
  }
  if (epoch !== current.epoch) findings.add("KEY_NOT_VALID", subject, "epoch of the opening", current.epoch, epoch);
  return true;
}

function readFacts({ domain, findings }: Inquiry, event: SessionOpened): SessionFacts | null {
  const subject = { ...subjectOf(event), gatewayId: event.originGatewayId };
  try {
    const facts = parseFacts(event);
    const { log, register } = facts;
    if (register === "log" && (log?.chainId !== domain.chainId || log.registry !== domain.registry))
      findings.add(
        "OPENING_ALTERED",
        subject,
        "register in the facts",
        `${domain.registry} on chain ${domain.chainId}`,
        describe(log),
      );
    return facts;
  } catch (error) {
    if (!isGatelogError(error)) throw error;
    findings.add("OPENING_ALTERED", subject, "facts", "well-formed session facts", "malformed ones");
    return null;
  }
}

function describe(log: SessionFacts["log"]): string {
  return log === null ? "none" : `${log.registry} on chain ${log.chainId}`;
}
