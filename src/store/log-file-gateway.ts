import { GatelogError } from "../entry/errors.ts";
import { recoverSigner } from "../entry/signature.ts";
import { gatewayIdOf, statementDigest, type RegistryDomain, type Statements } from "../entry/statements.ts";
import type { GatewayChange, GatewayLine } from "./log-file.ts";

/** What of a file's record of a gateway is wrong in itself: MALFORMED, FOREIGN_SIGNATURE, INVALID_SIGNATURE. */
export function checkGatewayLine(line: GatewayLine, domain: RegistryDomain | null, withSignatures: boolean): void {
  const { gatewayId, epoch, keys, chain } = line;
  const isAscending = keys.every((key, place) => key.epoch > (keys[place - 1]?.epoch ?? 0));
  if (!isAscending || keys.at(-1)?.epoch !== epoch)
    throw wrong(line, "keys go by ascending epochs from 1 on, the current one last");
  if (domain === null) return;
  if (chain === null) throw wrong(line, "a chain's gateway has its changes");
  checkChanges(line, chain.changes);
  const { head, changes } = chain;
  const [registered] = changes;
  if (registered?.event !== "GatewayRegistered" || gatewayIdOf(registered.owner, registered.name) !== gatewayId)
    throw wrong(line, "the first change is the registration, whose owner and name make the id");
  const isHead =
    head.owner === registered.owner &&
    head.epoch === epoch &&
    head.key === keys.at(-1)?.key &&
    head.changes === changes.length &&
    head.lastBlock === changes.at(-1)?.at.block;
  if (!isHead) throw wrong(line, "what the registry holds is not what its events add up to");
  if (!withSignatures) return;
  for (const change of changes) {
    const actual = recoverSigner(digestOf(line, change, domain), change.signature);
    if (actual !== registered.owner)
      throw new GatelogError("FOREIGN_SIGNATURE", `${change.event} is not signed by the gateway's owner`, {
        ...{ gatewayId, expected: registered.owner, actual },
      });
  }
}

/** The changes are numbered and chained, and lead to the keys and endpoints of the record. */
function checkChanges(line: GatewayLine, changes: readonly GatewayChange[]): void {
  const keys: { epoch: number; key: string }[] = [];
  let endpoints = "";
  for (const [number, change] of changes.entries()) {
    const before = changes[number - 1];
    if (change.event === "GatewayRegistered") {
      if (number !== 0) throw wrong(line, "a gateway is registered once");
    } else if (change.change !== number || change.at.previousBlock !== before?.at.block)
      throw wrong(line, `change ${number} does not follow the one before`);
    if (change.event === "GatewayRegistered") keys.push({ epoch: 1, key: change.key });
    else if (change.event === "KeyRotated") keys.push({ epoch: change.epoch, key: change.key });
    if (change.event !== "KeyRotated") endpoints = change.endpoints;
  }
  const sameKeys =
    keys.length === line.keys.length &&
    keys.every(({ epoch, key }, place) => line.keys[place]?.epoch === epoch && line.keys[place].key === key);
  if (!sameKeys) throw wrong(line, "the keys are not those of the changes");
  if (splitEndpoints(endpoints).join(" ") !== line.endpoints.join(" "))
    throw wrong(line, "the endpoints are not those of the last change");
}

/** As the registry's text of them is read. */
export function splitEndpoints(endpoints: string): string[] {
  return endpoints.split(" ").filter((url) => url !== "");
}

function digestOf({ gatewayId }: GatewayLine, change: GatewayChange, domain: RegistryDomain) {
  const digest = <Name extends keyof Statements>(name: Name, statement: Statements[Name]) =>
    statementDigest(domain, name, statement);
  switch (change.event) {
    case "GatewayRegistered": {
      const { owner, name, key, endpoints } = change;
      return digest("RegisterGateway", { owner, name, key, endpoints });
    }
    case "KeyRotated":
      return digest("RotateKey", { gatewayId, key: change.key, change: change.change });
    case "EndpointsSet":
      return digest("SetEndpoints", { gatewayId, endpoints: change.endpoints, change: change.change });
  }
}

function wrong({ gatewayId }: GatewayLine, message: string): GatelogError {
  return new GatelogError("MALFORMED", message, { gatewayId });
}
