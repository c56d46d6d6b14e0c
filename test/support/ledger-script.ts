import { id } from "ethers";
import { FindingList } from "../../src/audit/findings.ts";
import { checkLedgers } from "../../src/audit/ledgers/ledger-check.ts";
import type { CheckedSession } from "../../src/audit/checks/session-check.ts";
import type { TransferView } from "../../src/audit/ledgers/transfer-view.ts";
import { toHex } from "../../src/entry/hex.ts";
import { account, ScriptedLedger } from "./scripted-ledger.ts";

const COMMANDS_OF = {
  Locked: "lock",
  Burned: "burn",
  Unlocked: "rollback-unlock",
  Recreated: "rollback-recreate",
  Minted: "mint",
  Assigned: "assign",
  Cancelled: "rollback-cancel",
} as const;
export type Logged = keyof typeof COMMANDS_OF;
const OF_ORIGIN: readonly Logged[] = ["Locked", "Burned", "Unlocked", "Recreated"];
const OF_DESTINATION: readonly Logged[] = ["Minted", "Assigned", "Cancelled"];

const REGISTER = { chainId: 9, registry: account(9) };
/** The log calls every effect of a committed transfer done. */
const COMMITTED: readonly Logged[] = ["Locked", "Burned", "Minted", "Assigned"];
const ORIGIN_TOKEN = { erc20: account(201), erc721: account(211) };
const DESTINATION_TOKEN = { erc20: account(202), erc721: account(212) };
let serial = 0;

export type Both = readonly [alpha: ScriptedLedger, beta: ScriptedLedger];

/** Two escrows; on one chain if a test asks for it. */
export function scriptedLedgers(isOneChain = false): Both {
  return [new ScriptedLedger("alpha", 1, account(101)), new ScriptedLedger("beta", isOneChain ? 1 : 2, account(102))];
}

export interface Wish {
  readonly decision?: CheckedSession["decision"];
  /** Effects that the log announces and calls done. */
  readonly logged?: readonly Logged[];
  readonly isRegistered?: boolean;
  readonly standard?: "erc20" | "erc721";
  readonly value?: string;
}

/** A session from alpha to beta, and what its log has: unless a test says otherwise all of a transfer that was committed. */
export async function scriptedSession([alpha, beta]: Both, wish: Wish = {}) {
  serial += 1;
  const sessionId = `00000000-0000-4000-8000-${String(serial).padStart(12, "0")}`;
  const { decision = "COMMIT", isRegistered = true, standard = "erc20", value = "7", logged = COMMITTED } = wish;
  const marks = (names: readonly Logged[]) =>
    new Map(
      names
        .filter((name) => logged.includes(name))
        .flatMap((name, at) => [
          [`init-${COMMANDS_OF[name]}`, 2 * at] as const,
          [`done-${COMMANDS_OF[name]}`, 2 * at + 1] as const,
        ]),
    );
  const transfer: TransferView = {
    sessionId,
    termsHash: toHex(id(sessionId)),
    terms: {
      ...{ sessionId, standard, value, lockExpiry: 5_000, cancelAfter: 6_000 },
      ...{ originator: account(1), beneficiary: account(2) },
      origin: { chainId: await alpha.chainId(), escrow: alpha.escrow, token: ORIGIN_TOKEN[standard] },
      destination: { chainId: await beta.chainId(), escrow: beta.escrow, token: DESTINATION_TOKEN[standard] },
    },
    gatewayIds: { origin: toHex(id("a")), destination: toHex(id("b")) },
    marks: { origin: marks(OF_ORIGIN), destination: marks(OF_DESTINATION) },
    claims: { origin: new Map(), destination: new Map() },
    isRegistered,
  };
  const checked: CheckedSession = {
    ...{ sessionId, order: serial, outcome: "COMMITTED", decision, ground: "NONE", closed: true },
    ...{ logs: [], entries: 0, withPayload: 0, transfer, story: null },
    head: { opened: null, lastEntryHashes: [], settled: true, footing: null },
  };
  return { checked, transfer };
}

/** `marks`: the final blocks before the log was read; what the ledgers have unless given. */
export async function checkScript(
  ledgers: readonly ScriptedLedger[],
  sessions: readonly CheckedSession[],
  marks: readonly number[] = [],
) {
  const findings = new FindingList();
  const readers = new Map<ScriptedLedger, number>();
  for (const [at, ledger] of ledgers.entries()) readers.set(ledger, marks[at] ?? (await ledger.finalBlock()));
  const { unread, reports } = await checkLedgers(findings, { sessions, register: REGISTER }, readers);
  return { findings: findings.sorted(), unread, reports };
}
