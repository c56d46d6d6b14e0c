import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Chain } from "../../src/chain/chain.ts";
import type { Seams } from "../../src/cli/wiring-context.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import { isGatelogError } from "../../src/entry/errors.ts";
import { toHex, type Hash } from "../../src/entry/hex.ts";
import { faultStep } from "../../src/gateway/fault-points.ts";
import { systemClock, type GatewayPorts, type PeerTransport, type RunTransport } from "../../src/gateway/ports.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { markOf } from "../../src/protocol/marks.ts";
import type { LogStore } from "../../src/store/log-store.ts";
import type { WriteLine } from "./mortal-gateway-control.ts";
import type { Moment, Points, Step } from "./mortal-gateway-points.ts";

const RECEIPT_POLL_MS = 10;

/** What a transaction that is sent right now belongs to. */
const sending = new AsyncLocalStorage<readonly Step[]>();

/** Puts the fault points around everything by which a gateway or log API reaches the world. */
export function faultSeams(points: Points): Seams {
  return {
    chain: (chain) => mortalChain(chain, points),
    store: (store) => underOutbox(store, points),
    ports: (ports) => mortalPorts(ports, points),
  };
}

function mortalPorts(ports: GatewayPorts, points: Points): GatewayPorts {
  const ledgers = new Map([...ports.ledgers].map(([id, ledger]) => [id, mortalLedger(ledger, points)]));
  const clock = { ...systemClock, now: () => points.now() };
  const { privateLogs } = ports;
  return {
    ...ports,
    store: gatewaysStore(ports.store, points),
    peers: mortalPeers(ports.peers, points),
    ...(privateLogs && { privateLogs: { ...privateLogs, runs: mortalRuns(privateLogs.runs, points) } }),
    ledgers,
    clock,
  };
}

/** The same object, with other methods in place of some of its own. */
function withMethods<Target extends object>(target: Target, methods: Partial<Target>): Target {
  return new Proxy(target, {
    get: (object, name) => {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name) as unknown;
      const member: unknown = Reflect.get(object, name, object);
      return typeof member === "function" ? (member.bind(object) as unknown) : member;
    },
  });
}

/** As the gateway sees its store: a write is asked for, and is answered. */
function gatewaysStore(store: LogStore, points: Points): LogStore {
  const around = (steps: readonly Step[], write: () => Promise<void>) =>
    passing(points, steps, "before", () => passing(points, steps, "after", write, "behind"));
  return withMethods(store, {
    openSession: (opening, first = []) => {
      const { sessionId, origin } = opening.facts;
      const open = { session: sessionId, step: faultStep.open, writer: origin.gatewayId };
      return around([open, ...first.map(stepOf)], () => store.openSession(opening, first));
    },
    append: (entries) => inParts(entries, points, ["before"], ["after"], (part) => store.append(part)),
    decide: (statement) => around([stepOfStatement(statement, decideStep(statement))], () => store.decide(statement)),
    closeLog: (closing) =>
      around([stepOfStatement(closing, faultStep.close, closing.gatewayId)], () => store.closeLog(closing)),
  });
}

/**
 * Below the outbox: signed writes are let out, by transactions or requests. A store on this machine's disk, or a database, has no
 * outbox: what it has not taken was never anywhere, and its entries are out when it has.
 */
function underOutbox(store: LogStore, points: Points): LogStore {
  const isLocal = store.durability === "local" || store.durability === "shared";
  const written = (steps: readonly Step[], signed: Signed, write: () => Promise<void>) =>
    sending.run(steps, () => told(points, signed, write));
  const around = (steps: readonly Step[], signed: Signed, write: () => Promise<void>) =>
    passing(points, steps, "queued", () =>
      passing(points, steps, "unanswered", () => written(steps, signed, write), "behind"),
    );
  const letOut = async (entries: readonly SignedEntry[], write: () => Promise<void>): Promise<void> => {
    if (!isLocal) points.letOut(entries);
    await write();
    if (isLocal) points.letOut(entries);
  };
  return withMethods(store, {
    openSession: (opening, first = []) => {
      const { sessionId, origin } = opening.facts;
      const open = { session: sessionId, step: faultStep.open, writer: origin.gatewayId };
      const signed = signedAs("opening", { sessionId, epoch: opening.epoch });
      return around([open, ...first.map(stepOf)], signed, () => letOut(first, () => store.openSession(opening, first)));
    },
    append: (entries) =>
      inParts(entries, points, ["queued", "pending"], ["unanswered"], (part) =>
        written(part.map(stepOf), signedAs("entries", part[0]), () => letOut(part, () => store.append(part))),
      ),
    decide: (statement) =>
      around([stepOfStatement(statement, decideStep(statement))], signedAs("decision", statement), () =>
        store.decide(statement),
      ),
    closeLog: (closing) =>
      around([stepOfStatement(closing, faultStep.close, closing.gatewayId)], signedAs("closing", closing), () =>
        store.closeLog(closing),
      ),
  });
}

