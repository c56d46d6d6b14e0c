import { z } from "zod";
import { addressSchema } from "../entry/hex.ts";
import type { MemberTiming } from "../gateway/failover/member-options.ts";
import { duration, finalitySchema, keySourceSchema, urlSchema } from "./config-values.ts";

/**
 * lan: members in one network, from which a primary is missed within tens of milliseconds. wan: everything else, where a late packet is no
 * reason to change the primary.
 */
const PROFILES = {
  lan: { heartbeat: 10, silence: 50, refresh: 200 },
  wan: { heartbeat: 1_000, silence: 10_000, refresh: 1_000 },
} as const satisfies Readonly<Record<string, Omit<MemberTiming, "startGrace">>>;

const DEFAULT_START_GRACE_MS = 10_000;
/** A primary, its backups (at most 8), and room for those that come and go. */
const MAX_MEMBERS = 16;
/** One heartbeat that is lost is no silence. */
const MIN_BEATS_OF_SILENCE = 2;

/** The processes of a gateway's group. */
export const groupSchema = z
  .strictObject({
    /** All of them, this one included: log key, and where it listens. The registry says which of them is primary. */
    members: z
      .array(z.strictObject({ key: addressSchema, url: urlSchema }))
      .min(2)
      .max(MAX_MEMBERS),
    profile: z.enum(["lan", "wan"]).default("wan"),
    /** Milliseconds between two signs of life. */
    heartbeatMs: duration.optional(),
    /** Milliseconds without one until the primary is taken for dead. */
    silenceMs: duration.optional(),
    /** The same from the start on, while the primary has not been heard at all. */
    startGraceMs: duration.default(DEFAULT_START_GRACE_MS),
    /** Milliseconds between two readings of the open sessions by a standby. */
    refreshMs: duration.optional(),
    /** How to reach the registry where the log is behind an API; with a store of driver chain, that store's. */
    registry: z
      .strictObject({ rpcUrl: urlSchema, carrierKey: keySourceSchema, finality: finalitySchema.default("instant") })
      .optional(),
  })
  .superRefine((group, context) => {
    const keys = new Set(group.members.map(({ key }) => key));
    if (keys.size < group.members.length)
      context.addIssue({ code: "custom", path: ["members"], message: "each member has a log key of its own" });
    const { heartbeat, silence } = timingOf(group);
    if (silence < MIN_BEATS_OF_SILENCE * heartbeat)
      context.addIssue({ code: "custom", path: ["silenceMs"], message: `at least two heartbeats: ${2 * heartbeat}` });
  });
export type GroupConfig = z.infer<typeof groupSchema>;

export function timingOf(
  group: Pick<GroupConfig, "profile" | "heartbeatMs" | "silenceMs" | "startGraceMs" | "refreshMs">,
): MemberTiming {
  const usual = PROFILES[group.profile];
  return {
    heartbeat: group.heartbeatMs ?? usual.heartbeat,
    silence: group.silenceMs ?? usual.silence,
    refresh: group.refreshMs ?? usual.refresh,
    startGrace: group.startGraceMs,
  };
}
