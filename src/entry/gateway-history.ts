import { GatelogError } from "./errors.ts";
import type { Address } from "./hex.ts";

/** One event of the registry about a group, as far as the group's state goes. Endpoints are separated by spaces. */
export type GatewayChange =
  | { readonly event: "GatewayRegistered"; readonly key: Address; readonly endpoints: string }
  | { readonly event: "KeyRotated"; readonly change: number; readonly epoch: number; readonly key: Address }
  | { readonly event: "EndpointsSet"; readonly change: number; readonly endpoints: string }
  | {
      readonly event: "BackupsSet";
      readonly change: number;
      readonly backups: readonly Address[];
      readonly takeoverInterval: number;
    }
  | { readonly event: "PrimaryChanged"; readonly epoch: number; readonly key: Address; readonly former: Address };

/** A group as its events make it. */
export interface GatewayHistory {
  /** Of each epoch, from 1 on: an entry is checked with the key of the epoch that it names, however that epoch began. */
  readonly keys: readonly { readonly epoch: number; readonly key: Address }[];
  readonly endpoints: string;
  /** In the order that the registry has them. */
  readonly backups: readonly Address[];
  readonly takeoverInterval: number;
  /** Number of the owner's changes. */
  readonly changes: number;
}

/**
 * The history with one more event; `undefined` stands before the registration. MALFORMED if the registry cannot have emitted this
 * event at this place: what is missing before it is not made up. Signatures and intervals are not looked at.
 */
export function afterChange(history: GatewayHistory | undefined, change: GatewayChange): GatewayHistory {
  if (change.event === "GatewayRegistered") {
    if (history !== undefined) throw wrong("a gateway is registered once");
    const { key, endpoints } = change;
    return { keys: [{ epoch: 1, key }], endpoints, backups: [], takeoverInterval: 0, changes: 1 };
  }
  if (history === undefined) throw wrong("the first change of a gateway is its registration");
  if (change.event === "PrimaryChanged") return succeeded(history, change);
  if (change.change !== history.changes) throw wrong(`change ${change.change} does not follow the one before`);
  const next = { ...history, changes: history.changes + 1 };
  switch (change.event) {
    case "KeyRotated":
      return { ...withKey(next, change), backups: next.backups.filter((key) => key !== change.key) };
    case "EndpointsSet":
      return { ...next, endpoints: change.endpoints };
    case "BackupsSet": {
      // Where no registry is, the owner cannot know who has taken over by now: its list stands for the others.
      const primary = history.keys.at(-1)?.key;
      const backups = change.backups.filter((key) => key !== primary);
      return { ...next, backups, takeoverInterval: change.takeoverInterval };
    }
  }
}

/** As the registry's text of them is read. */
export function splitEndpoints(endpoints: string): string[] {
  return endpoints.split(" ").filter((url) => url !== "");
}

/** The new primary leaves the list, and the former one's key goes to its end. */
function succeeded(history: GatewayHistory, change: Extract<GatewayChange, { event: "PrimaryChanged" }>) {
  const { backups } = history;
  if (history.keys.at(-1)?.key !== change.former) throw wrong("the former primary was not the primary");
  if (!backups.includes(change.key)) throw wrong("the new primary was none of the backups");
  return { ...withKey(history, change), backups: [...backups.filter((key) => key !== change.key), change.former] };
}

function withKey(history: GatewayHistory, { epoch, key }: { readonly epoch: number; readonly key: Address }) {
  if (epoch !== history.keys.length + 1) throw wrong(`epoch ${epoch} does not follow the one before`);
  return { ...history, keys: [...history.keys, { epoch, key }] };
}

function wrong(message: string): GatelogError {
  return new GatelogError("MALFORMED", message);
}
