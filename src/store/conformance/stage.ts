import type { LogEntry, SignedEntry } from "../../entry/entry.ts";
import { signEntry, type Entry } from "../../entry/entry.ts";
import { canonicalBytes } from "../../entry/canonical.ts";
import { ZERO_HASH, type GatewayId, type Hash } from "../../entry/hex.ts";
import { sessionHashOf, type SessionFacts } from "../../entry/session.ts";
import type { DigestSigner } from "../../entry/signature.ts";
import type { RegistryDomain } from "../../entry/statements.ts";
import { COMMANDS, STEPS } from "../../entry/vocabulary.ts";
import type { GatewayDirectory, LogStore } from "../log-store.ts";

/** A driver under test. Every case opens a stage of its own and closes it. */
export interface ConformanceDriver {
  readonly name: string;
  /** Whether `decide` works (R9); else it must answer NO_REGISTER. */
  readonly keepsRegister: boolean;
  /** Whether the store outlives its process. */
  readonly reopens: boolean;
  /** Whether several stores, as of several processes, may have the same logs at once. */
  readonly shares: boolean;
  /** Whether a store asks the directory that it is given whose key counts, so that two stores of the same logs may be told differently. */
  readonly asksDirectory: boolean;
  /** Whether the store gives out what it refused for equivocation (`KeepsEvidence`). */
  readonly keepsEvidence: boolean;
  openStage(): Promise<ConformanceStage>;
}

/** A store and the world around it. It may hold sessions and gateways of other cases: the kit makes its own. */
export interface ConformanceStage {
  readonly store: LogStore;
  /** The registry that the session facts name, or null for private logs. */
  readonly log: RegistryDomain | null;
  /** A new gateway at epoch 1, known to the store's directory or registry. */
  createGateway(): Promise<KitGateway>;
  /** Gives the gateway another key and the next epoch. */
  rotateKey(gateway: KitGateway): Promise<KitGateway>;
  /** UNIX seconds on the register's clock. Asked only where a register is kept. */
  now(): Promise<number>;
  /** Moves the register's clock on. Asked only where a register is kept. */
  advance(seconds: number): Promise<void>;
  /** Closes the store and opens what is left of it. Asked only of a driver that `reopens`. */
  reopen(): Promise<LogStore>;
  /**
   * A second store over the same logs; the kit closes it. Asked only of a driver that `shares`.
   * @param directory In place of the stage's. Given only to a driver that `asksDirectory`.
   */
  openAnother(directory?: GatewayDirectory): Promise<LogStore>;
  close(): Promise<void>;
}

export interface KitGateway {
  readonly gatewayId: GatewayId;
  readonly epoch: number;
  readonly signer: DigestSigner;
}

export type Need = "register" | "no register" | "reopen" | "share" | "directory" | "evidence";

export interface ConformanceCase {
  readonly name: string;
  /** The case is for drivers that can do all this, or (`no register`) cannot. */
  readonly needs?: readonly Need[];
  readonly run: (stage: ConformanceStage) => Promise<void>;
}

export interface FactsOptions {
  readonly sessionId?: string;
  readonly log?: RegistryDomain | null;
  readonly register?: "log" | "destination";
  /** UNIX seconds. */
  readonly deadline?: number;
  readonly termsHash?: Hash;
}

/** UNIX seconds; far away. */
const DISTANT_DEADLINE = 4_000_000_000;

/** Facts of a session between two gateways, or of one alone. */
export function makeFacts(
  origin: KitGateway,
  destination: KitGateway | null,
  options: FactsOptions = {},
): SessionFacts {
  const sessionId = options.sessionId ?? globalThis.crypto.randomUUID();
  return {
    sessionId,
    contextId: sessionId,
    origin: { gatewayId: origin.gatewayId, networkId: "eip155:31337", asset: null },
    destination: destination && { gatewayId: destination.gatewayId, networkId: "eip155:31338", asset: null },
    amount: null,
    deadline: destination === null ? 0 : (options.deadline ?? DISTANT_DEADLINE),
    termsHash: options.termsHash ?? null,
    requestHash: null,
    profile: { logging: options.log ? "chain" : "local", accessControl: "parties" },
    register: destination === null ? "none" : (options.register ?? "destination"),
    log: options.log ?? null,
  };
}

export type EntryChange = Partial<Omit<Entry, "version" | "sessionId" | "payloadHash">> & {
  readonly payload?: Uint8Array;
};

/** The entry after `previous` in the gateway's log, signed; `change` makes it another one. */
export function makeEntry(
  facts: SessionFacts,
  gateway: KitGateway,
  previous: LogEntry | null,
  change: EntryChange = {},
): Promise<SignedEntry> {
  const index = change.index ?? (previous === null ? 0 : previous.index + 1);
  const { payload = canonicalBytes({ messageType: "test", message: `entry ${index}` }), ...fields } = change;
  const entry = {
    sessionId: facts.sessionId,
    sessionHash: sessionHashOf(facts),
    gatewayId: gateway.gatewayId,
    epoch: gateway.epoch,
    index,
    seqNumber: index + 1,
    step: STEPS.proposal,
    operation: "init",
    vote: "none",
    command: COMMANDS.proposal,
    timestamp: 1_606_157_330_000 + index,
    causedBy: ZERO_HASH,
    lastEntryHash: previous?.entryHash ?? ZERO_HASH,
    ...fields,
  } as const;
  return signEntry(entry, payload, gateway.signer);
}

/** `count` entries, one after the other, behind `previous`. */
export async function makeEntries(
  facts: SessionFacts,
  gateway: KitGateway,
  count: number,
  previous: LogEntry | null = null,
): Promise<SignedEntry[]> {
  const entries: SignedEntry[] = [];
  for (let made = 0; made < count; made += 1) entries.push(await makeEntry(facts, gateway, entries.at(-1) ?? previous));
  return entries;
}
