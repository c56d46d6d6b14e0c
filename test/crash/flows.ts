import type { FaultPoint, Logging } from "../../src/gateway/fault-points.ts";
import type { Mark } from "../../src/protocol/marks.ts";
import type { Role } from "../../src/protocol/order.ts";
import type { Outcome } from "../../src/protocol/state.ts";
import type { Terms } from "../../src/entry/terms.ts";
import { DISPUTED_DEED } from "../../src/cli/devnet-deploy.ts";
import type { Hands } from "./hands.ts";
import type { CrashStage } from "./stage.ts";

/** A transfer under way, for what a flow does to it from outside. */
export interface Scene {
  readonly stage: CrashStage;
  readonly hands: Hands;
  /** Resolves once the register holds a decision. */
  readonly decided: () => Promise<void>;
  /** Resolves once the entry stands in the log. */
  readonly logged: (role: Role, mark: Mark) => Promise<void>;
  readonly terms: () => Promise<Terms>;
  /** Its client asks the origin to abort. */
  readonly cancel: () => Promise<void>;
  /** Kills the gateway where it stands, and starts it again once `meanwhile` is over. */
  readonly away: (role: Role, meanwhile?: () => Promise<void>) => Promise<void>;
}

/** Where a gateway is held while something happens elsewhere. */
export interface Hold {
  readonly role: Role;
  readonly point: FaultPoint;
  readonly meanwhile: (scene: Scene) => Promise<void>;
}

export interface Flow {
  /** If nothing keeps the holds from being reached. */
  readonly outcome: Outcome;
  /** Where it is another one without a register: there the destination's escrow decides, and what cancels it aborts. */
  readonly outcomeOfPrivate?: Outcome;
  /** The asset, once all that it takes is prepared. */
  readonly asset: (scene: Pick<Scene, "stage" | "hands">) => Promise<object>;
  readonly holds?: readonly Hold[];
  /** Goes on beside the transfer. */
  readonly beside?: (scene: Scene) => Promise<void>;
  readonly cleanUp?: (scene: Pick<Scene, "stage" | "hands">) => Promise<void>;
}

/** Seconds. The deadline of a transfer is ten minutes from its request, and the lock and the mint expire an hour later at most. */
const PAST_DEADLINE = 11 * 60;
const PAST_LOCK_EXPIRY = 75 * 60;
const PAST_CANCEL_AFTER = 75 * 60;

export const GOLD_PER_TRANSFER = 1_000n;
const MORE_GOLD_THAN_ALICE_HAS = 10n ** 24n;

const gold: Flow["asset"] = ({ stage }) => Promise.resolve(stage.net.gold("alpha", GOLD_PER_TRANSFER));

const disputedDeed: Flow["asset"] = async ({ stage, hands }) => {
  await hands.approveDeed(DISPUTED_DEED);
  return stage.net.deed("alpha", DISPUTED_DEED);
};

const passDeadline = async ({ stage, decided }: Scene): Promise<void> => {
  await stage.advance(PAST_DEADLINE);
  await decided();
};

/** The origin hears of the YES only when it is too late. */
const afterMint = (then: Hold["meanwhile"] = passDeadline): Hold => ({
  role: "origin",
  point: "send init-prepare/after",
  meanwhile: async (scene) => {
    await scene.logged("destination", "ack-prepare");
    await then(scene);
  },
});

/** Burned, and nobody knows it yet. */
const afterBurn = (then: Hold["meanwhile"] = passDeadline): Hold => ({
  role: "origin",
  point: "act burn/after",
  meanwhile: then,
});

/** Killed early in the transfer and started again: what follows is the handshake, and the transfer beside it. */
const restarted = (role: Role, point: FaultPoint): Hold => ({ role, point, meanwhile: ({ away }) => away(role) });

/** Dead until the other one has noticed. */
const missed = (role: Role, by: Role, point: FaultPoint): Hold => ({
  role,
  point,
  meanwhile: ({ away, logged }) => away(role, () => logged(by, "fail-peer")),
});

