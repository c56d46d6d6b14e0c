import { recoverSigner } from "../../src/entry/signature.ts";
import type { Address, Hex } from "../../src/entry/hex.ts";
import type { Recover } from "../../src/audit/checks/signers.ts";
import { ownerOf } from "../../src/audit/reading/event-decoder.ts";
import { REGISTRY_EVENTS } from "../../src/audit/reading/event-decoder.ts";
import type { Finding } from "../../src/audit/findings.ts";
import type { RawLog } from "../../src/audit/reading/reader.ts";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import type { Verification } from "../../src/audit/verification.ts";
import { verify, type VerifyOptions } from "../../src/audit/verify.ts";
import { RecordedReader, record, type Recording } from "./recorded-reader.ts";
import { RegistryWorld } from "./registry-world.ts";

/** `recoverSigner` is a pure function: remembering it by all of its input hides nothing, and most signatures stay as they are. */
function rememberedRecover(): Recover {
  const known = new Map<string, Address | Error>();
  return (digest, signature) => {
    const key = digest + signature;
    let signer = known.get(key);
    if (signer === undefined) {
      try {
        signer = recoverSigner(digest, signature);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        signer = error;
      }
      known.set(key, signer);
    }
    if (signer instanceof Error) throw signer;
    return signer;
  };
}

const recover = rememberedRecover();

/** What a real registry on a real node answers after the story was told to it. */
export async function recorded(tell: (world: RegistryWorld) => Promise<unknown>): Promise<Recording> {
  const world = await RegistryWorld.open();
  try {
    await tell(world);
    const reader = new RpcReader(world.rpc, { registry: world.domain.registry });
    return await record(reader, (recording) => verify(recording));
  } finally {
    await world.close();
  }
}

/** Audits a recording, with other events in place of the recorded ones. */
export function audit(
  recording: Recording,
  logs?: readonly RawLog[],
  options: VerifyOptions = {},
): Promise<Verification> {
  return verify(new RecordedReader(recording, logs), { recover, ...options });
}

/** Every byte of a hex text replaced: once with one bit flipped, once by a value of its own. */
function* mutations(hex: Hex): Generator<{ readonly at: number; readonly hex: Hex }> {
  for (let at = 0; at < (hex.length - 2) / 2; at += 1) {
    const byte = byteAt(hex, at);
    for (const other of [byte ^ (1 << (at % 8)), byte === 0 ? 0xa5 : 0]) yield { at, hex: withByte(hex, at, other) };
  }
}

export function byteAt(hex: Hex, at: number): number {
  return Number.parseInt(hex.slice(2 + at * 2, 4 + at * 2), 16);
}

export function withByte(hex: Hex, at: number, byte: number): Hex {
  const start = 2 + at * 2;
  return `0x${hex.slice(2, start)}${byte.toString(16).padStart(2, "0")}${hex.slice(start + 2)}`;
}

export function* mutatedLogs(log: RawLog): Generator<{ readonly where: string; readonly log: RawLog }> {
  for (const [index, topic] of log.topics.entries())
    for (const { at, hex } of mutations(topic))
      yield { where: `topic ${index}, byte ${at}`, log: { ...log, topics: log.topics.with(index, hex) } };
  for (const { at, hex } of mutations(log.data)) yield { where: `data, byte ${at}`, log: { ...log, data: hex } };
}

export function kindOf(log: RawLog): string {
  return REGISTRY_EVENTS.getEvent(log.topics[0]!)?.name ?? "unknown";
}

/** Whether a finding names what the event is about: its session, its gateway, the entry's index. */
export function names(finding: Finding, log: RawLog): boolean {
  const { sessionId, gatewayId } = ownerOf(log);
  const index = kindOf(log) === "EntryAppended" ? indexOf(log) : null;
  return (
    (sessionId === undefined || finding.sessionId === sessionId) &&
    (gatewayId === undefined || finding.gatewayId === gatewayId) &&
    (index === null || finding.index === index)
  );
}

/** Index of the entry that an EntryAppended carries: the last but one field of the header, its first word of data. */
export function indexOf(log: RawLog): number {
  return Number.parseInt(log.data.slice(2 + 54, 2 + 62), 16);
}

/** Events with one taken out. */
export function without(logs: readonly RawLog[], place: number): RawLog[] {
  return logs.toSpliced(place, 1);
}
