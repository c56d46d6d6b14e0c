import type { DevnetRecord } from "../../src/cli/devnet.ts";
import { DISPUTED_DEED } from "../../src/cli/devnet-deploy.ts";
import type { TransferStatus } from "../../src/client/gateway-answers.ts";

export type Side = "alpha" | "beta";

export interface Scene {
  readonly title: string;
  readonly from: Side;
  readonly standard: "erc721" | "erc20";
  /** Token id or amount in the smallest unit. */
  readonly value: bigint;
  readonly owner: "alice" | "bob";
  readonly beneficiary: "alice" | "bob";
  readonly expected: TransferStatus["outcome"];
}

const UNIT = 10n ** 18n;

/** What the demo transfers, all at the same time. */
export const SCENES: readonly Scene[] = [
  {
    title: "deed 7, alpha to beta",
    from: "alpha",
    standard: "erc721",
    value: 7n,
    owner: "alice",
    beneficiary: "bob",
    expected: "COMMITTED",
  },
  {
    title: "250 gold, alpha to beta",
    from: "alpha",
    standard: "erc20",
    value: 250n * UNIT,
    owner: "alice",
    beneficiary: "bob",
    expected: "COMMITTED",
  },
  {
    title: "40 gold, beta to alpha",
    from: "beta",
    standard: "erc20",
    value: 40n * UNIT,
    owner: "bob",
    beneficiary: "alice",
    expected: "COMMITTED",
  },
  {
    title: `deed ${DISPUTED_DEED}, alpha to beta, which has one of that id`,
    from: "alpha",
    standard: "erc721",
    value: DISPUTED_DEED,
    owner: "alice",
    beneficiary: "bob",
    expected: "ABORTED",
  },
];

/** The scene in whose middle a gateway is killed. */
export const KILLED_SCENE = 0;

/** Where the kill may strike: the gateway that has just made this entry durable, and is about to act on it. */
export const KILL_POINTS = {
  lock: { side: "alpha", mark: "exec-lock" },
  "lock-assert": { side: "beta", mark: "ack-lock-assert" },
  prepare: { side: "alpha", mark: "init-prepare" },
  mint: { side: "beta", mark: "exec-mint" },
  vote: { side: "beta", mark: "ack-prepare" },
  burn: { side: "alpha", mark: "exec-burn" },
  commit: { side: "alpha", mark: "done-burn" },
  assign: { side: "beta", mark: "exec-assign" },
} as const satisfies Record<string, { side: Side; mark: string }>;
export type KillPoint = keyof typeof KILL_POINTS;

export function isKillPoint(text: string): text is KillPoint {
  return Object.hasOwn(KILL_POINTS, text);
}

export function idempotencyKeyOf(index: number): string {
  return `demo-${index}`;
}

export function requestOf(scene: Scene, index: number, record: DevnetRecord): object {
  const to: Side = scene.from === "alpha" ? "beta" : "alpha";
  const address = record[scene.from][scene.standard];
  return {
    idempotencyKey: idempotencyKeyOf(index),
    asset:
      scene.standard === "erc20"
        ? { standard: "erc20", address, amount: scene.value.toString() }
        : { standard: "erc721", address, tokenId: scene.value.toString() },
    originator: record.accounts[scene.owner].address,
    beneficiary: record.accounts[scene.beneficiary].address,
    destination: { gatewayId: record.gateways[to].gatewayId, networkId: `eip155:${record[to].chainId}` },
  };
}