/** The deadline passes, and the token refuses the escrow what the rollback asks for, until the gateway has said so. */
const refusing = (side: "alpha" | "beta", hold: typeof afterMint, role: Role, mark: Mark): Omit<Flow, "outcome"> => ({
  asset: gold,
  holds: [
    hold(async (scene) => {
      await scene.hands.letEscrowMint(side, false);
      await passDeadline(scene);
    }),
  ],
  beside: async ({ logged, hands }) => {
    await logged(role, mark);
    await hands.letEscrowMint(side, true);
  },
  cleanUp: ({ hands }) => hands.letEscrowMint(side, true),
});

export const FLOWS = {
  committed: { outcome: "COMMITTED", asset: gold },

  /** The deed's id is taken on beta: the mint is refused, and the vote is NO. */
  "voted-no": { outcome: "ABORTED", asset: disputedDeed },

  /** The origin hears the NO before the destination has the register hold it. */
  "no-heard": {
    outcome: "ABORTED",
    asset: disputedDeed,
    holds: [
      {
        role: "destination",
        point: "decide ABORT/before",
        meanwhile: ({ logged }) => logged("origin", "fail-prepare"),
      },
    ],
  },

  /** The same without a register: before the destination goes back. */
  "no-heard-privately": {
    outcome: "ABORTED",
    asset: disputedDeed,
    holds: [
      {
        role: "destination",
        point: "append init-rollback/before",
        meanwhile: ({ logged }) => logged("origin", "fail-prepare"),
      },
    ],
  },

  unmapped: {
    outcome: "ABORTED",
    asset: async ({ hands }) => ({ standard: "erc20", address: await hands.deployUnmapped(), amount: "1" }),
  },

  "lock-refused": {
    outcome: "ABORTED",
    asset: ({ stage }) => Promise.resolve(stage.net.gold("alpha", MORE_GOLD_THAN_ALICE_HAS)),
  },

  /** The lock expires while the destination is not looking, and its owner takes it back. */
  "lock-gone": {
    outcome: "ABORTED",
    asset: gold,
    holds: [
      {
        role: "destination",
        point: "send ack-commence/after",
        meanwhile: async (scene) => {
          await scene.logged("origin", "done-lock");
          await scene.stage.advance(PAST_LOCK_EXPIRY, "alpha");
          await scene.hands.unlock(await scene.terms());
        },
      },
    ],
  },

  "burn-refused": {
    outcome: "ABORTED",
    asset: async (scene) => {
      await scene.hands.letEscrowMint("alpha", false);
      return gold(scene);
    },
    cleanUp: ({ hands }) => hands.letEscrowMint("alpha", true),
  },

  "cancelled-by-client": { outcome: "ABORTED", asset: gold, holds: [afterMint(({ cancel }) => cancel())] },

  "deadline-after-mint": { outcome: "ABORTED", asset: gold, holds: [afterMint()] },

  "deadline-after-burn": { outcome: "ABORTED", asset: gold, holds: [afterBurn()] },

  "cancel-refused": {
    outcome: "ABORTED",
    ...refusing("beta", afterMint, "destination", "fail-rollback-cancel"),
  },
  "recreate-refused": {
    outcome: "ABORTED",
    ...refusing("alpha", afterBurn, "origin", "fail-rollback-recreate"),
  },

  "origin-restarted": {
    outcome: "COMMITTED",
    asset: gold,
    holds: [restarted("origin", "append init-proposal/after")],
  },
  "destination-restarted": {
    outcome: "COMMITTED",
    asset: gold,
    holds: [restarted("destination", "append exec-proposal/after")],
  },
  "origin-missed": {
    outcome: "COMMITTED",
    asset: gold,
    holds: [missed("origin", "destination", "append init-proposal/after")],
  },
  "destination-missed": {
    outcome: "COMMITTED",
    asset: gold,
    holds: [missed("destination", "origin", "append exec-proposal/after")],
  },

  /** Under COMMIT the clock of beta passes `cancelAfter` before the destination assigns, and anyone cancels. */
  reversed: {
    outcome: "REVERSED",
    outcomeOfPrivate: "ABORTED",
    asset: gold,
    holds: [
      {
        role: "destination",
        point: "act assign/before",
        meanwhile: async (scene) => {
          await scene.stage.advance(PAST_CANCEL_AFTER, "beta");
          await scene.hands.cancel(await scene.terms());
        },
      },
    ],
  },
} as const satisfies Readonly<Record<string, Flow>>;
export type FlowName = keyof typeof FLOWS;

