import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { ZERO_ADDRESS } from "../entry/hex.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import type { OfferQuery, PeerOffer } from "./public.ts";

/** What this gateway offers to a peer that wants to propose a transfer. NOT_FOUND if it does not serve the network. */
export async function offerTo(
  query: OfferQuery,
  { ledgers }: Pick<GatewayPorts, "ledgers">,
  options: GatewayOptions,
): Promise<PeerOffer> {
  const { networkId, originChainId, originToken } = query;
  const ledger = ledgers.get(networkId);
  const keys = options.ledgerKeys.get(networkId);
  if (!ledger || !keys)
    throw new GatelogError("NOT_FOUND", `this gateway does not serve network ${networkId}`, { networkId });
  const { loggings } = options;
  const common = {
    logging: loggings[0],
    loggings,
    chainId: ledger.chainId,
    escrow: ledger.escrow,
    owner: options.owner,
    keys,
  };
  try {
    const token = await ledger.mappedToken(originChainId, originToken);
    const { standard, decimals } = await ledger.token(token);
    return { ...common, token, standard, decimals };
  } catch (error) {
    // The proposal goes out all the same and is refused at 1.2, so that the refusal stands in the log.
    if (isGatelogError(error, "UNMAPPED_TOKEN")) return { ...common, token: ZERO_ADDRESS, standard: null, decimals: 0 };
    throw error;
  }
}
