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

/** A log that is to be written: each body is a request with so many entries, and one comes behind the other. */
export interface SignedLog {
  readonly opening: SessionOpening;
  readonly path: string;
  readonly bodies: readonly Buffer[];
  readonly entriesPerBody: number;
}

/**
 * Signs entries of logs of their own, ahead of any measurement.
 * @param entries Of each log; rounded up to whole requests.
 * @param log Registry that the sessions name, where the store is a chain.
 */
export async function signLogs(
  logs: number,
  entries: number,
  { log = null, entriesPerBody = 1 }: { readonly log?: RegistryDomain | null; readonly entriesPerBody?: number } = {},
): Promise<SignedLog[]> {
  const progress = new Progress("entries signed", logs * entries);
  const signed: SignedLog[] = [];
  for (let made = 0; made < logs; made += 1) {
    const { facts, opening } = await sampleSession(ORIGIN, DESTINATION, log ? { log, register: "log" } : {});
    const bodies: Buffer[] = [];
    let last: SignedEntry | null = null;
    for (let made = 0; made < entries; made += entriesPerBody) {
      const together: SignedEntry[] = [];
      while (together.length < entriesPerBody) {
        last = await nextEntry(facts, last);
        together.push(last);
      }
      const [first] = together.map(entryToJson);
      bodies.push(Buffer.from(JSON.stringify(entriesPerBody === 1 ? first : together.map(entryToJson))));
      progress.add(entriesPerBody);
    }
    signed.push({ opening, path: `/v1/sessions/${facts.sessionId}/entries`, bodies, entriesPerBody });
  }
  return signed;
}

export function nextEntry(facts: SessionOpening["facts"], last: SignedEntry | null): Promise<SignedEntry> {
  return makeEntry(facts, ORIGIN, last, { payload: canonicalBytes({ message: "m".repeat(MESSAGE_LENGTH) }) });
}
