import assert from "node:assert/strict";
import { GatelogError, type ErrorCode } from "../../entry/errors.ts";
import type { LogEntry } from "../../entry/entry.ts";
import { ZERO_HASH } from "../../entry/hex.ts";
import type { SessionFacts } from "../../entry/session.ts";
import { signClosing, signOpening } from "../../entry/signed-statements.ts";
import type { ClosingStatement } from "../../entry/statements.ts";
import { makeFacts, type ConformanceStage, type FactsOptions, type KitGateway } from "./stage.ts";

/** The promise must be refused with one of the codes. */
export async function refused(promise: Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<GatelogError> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof GatelogError)) throw error;
    assert.ok(codes.includes(error.code), `expected ${codes.join(" or ")}, got ${error.code}: ${error.message}`);
    return error;
  }
  throw new assert.AssertionError({ message: `expected ${codes.join(" or ")}, and it succeeded` });
}

/** The store's log holds exactly these entries, byte for byte, and says so of its head. */
export async function holds(
  stage: ConformanceStage,
  facts: SessionFacts,
  gateway: KitGateway,
  entries: readonly LogEntry[],
): Promise<void> {
  const stored = await stage.store.read(facts.sessionId, gateway.gatewayId, { from: 0, limit: entries.length + 1 });
  assert.deepEqual(stored.map(comparable), entries.map(comparable));
  const record = await stage.store.session(facts.sessionId);
  const head = record.logs.find((log) => log.gatewayId === gateway.gatewayId);
  assert.equal(head?.length, entries.length);
  assert.equal(BigInt(head.lastEntryHash), BigInt(entries.at(-1)?.entryHash ?? 0));
}

/** An entry without its signature: the bytes of a signature may differ, the entry is the same. */
export function comparable(entry: LogEntry): unknown {
  const { signature: _, payload, ...fields } = entry;
  return { ...fields, payload: Buffer.from(payload).toString("hex") };
}

export interface KitSession {
  readonly facts: SessionFacts;
  readonly origin: KitGateway;
  readonly destination: KitGateway;
}

/** Opens a session between two new gateways. */
export async function openKitSession(stage: ConformanceStage, options: FactsOptions = {}): Promise<KitSession> {
  const origin = await stage.createGateway();
  const destination = await stage.createGateway();
  const facts = kitFacts(stage, origin, destination, options);
  await stage.store.openSession(await signOpening(facts, origin.epoch, origin.signer));
  return { facts, origin, destination };
}

/** Facts as the stage's store takes them. */
export function kitFacts(
  stage: ConformanceStage,
  origin: KitGateway,
  destination: KitGateway | null,
  options: FactsOptions = {},
): SessionFacts {
  return makeFacts(origin, destination, {
    log: stage.log,
    register: stage.log === null ? "destination" : "log",
    ...options,
  });
}

/** Closes the gateway's log behind these entries. */
export function closing(
  facts: SessionFacts,
  gateway: KitGateway,
  entries: readonly LogEntry[],
): Promise<ClosingStatement> {
  const { gatewayId, epoch } = gateway;
  const lastEntryHash = entries.at(-1)?.entryHash ?? ZERO_HASH;
  return signClosing(facts, { gatewayId, length: entries.length, lastEntryHash, epoch }, gateway.signer);
}
