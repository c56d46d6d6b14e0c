import { isGatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import { addressOfKey } from "../entry/signature.ts";
import { publicKeyOf } from "./backups.ts";
import { ownEpoch } from "./own-epoch.ts";
import type { GatewayPorts, RunTransport } from "./ports.ts";
import type { Introduction, PeerRun, RunReceipt } from "./runs.ts";

/** Brings the peer a run; to one that knows the writer's epoch no more, or not yet, with what shows the right to it. Errors as of `push`. */
export async function pushIntroduced(
  ports: Showing,
  runs: Pick<RunTransport, "push">,
  own: GatewayId,
  { peer, sessionId, run }: { readonly peer: GatewayId; readonly sessionId: SessionId; readonly run: PeerRun },
): Promise<RunReceipt> {
  try {
    return await runs.push(peer, sessionId, run);
  } catch (error) {
    const isStranger = isGatelogError(error, "STALE_EPOCH", "UNKNOWN_GATEWAY");
    const introduction = isStranger ? await introductionOf(ports, own) : undefined;
    if (introduction === undefined) throw error;
    return runs.push(peer, sessionId, { ...run, introduction });
  }
}

export type Showing = Pick<GatewayPorts, "directory" | "signer" | "succession">;

/** Of this process; undefined where it has nothing to show, or is no primary any more. */
export async function introductionOf(ports: Showing, own: GatewayId): Promise<Introduction | undefined> {
  try {
    const epoch = await ownEpoch(ports, own);
    const shown = ports.succession?.(epoch);
    const credentials = shown?.introduction ?? shown?.credentials ?? null;
    return credentials === null ? undefined : { epoch, publicKey: await publicKeyOf(ports.signer), credentials };
  } catch (error) {
    if (isGatelogError(error, "STALE_EPOCH")) return undefined;
    throw error;
  }
}

/** Believes it or says why not, as of a RECOVER; of an epoch that is known it is no news. Errors: those of `SuccessionCredentials.check`. */
export async function meet(
  { directory, credentials }: Pick<GatewayPorts, "directory" | "credentials">,
  gatewayId: GatewayId,
  { epoch, publicKey, credentials: shown }: Introduction,
): Promise<void> {
  if (credentials === undefined || epoch <= (await directory.gateway(gatewayId, epoch)).epoch) return;
  await credentials.check({ gatewayId, epoch, publicKey, key: addressOfKey(publicKey), credentials: shown });
}