type Signed = Omit<WriteLine, "refused">;

function signedAs(
  wrote: WriteLine["wrote"],
  signed: { readonly sessionId: string; readonly epoch: number } | undefined,
): Signed {
  return { wrote, session: signed?.sessionId ?? "", epoch: signed?.epoch ?? 0 };
}

/** Writes into the trace what has become of the write. */
async function told(points: Points, signed: Signed, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    points.trace({ ...signed, refused: isGatelogError(error) ? error.code : "INTERNAL" });
    throw error;
  }
  points.trace({ ...signed, refused: null });
}

/**
 * A run of entries is one write. Where one of them is armed, the run is cut there, so that each entry is the first or the last
 * of what gets through: the log of a gateway that dies may end behind any of its entries.
 */
async function inParts(
  entries: readonly SignedEntry[],
  points: Points,
  before: readonly [Moment, ...Moment[]],
  behind: readonly [Moment],
  write: (part: readonly SignedEntry[]) => Promise<void>,
): Promise<void> {
  let written = 0;
  const writeUpTo = async (end: number): Promise<void> => {
    if (end > written) await write(entries.slice(written, end));
    written = Math.max(written, end);
  };
  const [first] = before;
  const [last] = behind;
  for (const [place, entry] of entries.entries()) {
    const step = stepOf(entry);
    if (before.some((moment) => points.isArmed(step, moment))) await writeUpTo(place);
    await points.pass(step, first);
    if (!points.isArmed(step, last)) continue;
    await writeUpTo(place + 1);
    await points.pass(step, last);
  }
  const open = entries.slice(written);
  await writeUpTo(entries.length);
  for (const entry of open) await points.pass(stepOf(entry), last);
}

async function passing(
  points: Points,
  steps: readonly Step[],
  moment: Moment,
  work: () => Promise<void>,
  side: "ahead" | "behind" = "ahead",
): Promise<void> {
  if (side === "behind") await work();
  for (const step of steps) await points.pass(step, moment);
  if (side === "ahead") await work();
}

function mortalPeers(peers: PeerTransport, points: Points): PeerTransport {
  return withMethods(peers, {
    send: async (peer, sessionId, entry) => {
      const step = { session: sessionId, step: faultStep.send(markOf(entry)), writer: entry.gatewayId };
      points.letOut([entry]);
      await points.pass(step, "before");
      await peers.send(peer, sessionId, entry);
      await points.pass(step, "after");
    },
  });
}

/** Private logs travel in runs, and a run may hold several messages. */
function mortalRuns(runs: RunTransport, points: Points): RunTransport {
  return withMethods(runs, {
    push: async (peer, sessionId, run) => {
      const steps = run.entries.map((entry) => ({ ...stepOf(entry), step: faultStep.send(markOf(entry)) }));
      points.letOut(run.entries);
      for (const step of steps) await points.pass(step, "before");
      const receipt = await runs.push(peer, sessionId, run);
      for (const step of steps) await points.pass(step, "after");
      return receipt;
    },
  });
}

function mortalLedger(ledger: Ledger, points: Points): Ledger {
  return withMethods(ledger, {
    act: async (action, terms, certificate) => {
      const step = { session: terms.sessionId, step: faultStep.act(action), writer: undefined };
      await points.pass(step, "before");
      const receipt = await sending.run([step], () => ledger.act(action, terms, certificate));
      await points.pass(step, "after");
      return receipt;
    },
  });
}

/** Transactions: sent and in no block; and, for a ledger's, in a block before the sender has heard even that it was taken. */
function mortalChain(chain: Chain, points: Points): Chain {
  return withMethods(chain, {
    rpc: async (method, params) => {
      const steps = sending.getStore();
      if (steps === undefined || method !== "eth_sendRawTransaction") return chain.rpc(method, params);
      if (steps.some((step) => points.isArmed(step, "pending"))) await points.frozen(chain.chainId);
      const hash = toHex(String(await chain.rpc(method, params)));
      for (const step of steps) {
        await points.pass(step, "pending", hash);
        if (!step.step.startsWith("act ") || !points.isArmed(step, "unanswered")) continue;
        await mined(chain, hash);
        await points.pass(step, "unanswered", hash);
      }
      return hash;
    },
  });
}

async function mined(chain: Chain, hash: Hash): Promise<void> {
  while ((await chain.receipt(hash)) === null) await sleep(RECEIPT_POLL_MS);
}

function stepOf(entry: SignedEntry): Step {
  return { session: entry.sessionId, step: faultStep.append(markOf(entry)), writer: entry.gatewayId };
}

function decideStep({ decision }: { readonly decision: "COMMIT" | "ABORT" }): string {
  return faultStep.decide(decision);
}

function stepOfStatement({ sessionId }: { readonly sessionId: string }, step: string, writer?: string): Step {
  return { session: sessionId, step, writer };
}
