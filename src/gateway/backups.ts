import { id } from "ethers";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { toHex, type Hex } from "../entry/hex.ts";
import { recoverPublicKey, type DigestSigner } from "../entry/signature.ts";
import type { ProtocolEvent, SessionState } from "../protocol/state.ts";
import { apply } from "../protocol/step.ts";
import { DirectoryCredentials } from "./credentials/directory-credentials.ts";
import { claimIn } from "./credentials/succession-credentials.ts";
import type { GatewayPorts } from "./ports.ts";
import { peerIdOf } from "./session-reader.ts";

/**
 * Signed once, to learn the public key of a signer that has only an address: no digest of an entry or a statement, so that the
 * signature gives nobody anything.
 */
const PROBE = toHex(id("Gatelog: which public key is this?"));

const publicKeys = new WeakMap<DigestSigner, Promise<Hex>>();

/** Compressed. Errors are the signer's. */
export function publicKeyOf(signer: DigestSigner): Promise<Hex> {
  const known = publicKeys.get(signer);
  if (known) return known;
  const asked = signer.signDigest(PROBE).then((signature) => recoverPublicKey(PROBE, signature));
  publicKeys.set(signer, asked);
  // A failure is not an answer to keep.
  asked.catch(() => publicKeys.delete(signer));
  return asked;
}

/**
 * The state with as whom this process goes on, where the last own entry is of an older epoch; as it is where it is of this one.
 * STALE_EPOCH where it is of a later one.
 */
export async function identified(
  state: SessionState,
  { signer, succession }: Pick<GatewayPorts, "signer" | "succession">,
  epochOf: () => Promise<number>,
): Promise<SessionState> {
  const { length, lastEpoch } = state.own;
  if (length === 0 && succession === undefined) return state;
  const epoch = await epochOf();
  // Whoever reads that it is no primary any more must not go on with what its successor has announced (R4).
  if (epoch < lastEpoch)
    throw new GatelogError(
      "STALE_EPOCH",
      `the own log goes on in epoch ${lastEpoch}, and this process is of epoch ${epoch}`,
      {
        expected: lastEpoch,
        actual: epoch,
      },
    );
  const { kind = null, credentials = null } = succession?.(epoch) ?? {};
  const isNews = epoch > lastEpoch && (length > 0 || credentials !== null);
  if (!isNews) return state;
  return apply(state, {
    type: "identified",
    identity: { epoch, publicKey: await publicKeyOf(signer), kind, credentials },
  });
}

/**
 * Judges the backup whose RECOVER stands at `index` of the peer's log. What is refused is said to the operator, and goes into the
 * own log as the answer. Nothing comes of it where nobody can say now: it is asked again, and nothing waits for it.
 */
export async function judgeBackup(
  state: SessionState,
  ports: Pick<GatewayPorts, "store" | "directory" | "credentials" | "observe">,
  index: number,
): Promise<readonly ProtocolEvent[]> {
  const { sessionId } = state.facts;
  const credentials = ports.credentials ?? new DirectoryCredentials(ports.directory);
  try {
    const from = Math.max(0, index - 1);
    const entries = await ports.store.read(sessionId, peerIdOf(state), { from, limit: index - from + 1 });
    const entry = entries.at(-1);
    if (entry?.index !== index)
      throw new GatelogError("STORE_UNAVAILABLE", "the log that was read lags behind", { sessionId, index });
    await credentials.check(claimIn(entry, index === 0 ? undefined : entries[0]));
    return [{ type: "backup-judged", index, verdict: { accepted: true } }];
  } catch (error) {
    if (!isGatelogError(error) || error.disposition === "halt") throw error;
    ports.observe({ type: "trouble", sessionId, code: error.code, message: `a backup's RECOVER: ${error.message}` });
    if (error.disposition === "retry") return [];
    return [{ type: "backup-judged", index, verdict: { accepted: false, code: error.code, reason: error.message } }];
  }
}
