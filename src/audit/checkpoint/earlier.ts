import type { Address, GatewayId, Hash, SessionId } from "../../entry/hex.ts";
import type { Decision } from "../../entry/statements.ts";
import type { LogFooting } from "../checks/log-footing.ts";
import type { AnchorsWord } from "../reading/reader.ts";
import type { Given } from "../stored-event.ts";

/** Which chain and registry, and up to which block. */
export interface CheckpointPlace {
  readonly chainId: number;
  readonly genesisHash: Hash;
  readonly registry: Address;
  readonly block: { readonly number: number; readonly hash: Hash };
}

/** What auditors sign of a checkpoint. Whoever reads the same chain up to the same block comes to the same, whatever runs it took. */
export interface CheckpointStatement extends CheckpointPlace {
  /** Over the heads of all sessions, in the order of their openings. */
  readonly headsHash: Hash;
  /** SHA-256 of all that the next run starts from. */
  readonly stateHash: Hash;
  readonly verdict: "sound" | "findings";
}

/** Where one session stands. */
export interface SessionHeadLine {
  readonly sessionId: SessionId;
  /** Null if the opening is missing. */
  readonly opened: { readonly block: number; readonly logIndex: number } | null;
  readonly decision: Decision;
  readonly closed: boolean;
  readonly logs: readonly {
    readonly gatewayId: GatewayId;
    readonly length: number;
    /** Null where it is not known, because what stands before it is in doubt. */
    readonly lastEntryHash: Hash | null;
  }[];
}

/** What of the earlier runs is not looked at again. */
export interface EarlierCounts {
  /** Closed ones. */
  readonly sessions: number;
  /** Of these, and of long logs that are open. Each proven, with its payload: a session in which anything was found is looked at again. */
  readonly entries: number;
  readonly anchors: number;
  readonly refused: number;
}

/** By session, where the walk of its log has ended. */
export type Footings = ReadonlyMap<SessionId, LogFooting>;

/** What an audit has left for the next one to go on from. */
export interface Earlier {
  readonly place: CheckpointPlace;
  readonly counts: EarlierCounts;
  /** What of it is believed without a proof, one sentence each. */
  readonly notes: readonly string[];
  /** By gateway, how far its anchors are checked. */
  readonly anchors: ReadonlyMap<GatewayId, AnchorsWord>;
  /** Of open sessions with one long log: it goes on there. */
  readonly footings: Footings;
  /** Events that are looked at again, together with what is new: of gateways, of open sessions, and all in which anything was found. */
  events(): AsyncIterable<Given>;
  /** Sessions to which nothing can be added, in the order of their openings. Their events are never read again. */
  settled(): AsyncIterable<SessionHeadLine>;
}
