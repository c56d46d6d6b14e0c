import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { afterChange, splitEndpoints, type GatewayHistory } from "../entry/gateway-history.ts";
import { checkChangeSignatures } from "../entry/signed-changes.ts";
import { gatewayIdOf, type RegistryDomain } from "../entry/statements.ts";
import type { GatewayChange, GatewayLine } from "./log-file.ts";

/** What of a file's record of a gateway is wrong in itself: MALFORMED, FOREIGN_SIGNATURE, INVALID_SIGNATURE. */
export function checkGatewayLine(line: GatewayLine, domain: RegistryDomain | null, withSignatures: boolean): void {
  const { gatewayId, epoch, keys, chain } = line;
  const isAscending = keys.every((key, place) => key.epoch > (keys[place - 1]?.epoch ?? 0));
  if (!isAscending || keys.at(-1)?.epoch !== epoch)
    throw wrong(line, "keys go by ascending epochs from 1 on, the current one last");
  if (domain === null) return;
  if (chain === null) throw wrong(line, "a chain's gateway has its changes");
  const history = historyOf(line, chain.changes);
  const { head, changes } = chain;
  const [registered] = changes;
  if (registered?.event !== "GatewayRegistered" || gatewayIdOf(registered.owner, registered.name) !== gatewayId)
    throw wrong(line, "the first change is the registration, whose owner and name make the id");
  const isHead =
    head.owner === registered.owner &&
    head.epoch === epoch &&
    head.key === keys.at(-1)?.key &&
    head.changes === history.changes &&
    head.lastBlock === changes.at(-1)?.at.block &&
    head.takeoverInterval === history.takeoverInterval &&
    head.takeoverBlock === (changes.findLast(isTakeover)?.at.block ?? 0) &&
    head.backups.join() === history.backups.join();
  if (!isHead) throw wrong(line, "what the registry holds is not what its events add up to");
  if (withSignatures)
    for (const change of changes)
      inLine(line, () => {
        checkChangeSignatures(gatewayId, change, registered.owner, domain);
      });
}

/** The changes are numbered and chained, and lead to the keys, endpoints and backups of the record. */
function historyOf(line: GatewayLine, changes: readonly GatewayChange[]): GatewayHistory {
  let history: GatewayHistory | undefined;
  let block: number | undefined;
  for (const change of changes) {
    if (change.event !== "GatewayRegistered" && change.at.previousBlock !== block)
      throw wrong(line, `${change.event} does not name the block of the change before`);
    history = inLine(line, () => afterChange(history, change));
    block = change.at.block;
  }
  if (history === undefined) throw wrong(line, "a chain's gateway has its changes");
  const { keys, endpoints, backups } = history;
  const sameKeys =
    keys.length === line.keys.length &&
    keys.every(({ epoch, key }, place) => line.keys[place]?.epoch === epoch && line.keys[place].key === key);
  if (!sameKeys) throw wrong(line, "the keys are not those of the changes");
  if (splitEndpoints(endpoints).join(" ") !== line.endpoints.join(" "))
    throw wrong(line, "the endpoints are not those of the last change");
  if (line.backups !== undefined && line.backups.join() !== backups.join())
    throw wrong(line, "the backups are not those of the changes");
  return history;
}

function isTakeover(change: GatewayChange): boolean {
  return change.event === "PrimaryChanged" && !change.planned;
}

/** What is wrong with a change is wrong with the gateway's line. */
function inLine<T>(line: GatewayLine, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isGatelogError(error, "MALFORMED") ? wrong(line, error.message) : error;
  }
}

function wrong({ gatewayId }: GatewayLine, message: string): GatelogError {
  return new GatelogError("MALFORMED", message, { gatewayId });
}
