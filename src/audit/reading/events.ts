import type { Address, GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import type { CompactSignature } from "../../entry/signature.ts";

/** Where an event stands. */
export interface Place {
  readonly block: number;
  readonly logIndex: number;
  readonly transactionHash: Hash;
  /** Place among all events that were read: what is earlier has a smaller one. */
  readonly order: number;
}

interface Placed {
  readonly at: Place;
}

export interface GatewayRegistered extends Placed {
  readonly kind: "GatewayRegistered";
  readonly gatewayId: GatewayId;
  readonly owner: Address;
  readonly name: string;
  readonly key: Address;
  readonly endpoints: string;
  readonly signature: CompactSignature;
}

export interface KeyRotated extends Placed {
  readonly kind: "KeyRotated";
  readonly gatewayId: GatewayId;
  readonly epoch: number;
  readonly key: Address;
  readonly change: number;
  readonly previousBlock: number;
  readonly signature: CompactSignature;
}

export interface EndpointsSet extends Placed {
  readonly kind: "EndpointsSet";
  readonly gatewayId: GatewayId;
  readonly endpoints: string;
  readonly change: number;
  readonly previousBlock: number;
  readonly signature: CompactSignature;
}

export interface BackupsSet extends Placed {
  readonly kind: "BackupsSet";
  readonly gatewayId: GatewayId;
  readonly backups: readonly Address[];
  readonly takeoverInterval: number;
  readonly change: number;
  readonly previousBlock: number;
  readonly signature: CompactSignature;
}

/** A takeover or, if it was planned, a handover. */
export interface PrimaryChanged extends Placed {
  readonly kind: "PrimaryChanged";
  readonly gatewayId: GatewayId;
  readonly epoch: number;
  readonly key: Address;
  readonly former: Address;
  readonly planned: boolean;
  readonly previousBlock: number;
  readonly signature: CompactSignature;
  /** Null: r and vs are zero. */
  readonly formerSignature: CompactSignature | null;
}

export interface SessionOpened extends Placed {
  readonly kind: "SessionOpened";
  readonly sessionId: SessionId;
  readonly originGatewayId: GatewayId;
  readonly destinationGatewayId: GatewayId;
  readonly deadline: number;
  readonly epoch: number;
  readonly facts: Uint8Array;
  readonly signature: CompactSignature;
}

export interface EntryAppended extends Placed {
  readonly kind: "EntryAppended";
  readonly sessionId: SessionId;
  readonly gatewayId: GatewayId;
  readonly header: Hash;
  readonly causedBy: Hash;
  readonly lastEntryHash: Hash;
  readonly payloadHash: Hash;
  readonly payload: Uint8Array;
  /** Null inside a run: r and vs are zero. */
  readonly signature: CompactSignature | null;
  readonly previousBlock: number;
}

export interface EntryRefused extends Placed {
  readonly kind: "EntryRefused";
  readonly sessionId: SessionId;
}

export interface Decided extends Placed {
  readonly kind: "Decided";
  readonly sessionId: SessionId;
  readonly decision: number;
  readonly ground: number;
  readonly epoch: number;
  /** Null: r and vs are zero. */
  readonly signature: CompactSignature | null;
}

export interface LogClosed extends Placed {
  readonly kind: "LogClosed";
  readonly sessionId: SessionId;
  readonly gatewayId: GatewayId;
  readonly length: number;
  readonly lastEntryHash: Hash;
  readonly epoch: number;
  readonly signature: CompactSignature;
  readonly previousBlock: number;
}

export interface SessionClosed extends Placed {
  readonly kind: "SessionClosed";
  readonly sessionId: SessionId;
  readonly sessionHash: Hash;
}

export interface Anchored extends Placed {
  readonly kind: "Anchored";
  readonly gatewayId: GatewayId;
  readonly index: number;
  readonly root: Hash;
  readonly entries: number;
  readonly epoch: number;
  readonly signature: CompactSignature;
  readonly previousBlock: number;
}

/** What the owner changes, in numbered steps. */
export type OwnerChange = KeyRotated | EndpointsSet | BackupsSet;
export type GatewayEvent = GatewayRegistered | OwnerChange | PrimaryChanged;
export type SessionEvent = SessionOpened | EntryAppended | Decided | LogClosed | SessionClosed;
export type RegistryEvent = GatewayEvent | SessionEvent | EntryRefused | Anchored;
