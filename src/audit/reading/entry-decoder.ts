import { hexToBytes, sessionIdFromBytes16, ZERO_HASH, type Hash, type Hex } from "../../entry/hex.ts";
import type { EntryAppended, Place } from "./events.ts";
import type { RawLog } from "./reader.ts";

const WORD = 64;
/** Words before the payload's length: header, causedBy, lastEntryHash, payloadHash, offset, r, vs, previousBlock. */
const HEAD_WORDS = 8;
const PAYLOAD_OFFSET = (HEAD_WORDS * 32).toString(16).padStart(WORD, "0");
const UINT32_START = WORD - 8;
const TOPICS = 3;
/** Behind the 16 bytes of a session's id. */
const ID_PADDING = "0".repeat(32);

/**
 * Reads an `EntryAppended` that is in its canonical form, which nearly all events of a log are, in a hundredth of the time of the
 * general way; undefined on anything else, of which the general way says what it is.
 */
export function readEntryAppended({ topics, data }: RawLog, at: Place): EntryAppended | undefined {
  const [, session, gatewayId] = topics;
  if (topics.length !== TOPICS || session === undefined || gatewayId === undefined) return undefined;
  const word = (index: number): Hash => `0x${data.slice(2 + index * WORD, 2 + (index + 1) * WORD)}`;
  const isUint32 = (index: number): boolean => /^0x0*$/.test(word(index).slice(0, 2 + UINT32_START));
  const payloadStart = 2 + (HEAD_WORDS + 1) * WORD;
  const size = Number.parseInt(word(HEAD_WORDS).slice(-8), 16);
  const payloadEnd = payloadStart + size * 2;
  const paddedEnd = payloadStart + Math.ceil(size / 32) * WORD;
  const isCanonical =
    session.endsWith(ID_PADDING) &&
    word(4) === `0x${PAYLOAD_OFFSET}` &&
    isUint32(7) &&
    isUint32(HEAD_WORDS) &&
    data.length === paddedEnd &&
    /^0*$/.test(data.slice(payloadEnd));
  if (!isCanonical) return undefined;
  const [r, vs] = [word(5), word(6)];
  const payload: Hex = `0x${data.slice(payloadStart, payloadEnd)}`;
  return {
    kind: "EntryAppended",
    at,
    sessionId: sessionIdFromBytes16(session),
    gatewayId,
    header: word(0),
    causedBy: word(1),
    lastEntryHash: word(2),
    payloadHash: word(3),
    payload: hexToBytes(payload),
    signature: r === ZERO_HASH && vs === ZERO_HASH ? null : `${r}${vs.slice(2)}`,
    previousBlock: Number.parseInt(word(7).slice(-8), 16),
  };
}
