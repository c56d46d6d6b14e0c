import { GatelogError, isGatelogError } from "../entry/errors.ts";
import type { SignedEntry } from "../entry/entry.ts";
import { DECISIONS, statementDigest } from "../entry/statements.ts";
import type { Certificate, Terms } from "../entry/terms.ts";
import type { Ledger, LedgerView } from "../ledger/ledger.ts";
import { markOf } from "../protocol/marks.ts";
import type { Effect, ProtocolEvent, SessionState } from "../protocol/state.ts";
import { writeEntries } from "./entry-writer.ts";
import { judgeLock, judgeProposal } from "./judge.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";

type Performed = Exclude<Effect, { type: "wait" } | { type: "finish" }>;

export interface Effects {
  /**
   * Does what the effect says and returns what came of it. Throws GatelogError: retry, the same effect again; reject, the
   * state was old, read and fold again; halt, stop the session.
   */
  perform(state: SessionState, effect: Effect): Promise<readonly ProtocolEvent[]>;
}

export function createEffects(ports: GatewayPorts, options: GatewayOptions): Effects {
  /** Signed and perhaps already on their way: until the store has taken or refused them, these bytes and no others (R8). */
  let unsettled: readonly SignedEntry[] = [];

  async function perform(state: SessionState, effect: Performed): Promise<readonly ProtocolEvent[]> {
    switch (effect.type) {
      case "append":
        return append(state, effect);
      case "send":
        return send(state, effect.entryHash);
      case "act":
        return act(state, effect.action);
      case "read-ledger":
        return [{ type: "ledger-read", side: effect.side, receipt: receiptOf(await viewOf(state, effect.side)) }];
      case "judge":
        return [{ type: "judged", index: effect.index, verdict: await judge(state, effect.what) }];
      case "decide":
        return decide(state, effect);
      case "close-log":
        return closeLog(state);
    }
  }

  async function append(state: SessionState, effect: Extract<Effect, { type: "append" }>): Promise<readonly ProtocolEvent[]> {
    if (unsettled[0]?.index !== state.own.length) {
      const { epoch } = await ports.directory.gateway(options.gatewayId);
      const writer = { gatewayId: options.gatewayId, epoch, signer: ports.signer, now: ports.clock.now() };
      unsettled = await writeEntries(state, effect.drafts, writer);
    }
    const entries = unsettled;
    try {
      await ports.store.append(entries);
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "retry") unsettled = [];
      throw error;
    }
    unsettled = [];
    for (const entry of entries)
      ports.observe({ type: "entry", sessionId: entry.sessionId, mark: markOf(entry), step: entry.step, index: entry.index });
    return entries.map((entry) => ({ type: "appended", log: "own", entry }));
  }

  /** A peer that is away is no failure: it reads the log when it is back, and the message is sent again meanwhile. */
  async function send(state: SessionState, entryHash: string): Promise<readonly ProtocolEvent[]> {
    const { facts, own, role } = state;
    const peer = role === "origin" ? facts.destination : facts.origin;
    const index = own.lastMessage?.index ?? 0;
    const [entry] = await ports.store.read(facts.sessionId, options.gatewayId, { from: index, limit: 1 });
    if (!peer || entry?.entryHash !== entryHash || entry.signature === null)
      throw new GatelogError("INVARIANT_BROKEN", "the message is not in the own log", { sessionId: facts.sessionId, index });
    try {
      await ports.peers.send(peer.gatewayId, facts.sessionId, { ...entry, signature: entry.signature });
      return [{ type: "delivered", entryHash: entry.entryHash }];
    } catch (error) {
      if (!isGatelogError(error)) throw error;
      ports.observe({ type: "trouble", sessionId: facts.sessionId, code: error.code, message: error.message });
      return [];
    }
  }

  async function act(state: SessionState, action: Extract<Effect, { type: "act" }>["action"]): Promise<readonly ProtocolEvent[]> {
    const { facts } = state;
    try {
      const certificate = action === "recreate" ? await cancelledCertificate(state) : undefined;
      const receipt = await ledgerOf(state, "own").act(action, termsOf(state), certificate);
      const { state: reached, transactionHash, blockNumber } = receipt;
      ports.observe({ type: "ledger", sessionId: facts.sessionId, action, state: reached, transactionHash });
      return [{ type: "ledger-read", side: "own", receipt: { state: reached, transactionHash, blockNumber } }];
    } catch (error) {
      if (isGatelogError(error, "LEDGER_CONFLICT")) return [{ type: "ledger-moved" }];
      if (isGatelogError(error, "LEDGER_REJECTED", "UNMAPPED_TOKEN", "INVALID_TERMS")) {
        ports.observe({ type: "trouble", sessionId: facts.sessionId, code: error.code, message: error.message });
        return [{ type: "ledger-refused", refusal: { code: error.code, reason: error.message } }];
      }
      throw error;
    }
  }

  /** R3: what the destination ledger finally holds, read by this gateway itself and signed by its ledger key. */
  async function cancelledCertificate(state: SessionState): Promise<Certificate> {
    const view = await viewOf(state, "peer");
    if (view.state !== "CANCELLED")
      throw new GatelogError("LEDGER_CONFLICT", `the destination is ${view.state}, not finally CANCELLED`, { state: view.state });
    const { chainId, escrow } = ledgerOf(state, "peer");
    const { blockNumber, blockHash } = view;
    const termsHash = state.facts.termsHash;
    if (termsHash === null) throw new GatelogError("INVALID_SESSION", "the session has no terms", { sessionId: state.facts.sessionId });
    return ledgerOf(state, "own").certify({ termsHash, fact: "DESTINATION_CANCELLED", chainId, source: escrow, blockNumber, blockHash });
  }

  function judge(state: SessionState, what: "proposal" | "lock") {
    return what === "proposal" ? judgeProposal(state, ports, options) : judgeLock(state, ports);
  }

  async function decide(state: SessionState, effect: Extract<Effect, { type: "decide" }>): Promise<readonly ProtocolEvent[]> {
    const { facts, sessionHash } = state;
    const { decision, ground } = effect;
    const byOrigin = ground === "ORIGIN";
    const epoch = byOrigin ? (await ports.directory.gateway(options.gatewayId)).epoch : 0;
    const digest = statementDigest(domain(), "Decide", { sessionHash, decision: DECISIONS[decision], epoch });
    const signature = byOrigin ? await ports.signer.signDigest(digest) : null;
    try {
      await ports.store.decide({ sessionId: facts.sessionId, sessionHash, decision, ground, epoch, signature });
    } catch (error) {
      // The log chain's clock, or what it has seen of the logs, is behind ours: the register has the last word. Again later.
      if (isGatelogError(error, "DECISION_WITHOUT_GROUND"))
        throw new GatelogError("TIMEOUT", `the register does not see the ground for ${decision} yet`, { decision, ground }, { cause: error });
      throw error;
    }
    return [];
  }

  async function closeLog(state: SessionState): Promise<readonly ProtocolEvent[]> {
    const { facts, sessionHash, own } = state;
    const { gatewayId } = options;
    const { epoch } = await ports.directory.gateway(gatewayId);
    const { length, lastEntryHash } = own;
    const statement = { sessionHash, gatewayId, length, lastEntryHash, epoch };
    const signature = await ports.signer.signDigest(statementDigest(domain(), "CloseLog", statement));
    await ports.store.closeLog({ sessionId: facts.sessionId, ...statement, signature });
    return [{ type: "log-closed", log: "own" }];
  }

  function viewOf(state: SessionState, side: "own" | "peer"): Promise<LedgerView> {
    return ledgerOf(state, side).read(termsOf(state));
  }

  function ledgerOf(state: SessionState, side: "own" | "peer"): Ledger {
    const atOrigin = (state.role === "origin") === (side === "own");
    const networkId = (atOrigin ? state.facts.origin : state.facts.destination)?.networkId ?? "";
    const ledger = ports.ledgers.get(networkId);
    if (!ledger)
      throw new GatelogError("INVALID_CONFIG", `no ledger is configured for network ${networkId}; add it to read ${side === "own" ? "and act on it" : "it"}`, { networkId });
    return ledger;
  }

  function domain() {
    return { chainId: options.log.chainId, registry: options.log.registry };
  }

  return {
    perform: (state, effect) => {
      if (effect.type === "wait" || effect.type === "finish")
        throw new GatelogError("INVARIANT_BROKEN", `${effect.type} is the actor's to do`);
      return perform(state, effect);
    },
  };
}

function termsOf(state: SessionState): Terms {
  if (state.terms === null)
    throw new GatelogError("INVARIANT_BROKEN", "a ledger action without terms", { sessionId: state.facts.sessionId });
  return state.terms;
}

function receiptOf(view: LedgerView) {
  return { state: view.state, transactionHash: null, blockNumber: view.blockNumber };
}
