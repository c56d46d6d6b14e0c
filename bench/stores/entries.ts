import { canonicalBytes } from "../../src/entry/canonical.ts";
import { entryToJson } from "../../src/entry/entry-json.ts";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { SessionOpening } from "../../src/entry/session.ts";
import type { RegistryDomain } from "../../src/entry/statements.ts";
import { makeEntry, sampleGateway, sampleSession } from "../../test/support/sample-log.ts";
import { Progress } from "../restart/progress.ts";

export const ORIGIN = sampleGateway("origin");
export const DESTINATION = sampleGateway("destination");

/** Characters of a payload: a message of the protocol has about as many. */
const MESSAGE_LENGTH = 256;

/** A log that is to be written: each body is a request, and one comes behind the other. */
export interface SignedLog {
  readonly opening: SessionOpening;
  readonly path: string;
  readonly bodies: readonly Buffer[];
}

/**
 * Signs entries of logs of their own, ahead of any measurement.
 * @param log Registry that the sessions name, where the store is a chain.
 */
export async function signLogs(logs: number, entries: number, log: RegistryDomain | null = null): Promise<SignedLog[]> {
  const progress = new Progress("entries signed", logs * entries);
  const signed: SignedLog[] = [];
  for (let made = 0; made < logs; made += 1) {
    const { facts, opening } = await sampleSession(ORIGIN, DESTINATION, log ? { log, register: "log" } : {});
    const bodies: Buffer[] = [];
    let last: SignedEntry | null = null;
    for (let index = 0; index < entries; index += 1) {
      last = await nextEntry(facts, last);
      bodies.push(Buffer.from(JSON.stringify(entryToJson(last))));
      progress.add(1);
    }
    signed.push({ opening, path: `/v1/sessions/${facts.sessionId}/entries`, bodies });
  }
  return signed;
}

export function nextEntry(facts: SessionOpening["facts"], last: SignedEntry | null): Promise<SignedEntry> {
  return makeEntry(facts, ORIGIN, last, { payload: canonicalBytes({ message: "m".repeat(MESSAGE_LENGTH) }) });
}
