import { z } from "zod";
import { addressSchema } from "../entry/hex.ts";
import type { MemberTiming } from "../gateway/failover/member-options.ts";
import type { Problem } from "./config-gateways.ts";
import { duration, finalitySchema, keySourceSchema, urlSchema } from "./config-values.ts";
import { configuredLogs, isPrivate } from "./store-config.ts";

/**
 * lan: members in one network, from which a primary is missed within tens of milliseconds. wan: everything else, where a late packet is no
 * reason to change the primary.
 */
const PROFILES = {
  lan: { heartbeat: 10, silence: 50, refresh: 200 },
  wan: { heartbeat: 1_000, silence: 10_000, refresh: 1_000 },
} as const satisfies Readonly<Record<string, Omit<MemberTiming, "startGrace">>>;

const DEFAULT_START_GRACE_MS = 10_000;
/** Less than what those who stop services wait for by default (30 s). */
const DEFAULT_HANDOVER_MS = 20_000;
const MAX_HANDOVER_MS = 600_000;
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
    /** Milliseconds that a primary which is told to stop may take to hand over to a backup; 0: it does not try. */
    handoverOnStopMs: z.int().min(0).max(MAX_HANDOVER_MS).default(DEFAULT_HANDOVER_MS),
    /**
     * Where no registry is (`postgres`): the file with what the group's owner has signed, its first key and its lists of backups. See:
     * gatelog gateway sign-backups.
     */
    signed: z.string().min(1).optional(),
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

/** What is wrong with a group beside the logs of its members. @param config Of a gateway. */
export function groupProblems(config: GroupedConfig): Problem[] {
  const { group, epoch, previousKeys, succession } = config;
  if (!group) return [];
  const logs = configuredLogs(config);
  const isWithout = logs.every(({ store }) => isPrivate(store));
  const isPostgres = logs.length === 1 && logs[0]?.store.driver === "postgres";
  if (isWithout && !isPostgres) return [{ path: ["group"], message: PRIVATE_GROUP }];
  const rules: readonly (readonly [path: readonly string[], isWrong: boolean, message: string])[] = [
    [["stores"], !isWithout && logs.length > 1, "a group has one log: the registry fences no other at a takeover"],
    [["group", "signed"], isWithout && group.signed === undefined, "needed: there is no registry that knows the group"],
    [["group", "signed"], !isWithout && group.signed !== undefined, "the registry knows the group: leave it out"],
    [["group", "registry"], isWithout && group.registry !== undefined, "private logs have no registry: leave it out"],
    [["epoch"], isWithout && epoch !== undefined, "the group's own changes give the epoch: leave it out"],
    [["previousKeys"], isWithout && previousKeys.length > 0, "the owner's file has them: leave them out"],
    [["succession"], isWithout && succession !== undefined, "the group's own changes show it: leave it out"],
  ];
  return rules.flatMap(([path, isWrong, message]) => (isWrong ? [{ path, message }] : []));
}

type GroupedConfig = Parameters<typeof configuredLogs>[0] & {
  readonly group?: GroupConfig | undefined;
  readonly epoch?: number | undefined;
  readonly previousKeys: readonly unknown[];
  readonly succession?: unknown;
};

const PRIVATE_GROUP =
  "a group needs a log that all its members share: chain, http, or postgres alone (anchors are noted in a file of one process)";

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