/** Flows that pass an entry, where it is not the plain one. */
const FLOWS_OF_MARKS: Partial<Record<Mark, readonly [FlowName, ...FlowName[]]>> = {
  "fail-proposal": ["unmapped"],
  "fail-lock": ["lock-refused"],
  "fail-lock-assert": ["lock-gone"],
  "fail-mint": ["voted-no"],
  "fail-prepare": ["no-heard"],
  "fail-burn": ["burn-refused"],
  "fail-assign": ["reversed"],
  "init-rollback": ["voted-no", "deadline-after-mint", "deadline-after-burn", "reversed"],
  "exec-rollback-unlock": ["voted-no", "deadline-after-mint", "lock-refused"],
  "done-rollback-unlock": ["deadline-after-mint", "voted-no"],
  "exec-rollback-recreate": ["deadline-after-burn", "reversed"],
  "done-rollback-recreate": ["deadline-after-burn", "reversed"],
  "exec-rollback-cancel": ["deadline-after-mint", "voted-no", "deadline-after-burn"],
  "done-rollback-cancel": ["deadline-after-mint", "voted-no", "deadline-after-burn"],
  "done-rollback": ["voted-no", "cancelled-by-client", "reversed"],
  "ack-rollback": ["deadline-after-mint", "reversed"],
  "fail-rollback-cancel": ["cancel-refused"],
  "fail-rollback-recreate": ["recreate-refused"],
};

/** Entries beside the order: by who is away. The handshake goes back and forth between the one who was and the other. */
const FLOWS_BESIDE: Partial<Record<Mark, Readonly<Record<Role, FlowName>>>> = {
  "init-recover": { origin: "origin-restarted", destination: "destination-restarted" },
  "ack-recover-update": { origin: "destination-restarted", destination: "origin-restarted" },
  "ack-recover-update-ack": { origin: "origin-restarted", destination: "destination-restarted" },
  "ack-recover-success": { origin: "destination-restarted", destination: "origin-restarted" },
  "fail-peer": { origin: "destination-missed", destination: "origin-missed" },
  "done-peer": { origin: "destination-missed", destination: "origin-missed" },
};

const FLOWS_OF_STEPS: Readonly<Record<string, readonly [FlowName, ...FlowName[]]>> = {
  "act unlock": ["voted-no", "deadline-after-mint"],
  "act recreate": ["deadline-after-burn", "reversed"],
  "act cancel": ["deadline-after-mint", "voted-no"],
  close: ["committed", "voted-no", "reversed"],
};

/** Flows in which a gateway of this role passes the point; the first is enough to see it. */
export function flowsOf(role: Role, point: FaultPoint, logging: Logging): readonly [FlowName, ...FlowName[]] {
  const step = point.slice(0, point.lastIndexOf("/"));
  // Whoever comes second finds the decision there: the other one is kept from being first.
  if (step === "decide ABORT") return role === "origin" ? ["lock-refused"] : ["deadline-after-mint"];
  const mark = /^(?:append|send) (.*)$/.exec(step)?.[1] as Mark | undefined;
  if (mark === undefined) return FLOWS_OF_STEPS[step] ?? ["committed"];
  if (mark === "fail-prepare" && logging === "local") return ["no-heard-privately"];
  const beside = FLOWS_BESIDE[mark]?.[role];
  return beside ? [beside] : (FLOWS_OF_MARKS[mark] ?? ["committed"]);
}
