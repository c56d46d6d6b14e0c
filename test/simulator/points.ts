import { GatelogError } from "../../src/entry/errors.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { SessionId } from "../../src/entry/hex.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { faultStep, type FaultPoint } from "../../src/gateway/fault-points.ts";
import type { PeerTransport, RunTransport } from "../../src/gateway/ports.ts";
import type { Ledger, LedgerAction } from "../../src/ledger/ledger.ts";
import { markOf } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import type { OutboxContent } from "../../src/store/outbox-items.ts";
import type { Name } from "./cast.ts";
import type { LogWrite } from "./sim-log-line.ts";
import type { SimOutbox } from "./sim-outbox.ts";
import { roleOf, type Truth } from "./truth.ts";

type Moment = FaultPoint extends `${string}/${infer Name}` ? Name : never;

/** Passing a named point. */
export interface Station {
  readonly role: Role;
  readonly point: FaultPoint;
}

/** Tells the named points of one process (`fault-points.ts`) as it passes them. */
export class Points {
  readonly #name: Name;
  readonly #truth: Truth;
  readonly #pass: (station: Station) => boolean;
  readonly #awake: () => Promise<void>;

  /** @param pass True if the process has died there. @param awake Resolves when it is not stopped there. */
  constructor(name: Name, truth: Truth, pass: (station: Station) => boolean, awake: () => Promise<void>) {
    this.#name = name;
    this.#truth = truth;
    this.#pass = pass;
    this.#awake = awake;
  }

  /** A transaction of the process is at a node (pending), or has been mined and nobody has been told (unanswered). */
  written(moment: "pending" | "unanswered", write: LogWrite): void {
    this.#told(sessionOf(write), stepsOf(write), moment);
  }

  acted(moment: "pending" | "unanswered", action: LedgerAction, { sessionId }: Terms): void {
    this.#told(sessionId, [faultStep.act(action)], moment);
  }

  aroundStore(store: LogStore): LogStore {
    const around = async (write: LogWrite, make: () => Promise<void>): Promise<void> => {
      const steps = stepsOf(write);
      await this.#alive(sessionOf(write), steps, "before");
      await make();
      await this.#alive(sessionOf(write), steps, "after");
    };
    return {
      durability: store.durability,
      openSession: (opening, first = []) =>
        around({ kind: "open", opening, entries: first }, () => store.openSession(opening, first)),
      append: (entries) => around({ kind: "append", entries }, () => store.append(entries)),
      closeLog: (closing) => around({ kind: "close", closing }, () => store.closeLog(closing)),
      decide: (statement) => around({ kind: "decide", statement }, () => store.decide(statement)),
      session: (sessionId) => store.session(sessionId),
      read: (sessionId, gatewayId, range) => store.read(sessionId, gatewayId, range),
      sessionsOf: (gatewayId, filter) => store.sessionsOf(gatewayId, filter),
      close: () => store.close(),
    };
  }

  /** Signed and on the disk. */
  aroundOutbox(outbox: SimOutbox): SimOutbox {
    return new Proxy(outbox, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name, object);
        if (typeof member !== "function") return member;
        if (name !== "put") return member.bind(object) as unknown;
        return (groups: readonly (readonly OutboxContent[])[]): number[] => {
          const ids = object.put(groups);
          for (const content of groups.flat())
            if (this.#told(content.sessionId, stepsOfContent(content), "queued")) throw new Error("the process died");
          return ids;
        };
      },
    });
  }

  aroundLedger(ledger: Ledger): Ledger {
    const { networkId, chainId, escrow, account } = ledger;
    return {
      ...{ networkId, chainId, escrow, account },
      read: (terms) => ledger.read(terms),
      token: (token, tokenId) => ledger.token(token, tokenId),
      mappedToken: (originChainId, originToken) => ledger.mappedToken(originChainId, originToken),
      certify: (claim) => ledger.certify(claim),
      act: async (action, terms, certificate) => {
        await this.#alive(terms.sessionId, [faultStep.act(action)], "before");
        const receipt = await ledger.act(action, terms, certificate);
        await this.#alive(terms.sessionId, [faultStep.act(action)], "after");
        return receipt;
      },
    };
  }

  aroundPeers(peers: PeerTransport): PeerTransport {
    return {
      offer: (peer, query) => peers.offer(peer, query),
      send: async (peer, sessionId, entry) => {
        const steps = [faultStep.send(markOf(entry))];
        await this.#alive(sessionId, steps, "before");
        await peers.send(peer, sessionId, entry);
        await this.#alive(sessionId, steps, "after");
      },
    };
  }

  /** Private logs travel in runs, and a run may hold several messages. */
  aroundRuns(runs: RunTransport): RunTransport {
    return {
      pull: (peer, sessionId, query) => runs.pull(peer, sessionId, query),
      push: async (peer, sessionId, run) => {
        const steps = run.entries.map((entry) => faultStep.send(markOf(entry)));
        await this.#alive(sessionId, steps, "before");
        const receipt = await runs.push(peer, sessionId, run);
        await this.#alive(sessionId, steps, "after");
        return receipt;
      },
    };
  }

  /** Goes on only if the process lives. */
  async #alive(sessionId: SessionId, steps: readonly string[], moment: Moment): Promise<void> {
    if (this.#told(sessionId, steps, moment)) await new Promise(() => undefined);
    await this.#awake();
  }

  #told(sessionId: SessionId, steps: readonly string[], moment: Moment): boolean {
    const role = roleOf(this.#truth, sessionId, this.#name);
    return steps.some((step) => this.#pass({ role, point: `${step}/${moment}` }));
  }
}

function stepsOf(write: LogWrite): string[] {
  switch (write.kind) {
    case "open":
      return [faultStep.open, ...marksOf(write.entries)];
    case "append":
      return marksOf(write.entries);
    case "close":
      return [faultStep.close];
    case "decide":
      return [faultStep.decide(write.statement.decision)];
  }
}

function stepsOfContent(content: OutboxContent): string[] {
  switch (content.kind) {
    case "opening":
      return [faultStep.open];
    case "entry":
      return marksOf([content.entry]);
    case "closing":
      return [faultStep.close];
    case "decision":
      return [faultStep.decide(content.statement.decision)];
  }
}

function marksOf(entries: readonly SignedEntry[]): string[] {
  return entries.map((entry) => faultStep.append(markOf(entry)));
}

function sessionOf(write: LogWrite): SessionId {
  switch (write.kind) {
    case "open":
      return write.opening.facts.sessionId;
    case "append": {
      const [first] = write.entries;
      if (first === undefined) throw new GatelogError("MALFORMED", "an append of nothing");
      return first.sessionId;
    }
    case "close":
      return write.closing.sessionId;
    case "decide":
      return write.statement.sessionId;
  }
}
