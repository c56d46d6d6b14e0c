import { GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { SignedEntry } from "../entry/entry.ts";
import { abortWithoutSignature, signClosing, signDecision } from "../entry/signed-statements.ts";
import type { Certificate, Terms } from "../entry/terms.ts";
import type { Ledger, LedgerView } from "../ledger/ledger.ts";
import { markOf } from "../protocol/marks.ts";
import type { Effect, LedgerReading, ProtocolEvent, SessionState } from "../protocol/state.ts";
import { identified, judgeBackup } from "./backups.ts";
import { changeIn } from "./entry-changes.ts";
import { writeEntries } from "./entry-writer.ts";
import { judgeLock, judgeProposal } from "./judge.ts";
import { notBehindLog } from "./ledger-claims.ts";
import { ownEpoch } from "./own-epoch.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import { PeerContact } from "./peer-contact.ts";
import { peerIdOf } from "./session-reader.ts";

/** Waiting and finishing are the actor's own. */
type Performed = Exclude<Effect, { type: "wait" } | { type: "finish" }>;

export interface Effects {
  /**
   * Does what the effect says and returns what came of it. Throws GatelogError: retry, look again what is to be done and do
   * that; reject, the state was old, or something stands in the way for good; halt, stop the session.
   */
  perform(state: SessionState, effect: Performed): Promise<readonly ProtocolEvent[]>;

  /**
   * Sends again what an append that failed had signed, if anything: it may have arrived, and the peer and the register may
   * have gone on from it. So nothing is concluded from a state that lacks it. Errors are those of `append`.
   */
  settle(state: SessionState): Promise<readonly ProtocolEvent[]>;

  /** The state with as whom this process goes on, if that is news in the own log. For before `restarted`. */
  identify(state: SessionState): Promise<SessionState>;

  /** The peer has given a sign of life. */
  heard(): ProtocolEvent;

  /** Why the ledger that was read last gave no answer; undefined: it gave one. */
  ledgerSilence(): GatelogError | undefined;
}

const OWN_STORE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["STORE_UNAVAILABLE", "WRONG_INDEX"]);

