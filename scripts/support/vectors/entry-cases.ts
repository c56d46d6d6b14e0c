import { hexOf, MAX_SAFE, MAX_UINT32, repeat } from "./common.ts";

const MAX_UINT16 = 2 ** 16 - 1;
/** The contract holds 2^28 - 1 entries of a log; the last has this index. */
const MAX_INDEX = 2 ** 28 - 2;
const TIMESTAMP_MS = 1_606_157_330_123;

interface CommonEntryCase {
  name: string;
  session: string;
  gateway: string;
  /** Whether it can be appended where the entries before it stand. */
  chained: boolean;
  seqNumber: number;
  step: number;
  operation: string;
  command: number;
  timestamp: number;
  vote?: string;
  /** Name of the entry that it answers. */
  answers?: string;
  version?: number;
  epoch?: number;
  index?: number;
  causedBy?: string;
  lastEntryHash?: string;
}

export type EntryCase = CommonEntryCase &
  ({ payloadText: string; payloadBytes?: undefined } | { payloadText?: undefined; payloadBytes: string });

function inTransfer(
  gateway: "alpha" | "beta",
  seqNumber: number,
  step: number,
  [operation, command, code]: readonly [operation: string, command: string, code: number],
  more: { payload: unknown; answers?: string; vote?: string },
): EntryCase {
  const { payload, ...rest } = more;
  const name = `${operation}-${command} of ${gateway}`;
  const timestamp = TIMESTAMP_MS + seqNumber * 1_000;
  const common = { session: "transfer", gateway, chained: true, seqNumber, step, operation, command: code, timestamp };
  return { name, ...common, payloadText: JSON.stringify(payload), ...rest };
}

const CLAIM = {
  messageType: "urn:ietf:params:satp:core:msgtype:transfer-proposal-msg",
  transferInitClaim: { amount: "250000000000000000000" },
};

export const ENTRIES: readonly EntryCase[] = [
  inTransfer("alpha", 1, 101, ["init", "proposal", 2], { payload: CLAIM }),
  inTransfer("beta", 2, 101, ["exec", "proposal", 2], { payload: {}, answers: "init-proposal of alpha" }),
  inTransfer("beta", 3, 102, ["ack", "proposal", 2], {
    payload: { accepted: true },
    answers: "init-proposal of alpha",
  }),
  inTransfer("alpha", 4, 102, ["done", "proposal", 2], { payload: {}, answers: "ack-proposal of beta" }),
  inTransfer("alpha", 5, 201, ["init", "lock", 4], { payload: null }),
  inTransfer("alpha", 6, 201, ["done", "lock", 4], { payload: { receipt: { blockNumber: 17, state: "LOCKED" } } }),
  inTransfer("alpha", 7, 301, ["init", "prepare", 6], { payload: [1, "two", { three: 3.5 }] }),
  inTransfer("beta", 8, 303, ["ack", "prepare", 6], {
    payload: { mint: true },
    vote: "yes",
    answers: "init-prepare of alpha",
  }),
  inTransfer("alpha", 9, 304, ["done", "burn", 8], { payload: "text: \u20ac \ud83d\ude00 \u0000" }),
  inTransfer("alpha", 10, 305, ["fail", "commit-final", 9], { payload: { __proto__x: 1, code: "PEER_UNREACHABLE" } }),
  {
    name: "a payload that is no JSON (a JWE)",
    session: "transfer",
    gateway: "beta",
    chained: true,
    seqNumber: 11,
    step: 306,
    operation: "exec",
    command: 10,
    timestamp: TIMESTAMP_MS,
    payloadBytes: hexOf("eyJhbGciOiJFQ0RILUVTIn0..iv.ciphertext.tag"),
  },
  {
    name: "a vote against",
    session: "refused",
    gateway: "alpha",
    chained: true,
    seqNumber: 2,
    step: 303,
    operation: "ack",
    vote: "no",
    command: 6,
    timestamp: TIMESTAMP_MS,
    payloadText: JSON.stringify({ code: "REFUSED", reason: "not today" }),
  },
  {
    name: "another client's command",
    session: "alone",
    gateway: "alpha",
    chained: true,
    seqNumber: 1,
    step: 101,
    operation: "init",
    command: 0,
    timestamp: TIMESTAMP_MS,
    payloadText: JSON.stringify({ command: "validate" }),
  },
  {
    name: "an empty payload",
    session: "alone",
    gateway: "alpha",
    chained: true,
    seqNumber: 2,
    step: 102,
    operation: "exec",
    command: 65_000,
    timestamp: TIMESTAMP_MS,
    payloadBytes: "0x",
  },
  {
    name: "largest numbers",
    session: "largest numbers",
    gateway: "beta",
    chained: false,
    seqNumber: MAX_SAFE,
    step: MAX_UINT16,
    operation: "fail",
    vote: "no",
    command: MAX_UINT16,
    timestamp: MAX_SAFE,
    epoch: MAX_UINT32,
    index: MAX_INDEX,
    causedBy: repeat("ff", 32),
    lastEntryHash: repeat("fe", 32),
    payloadText: '"\u{10ffff}"',
  },
  {
    name: "smallest numbers",
    session: "alone",
    gateway: "gateway with a longer name, as people type them: Ünïcode",
    chained: false,
    seqNumber: 0,
    step: 0,
    operation: "init",
    command: 0,
    timestamp: 0,
    epoch: 0,
    index: 0,
    payloadText: "null",
  },
];
