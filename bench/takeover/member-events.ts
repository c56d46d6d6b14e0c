import { z } from "zod";

import type { NetMember } from "../../test/support/group-net.ts";
import { until } from "../../test/support/until.ts";

/** Until something must have happened, on a machine that is busy with other things. */
const LIMIT_MS = 60_000;

/** What a member of a group tells in its log, as far as it matters here. */
const eventSchema = z.looseObject({
  event: z.string(),
  /** UNIX ms, by the member itself. All members run on this machine, and so by one clock. */
  time: z.number(),
  session: z.string().nullish(),
  mark: z.string().optional(),
  primary: z.string().optional(),
  epoch: z.number().optional(),
  silentMs: z.number().optional(),
});
export type MemberEvent = z.infer<typeof eventSchema>;

/** The member's events from place `from` on. */
export function eventsOf({ events }: NetMember, from = 0): MemberEvent[] {
  return events.slice(from).map((event) => eventSchema.parse(event));
}

/** Resolves with the first event from place `from` on that it is. */
export async function eventOf(
  member: NetMember,
  what: string,
  isIt: (event: MemberEvent) => boolean,
  from: number,
): Promise<MemberEvent> {
  let seen = from;
  return until(
    `${what} of ${member.name}`,
    () => {
      const fresh = eventsOf(member, seen);
      seen += fresh.length;
      return fresh.find(isIt);
    },
    LIMIT_MS,
  );
}

/** Whether the member has written to a session that has not ended for it. */
export function isInMiddle(member: NetMember, from: number): boolean {
  const open = new Set<string>();
  for (const { event, session } of eventsOf(member, from)) {
    if (typeof session !== "string") continue;
    if (event === "entry") open.add(session);
    if (event === "outcome") open.delete(session);
  }
  return open.size > 0;
}

export function countOf(members: readonly NetMember[], name: string): number {
  return members.reduce((sum, { events }) => sum + events.filter(({ event }) => event === name).length, 0);
}
