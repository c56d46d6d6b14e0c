import { GatelogError } from "../entry/errors.ts";
import { ZERO_ADDRESS, type SessionId } from "../entry/hex.ts";
import type { SessionFacts } from "../entry/session.ts";
import { parseAs } from "../entry/parse.ts";
import { termsHashOf, termsSchema, type Terms } from "../entry/terms.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { agreementOf, isPrivateLogging, requireServed } from "./agreement.ts";
import type { GatewayOptions, GatewayPorts } from "./ports.ts";
import { requestHashOf, type SettledRequest } from "./request.ts";

const MS_PER_SECOND = 1_000;

export interface Proposal {
  readonly facts: SessionFacts;
  /** Null if the destination ledger has no token for the asset: there is nothing that the escrows could agree on. */
  readonly terms: Terms | null;
}

/**
 * Fixes facts and terms of a new session. What this gateway can see to be impossible is refused here, before there is a
 * session: an asset that its own escrow does not hold (UNMAPPED_TOKEN), an owner that does not own it (LEDGER_REJECTED), terms
 * that an escrow would refuse (INVALID_TERMS), decimals that differ (UNMAPPED_TOKEN). What only the peer can judge goes to the
 * peer: a token that is not mapped there is proposed all the same, so that the refusal stands in the log.
 */
export async function propose(
  sessionId: SessionId,
  request: SettledRequest,
  ports: GatewayPorts,
  options: GatewayOptions,
): Promise<Proposal> {
  const { logging } = request.profile;
  requireServed("this gateway", options.loggings, logging);
  if (request.destination.gatewayId === options.gatewayId)
    throw new GatelogError("INVALID_SESSION", "the destination is this gateway itself", {
      gatewayId: options.gatewayId,
    });
  const ledger = ownLedger(request.originNetworkId, ports, options);
  const { asset } = request;
  const tokenId = asset.standard === "erc721" ? BigInt(asset.tokenId) : undefined;
  const token = await ledger.token(asset.address, tokenId);
  if (token.standard !== asset.standard)
    throw new GatelogError("UNMAPPED_TOKEN", `the escrow holds this token as ${token.standard}`, {
      expected: token.standard,
      actual: asset.standard,
    });
  if (asset.standard === "erc721" && token.owner !== request.originator)
    throw new GatelogError("LEDGER_REJECTED", "the originator does not own the token", {
      expected: request.originator,
      actual: token.owner ?? ZERO_ADDRESS,
    });

  const { gatewayId: peer, networkId } = request.destination;
  // A burned asset comes back only on what the destination ledger finally shows: who cannot read it must not begin.
  if (!ports.ledgers.has(networkId))
    throw new GatelogError("NOT_SERVED_HERE", `this gateway cannot read network ${networkId}`, { networkId });
  const offer = await ports.peers.offer(peer, { networkId, originChainId: ledger.chainId, originToken: asset.address });
  requireServed("the peer", offer.loggings, logging);
  const now = ports.clock.now();
  const deadline = toSeconds(now + (request.deadlineMs ?? options.timing.deadline));
  const lockExpiry =
    request.lockExpiryMs === undefined
      ? deadline + toSeconds(options.timing.lockMargin)
      : toSeconds(now + request.lockExpiryMs);
  if (lockExpiry <= deadline)
    throw new GatelogError("INVALID_TERMS", "the lock must expire after the deadline", { deadline, lockExpiry });

  const networks = { origin: ledger.networkId, destination: networkId };
  if (offer.standard === null)
    return { terms: null, facts: factsOf(null, sessionId, request, networks, deadline, options) };
  if (offer.decimals !== token.decimals)
    throw new GatelogError("UNMAPPED_TOKEN", `the tokens have ${token.decimals} and ${offer.decimals} decimals`, {
      expected: token.decimals,
      actual: offer.decimals,
    });

  const unchecked: Terms = {
    sessionId,
    standard: asset.standard,
    value: asset.standard === "erc20" ? asset.amount : asset.tokenId,
    tokenUri: token.tokenUri,
    originator: request.originator,
    beneficiary: request.beneficiary,
    origin: {
      chainId: ledger.chainId,
      escrow: ledger.escrow,
      token: asset.address,
      owner: options.owner,
      keys: [...(options.ledgerKeys.get(ledger.networkId) ?? [])],
    },
    destination: {
      chainId: offer.chainId,
      escrow: offer.escrow,
      token: offer.token,
      owner: offer.owner,
      keys: [...offer.keys],
    },
    lockExpiry,
    // With private logs the mint may be cancelled as soon as the lock expires; with a register only as a last resort (R5).
    cancelAfter:
      deadline + toSeconds(isPrivateLogging(logging) ? options.timing.lockMargin : options.timing.cancelGrace),
    log: agreementOf(logging, options).log,
    attestors: [],
    attestorThreshold: 0,
  };
  const terms = parseAs(termsSchema, unchecked, "INVALID_TERMS", "terms");
  return { terms, facts: factsOf(terms, sessionId, request, networks, deadline, options) };
}

function factsOf(
  terms: Terms | null,
  sessionId: SessionId,
  request: SettledRequest,
  networks: { readonly origin: string; readonly destination: string },
  deadline: number,
  options: GatewayOptions,
): SessionFacts {
  const { asset } = request;
  const item = { standard: asset.standard, value: asset.standard === "erc20" ? asset.amount : asset.tokenId };
  return {
    sessionId,
    contextId: sessionId,
    origin: {
      gatewayId: options.gatewayId,
      networkId: networks.origin,
      asset: assetId(networks.origin, item, asset.address),
    },
    destination: {
      gatewayId: request.destination.gatewayId,
      networkId: networks.destination,
      asset: terms && assetId(networks.destination, terms, terms.destination.token),
    },
    amount: asset.standard === "erc20" ? asset.amount : null,
    deadline,
    termsHash: terms && termsHashOf(terms),
    requestHash: requestHashOf(request),
    profile: request.profile,
    ...agreementOf(request.profile.logging, options),
  };
}

/** CAIP-19. */
export function assetId(networkId: string, item: Pick<Terms, "standard" | "value">, token: string): string {
  const asset = `${networkId}/${item.standard}:${token}`;
  return item.standard === "erc721" ? `${asset}/${item.value}` : asset;
}

function ownLedger(networkId: string | undefined, ports: GatewayPorts, options: GatewayOptions): Ledger {
  const own = [...ports.ledgers.values()].filter(
    (ledger) => ledger.account !== null && options.ledgerKeys.has(ledger.networkId),
  );
  const ledger = networkId === undefined ? own[0] : own.find((candidate) => candidate.networkId === networkId);
  if (!ledger || (networkId === undefined && own.length > 1))
    throw new GatelogError("INVALID_SESSION", "say which of the gateway's networks the asset is on", {
      expected: own.map((candidate) => candidate.networkId).join(" "),
      actual: networkId ?? "",
    });
  return ledger;
}

function toSeconds(ms: number): number {
  return Math.floor(ms / MS_PER_SECOND);
}