export function createEffects(ports: GatewayPorts, options: GatewayOptions): Effects {
  /**
   * Signed, and perhaps on their way, or refused by a store that lags behind: as long as the log has nothing else in their
   * place, these bytes are sent and no others (R8). An outbox keeps the same promise across a crash.
   */
  let unsettled: readonly SignedEntry[] = [];
  const contact = new PeerContact(options.timing);
  /** Why a ledger that was read last gave no answer. */
  let silence: GatelogError | undefined;

  async function perform(state: SessionState, effect: Performed): Promise<readonly ProtocolEvent[]> {
    switch (effect.type) {
      case "append":
        return append(state, effect);
      case "send":
        return send(state, effect);
      case "act":
        return act(state, effect.action);
      case "read-ledger":
        return readLedger(state, effect.side);
      case "judge":
        return judge(state, effect);
      case "decide":
        return decide(state, effect);
      case "close-log":
        return closeLog(state);
    }
  }

  async function append(
    state: SessionState,
    effect: Extract<Effect, { type: "append" }>,
  ): Promise<readonly ProtocolEvent[]> {
    if (!isUnsettled(state)) {
      const epoch = await currentEpoch();
      const writer = { gatewayId: options.gatewayId, epoch, signer: ports.signer, now: ports.clock.now() };
      unsettled = await writeEntries(state, effect.drafts, writer);
    }
    return settle(state);
  }

  /** Whether the log has nothing else in place of what is unsettled. If only some of it arrived, the rest is still out there. */
  function isUnsettled({ own }: SessionState): boolean {
    const open = unsettled.find(({ index }) => index >= own.length);
    return open?.index === own.length && open.lastEntryHash === own.lastEntryHash;
  }

  async function settle(state: SessionState): Promise<readonly ProtocolEvent[]> {
    if (!isUnsettled(state)) return [];
    const entries = unsettled;
    await ports.store.append(entries);
    unsettled = [];
    const appended = entries.filter(({ index }) => index >= state.own.length);
    for (const entry of appended) {
      const { sessionId, step, index } = entry;
      ports.observe({ type: "entry", sessionId, mark: markOf(entry), step, index });
      const change = changeIn(entry);
      if (change) ports.observe(change);
    }
    return appended.map((entry) => ({ type: "appended", log: "own", entry }));
  }

  /** A peer that is away is no failure: it reads the log when it is back, and the message is sent again meanwhile. */
  async function send(
    state: SessionState,
    { entryHash, index }: Extract<Effect, { type: "send" }>,
  ): Promise<readonly ProtocolEvent[]> {
    const { facts } = state;
    const [entry] = await ports.store.read(facts.sessionId, options.gatewayId, { from: index, limit: 1 });
    if (entry === undefined)
      throw new GatelogError("STORE_UNAVAILABLE", "the log that was read lags behind its own entries", {
        sessionId: facts.sessionId,
        index,
      });
    if (entry.entryHash !== entryHash)
      throw new GatelogError("INVARIANT_BROKEN", "the message is not in the own log", {
        sessionId: facts.sessionId,
        index,
      });
    const sent = { type: "sent", entryHash: entry.entryHash } as const;
    // Stored in a run, under a later entry's signature: it cannot travel alone, and stands in the log for the peer to read.
    if (entry.signature === null) return [sent];
    try {
      await ports.peers.send(peerIdOf(state), facts.sessionId, { ...entry, signature: entry.signature });
      return [sent, heard()];
    } catch (error) {
      // Private logs: the own store fails, or has just had lost entries back. Neither is the peer's doing.
      const isOwn = !isGatelogError(error) || error.disposition === "halt" || OWN_STORE.has(error.code);
      if (isOwn) throw error;
      ports.observe({ type: "trouble", sessionId: facts.sessionId, code: error.code, message: error.message });
      return [sent, ...answered(error)];
    }
  }

  /** Whoever refuses a message is alive. */
  function answered(error: GatelogError): readonly ProtocolEvent[] {
    if (!isGatelogError(error, "PEER_UNREACHABLE", "TIMEOUT")) return [heard()];
    const state = contact.failed(ports.clock.now());
    return state ? [{ type: "peer-contact", contact: state }] : [];
  }

  function heard(): ProtocolEvent {
    return { type: "peer-contact", contact: contact.heard() };
  }

  /** No answer is an answer: it is waited for, and nothing is concluded from it. */
  async function readLedger(state: SessionState, side: "own" | "peer"): Promise<readonly ProtocolEvent[]> {
    const { sessionId } = state.facts;
    try {
      const reading = readingOf(await viewOf(state, side));
      silence = undefined;
      return [{ type: "ledger-read", side, reading }];
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "retry") throw error;
      silence = error;
      ports.observe({ type: "trouble", sessionId, code: error.code, message: error.message });
      return [{ type: "ledger-unreachable", side }];
    }
  }

  async function act(
    state: SessionState,
    action: Extract<Effect, { type: "act" }>["action"],
  ): Promise<readonly ProtocolEvent[]> {
    const { facts } = state;
    try {
      const certificate = action === "recreate" ? await cancelledCertificate(state) : undefined;
      const receipt = await ledgerOf(state, "own").act(action, termsOf(state), certificate);
      const { state: reached, transactionHash, blockNumber } = receipt;
      ports.observe({ type: "ledger", sessionId: facts.sessionId, action, state: reached, transactionHash });
      const reading = { state: reached, transactionHash, blockNumber, pending: false };
      return [{ type: "ledger-read", side: "own", reading }];
    } catch (error) {
      if (isGatelogError(error, "LEDGER_CONFLICT")) return moved(state, action, error);
      if (isGatelogError(error, "LEDGER_REJECTED", "UNMAPPED_TOKEN", "INVALID_TERMS")) {
        ports.observe({ type: "trouble", sessionId: facts.sessionId, code: error.code, message: error.message });
        return [{ type: "ledger-refused", action, refusal: { code: error.code, reason: error.message } }];
      }
      throw error;
    }
  }

  /** A state that excludes the action is a reason to read again (R2); what is not final yet is waited for (R7). */
  async function moved(state: SessionState, action: string, cause: GatelogError): Promise<readonly ProtocolEvent[]> {
    const reading = readingOf(await viewOf(state, "own"));
    const before = typeof state.ownLedger === "object" ? state.ownLedger.state : undefined;
    if (reading.pending || reading.state !== before) return [{ type: "ledger-read", side: "own", reading }];
    const { sessionId } = state.facts;
    throw new GatelogError(
      "TIMEOUT",
      `the escrow refuses ${action}, and what moved it is not final yet`,
      { sessionId, action },
      { cause },
    );
  }

  /** R3: what the destination ledger finally holds, read by this gateway itself and signed by its ledger key. */
  async function cancelledCertificate(state: SessionState): Promise<Certificate> {
    const view = await viewOf(state, "peer");
    if (view.state !== "CANCELLED")
      throw new GatelogError("LEDGER_CONFLICT", `the destination is ${view.state}, not finally CANCELLED`, {
        state: view.state,
      });
    const { chainId, escrow } = ledgerOf(state, "peer");
    const { blockNumber, blockHash } = view;
    const termsHash = state.facts.termsHash;
    if (termsHash === null)
      throw new GatelogError("INVALID_SESSION", "the session has no terms", { sessionId: state.facts.sessionId });
    return ledgerOf(state, "own").certify({
      termsHash,
      fact: "DESTINATION_CANCELLED",
      chainId,
      source: escrow,
      blockNumber,
      blockHash,
    });
  }

  async function judge(
    state: SessionState,
    { what, index }: Extract<Effect, { type: "judge" }>,
  ): Promise<readonly ProtocolEvent[]> {
    if (what === "backup") return judgeBackup(state, ports, index);
    const verdict = await (what === "proposal" ? judgeProposal(state, ports, options) : judgeLock(state, ports));
    return [{ type: "judged", index, verdict }];
  }

  async function decide(
    state: SessionState,
    effect: Extract<Effect, { type: "decide" }>,
  ): Promise<readonly ProtocolEvent[]> {
    const { facts } = state;
    const { decision, ground } = effect;
    const statement =
      ground === "ORIGIN"
        ? await signDecision(facts, decision, await currentEpoch(), ports.signer)
        : abortWithoutSignature(facts, ground);
    try {
      await ports.store.decide(statement);
    } catch (error) {
      // The log chain's clock, or what it has seen of the logs, is behind ours: the register has the last word. Again later.
      if (isGatelogError(error, "DECISION_WITHOUT_GROUND"))
        throw new GatelogError(
          "TIMEOUT",
          `the register does not see the ground for ${decision} yet`,
          { decision, ground },
          { cause: error },
        );
      throw error;
    }
    return [];
  }

  async function closeLog(state: SessionState): Promise<readonly ProtocolEvent[]> {
    const { length, lastEntryHash } = state.own;
    const head = { gatewayId: options.gatewayId, length, lastEntryHash, epoch: await currentEpoch() };
    await ports.store.closeLog(await signClosing(state.facts, head, ports.signer));
    return [{ type: "log-closed", log: "own" }];
  }

  async function viewOf(state: SessionState, side: "own" | "peer"): Promise<LedgerView> {
    const view = await ledgerOf(state, side).read(termsOf(state));
    return side === "own" ? notBehindLog(view, state) : view;
  }

  function ledgerOf(state: SessionState, side: "own" | "peer"): Ledger {
    const atOrigin = (state.role === "origin") === (side === "own");
    const networkId = (atOrigin ? state.facts.origin : state.facts.destination)?.networkId ?? "";
    const ledger = ports.ledgers.get(networkId);
    if (!ledger)
      throw new GatelogError(
        "INVALID_CONFIG",
        `no ledger is configured for network ${networkId}; add it to read ${side === "own" ? "and act on it" : "it"}`,
        { networkId },
      );
    return ledger;
  }

  const currentEpoch = (): Promise<number> => ownEpoch(ports, options.gatewayId);

  const identify = (state: SessionState) => identified(state, ports, currentEpoch);

  return { perform, settle, identify, heard, ledgerSilence: () => silence };
}

function termsOf(state: SessionState): Terms {
  if (state.terms === null)
    throw new GatelogError("INVARIANT_BROKEN", "a ledger action without terms", { sessionId: state.facts.sessionId });
  return state.terms;
}

function readingOf({ state, headState, blockNumber }: LedgerView): LedgerReading {
  return { state, transactionHash: null, blockNumber, pending: headState !== state };
}
