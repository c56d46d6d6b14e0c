import { REGISTRY_EVENTS } from "../audit/reading/event-decoder.ts";
import type { GatewayEvent, Place, RegistryEvent } from "../audit/reading/events.ts";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { afterChange, type GatewayHistory } from "../entry/gateway-history.ts";
import type { GatewayId } from "../entry/hex.ts";
import type { EventPlace, GatewayChange } from "../store/log-file.ts";

const GATEWAY_EVENTS = ["GatewayRegistered", "KeyRotated", "EndpointsSet", "BackupsSet", "PrimaryChanged"] as const;
export const GATEWAY_TOPICS: readonly (string | undefined)[] = GATEWAY_EVENTS.map(
  (name) => REGISTRY_EVENTS.getEvent(name)?.topicHash,
);

/** The event as a file has it; CORRUPT_STORE if it is none of this gateway's changes. */
export function changeOf(event: RegistryEvent, gatewayId: GatewayId): GatewayChange {
  const isChange = GATEWAY_EVENTS.some((kind) => kind === event.kind);
  if (!isChange || !("gatewayId" in event) || event.gatewayId !== gatewayId)
    throw corrupt("an event of another gateway", event.at);
  const change = event as GatewayEvent; // of the kinds that GATEWAY_EVENTS names
  const at = placeOf(change.at);
  const { signature } = change;
  switch (change.kind) {
    case "GatewayRegistered": {
      const { owner, name, key, endpoints } = change;
      return { event: change.kind, owner, name, key, endpoints, signature, at };
    }
    case "KeyRotated": {
      const { epoch, key, change: number, previousBlock } = change;
      return { event: change.kind, epoch, key, change: number, signature, at: { ...at, previousBlock } };
    }
    case "EndpointsSet": {
      const { endpoints, change: number, previousBlock } = change;
      return { event: change.kind, endpoints, change: number, signature, at: { ...at, previousBlock } };
    }
    case "BackupsSet": {
      const { backups, takeoverInterval, change: number, previousBlock } = change;
      const row = { backups: [...backups], takeoverInterval, change: number };
      return { event: change.kind, ...row, signature, at: { ...at, previousBlock } };
    }
    case "PrimaryChanged": {
      const { epoch, key, former, planned, formerSignature, previousBlock } = change;
      const row = { epoch, key, former, planned, formerSignature };
      return { event: change.kind, ...row, signature, at: { ...at, previousBlock } };
    }
  }
}

/** The changes added up; STORE_UNAVAILABLE where they do not follow from each other. */
export function historyOf(gatewayId: GatewayId, changes: readonly GatewayChange[]): GatewayHistory {
  let history: GatewayHistory | undefined;
  try {
    for (const change of changes) history = afterChange(history, change);
  } catch (error) {
    if (!isGatelogError(error, "MALFORMED")) throw error;
    throw new GatelogError("STORE_UNAVAILABLE", `the node does not show all changes of the gateway: ${error.message}`, {
      gatewayId,
    });
  }
  if (history === undefined)
    throw new GatelogError("UNKNOWN_GATEWAY", "the registry has no such gateway", { gatewayId });
  return history;
}

export function placeOf({ block, logIndex, transactionHash }: Place): EventPlace {
  return { block, logIndex, transactionHash };
}

export function corrupt(
  what: string,
  { block, logIndex }: { readonly block: number; readonly logIndex: number },
): GatelogError {
  return new GatelogError("CORRUPT_STORE", `the node shows ${what}`, { block, logIndex });
}
