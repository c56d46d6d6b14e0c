import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import type { Address } from "../../entry/hex.ts";
import { HttpClient } from "../../client/http-client.ts";
import { groupStateSchema } from "../../client/node-answers.ts";
import { linesOf } from "../../client/text-lines.ts";
import { beatSchema, type MemberTransport, type OtherMember } from "./member-transport.ts";

/** For a ballot; a later one says the same. */
const BALLOT_TIMEOUT_MS = 1_000;
/** For a handover: the heir's takeover must be final, and its gateway at work. */
const SUCCESSION_TIMEOUT_MS = 60_000;
/** A connection over which nothing comes for so long is made anew. */
const STALLED_MS = 5_000;

/** Members over HTTP, under `/node`. @param own Key of the member that listens: its newest connection is the one that counts. */
export function createHttpMembers(own: Address): MemberTransport {
  return {
    async listen(member, onBeat, signal) {
      const stalled = new AbortController();
      const timer = setTimeout(() => stalled.abort(), STALLED_MS);
      try {
        const options = { signal: AbortSignal.any([signal, stalled.signal]) };
        const response = await clientOf(member, STALLED_MS).open(`/node/heartbeats?key=${own}`, {}, options);
        for await (const line of linesOf(response)) {
          timer.refresh();
          const beat = beatSchema.safeParse(parseJson(line));
          if (!beat.success) throw new GatelogError("PEER_UNREACHABLE", "no sign of life of ours", { url: member.url });
          onBeat(beat.data);
        }
      } finally {
        clearTimeout(timer);
        stalled.abort();
      }
    },
    async ballot(member, ballot) {
      await clientOf(member, BALLOT_TIMEOUT_MS).post("/node/ballot", ballot, z.literal("taken"));
    },
    succeed(member, consent, signal) {
      return clientOf(member, SUCCESSION_TIMEOUT_MS).post("/node/succession", consent, groupStateSchema, { signal });
    },
  };
}

function clientOf({ url }: OtherMember, timeoutMs: number): HttpClient {
  return new HttpClient({ baseUrl: url, timeoutMs, maxAttempts: 1, unreachable: "PEER_UNREACHABLE" });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // no sign of life, then
  }
}
