import type { FaultPoint } from "../../src/gateway/fault-points.ts";

/** What a mortal process stops at, once: a point of a session, or the so-many-th point that the session passes from now on. */
export type Arm = { readonly session: string } & (
  | { readonly point: FaultPoint; /** Whose entry, where the process writes for several. */ readonly writer?: string }
  | { readonly nth: number }
);

export interface Orders {
  /** File with the ms that the process's clock is ahead of the machine's: read each time, so that it moves while a process stands still. */
  readonly clock: string;
  readonly arms: readonly Arm[];
  /** File to which each point passed and each entry let out is appended before anything else happens. */
  readonly trace: string;
}

/** From the test to the process. */
export type Command =
  | ({ readonly type: "start"; readonly kind: "gateway" | "api"; readonly config: string } & Orders)
  | ({ readonly type: "orders" } & Orders)
  /** Goes on from where it stopped, or, for a `freeze`, that the chain mines no more. */
  | { readonly type: "go"; readonly id: number };

/** From the process to the test. */
export type Report =
  | { readonly type: "loaded" }
  | { readonly type: "obeyed" }
  /** Stands at an armed point until it is told to go on, or is killed there. */
  | {
      readonly type: "at";
      readonly id: number;
      readonly point: FaultPoint;
      readonly session: string;
      readonly transactionHash: string | null;
    }
  /** Is about to send a transaction that must stay unmined: waits until the chain mines no more. */
  | { readonly type: "freeze"; readonly id: number; readonly chainId: number };

/** A line of the trace: what was passed, which entry was let out, or what the store's driver made of a write. */
export type TraceLine =
  | { readonly passed: FaultPoint; readonly session: string }
  | WriteLine
  | {
      readonly out: string;
      readonly session: string;
      readonly gatewayId: string;
      readonly epoch: number;
      readonly index: number;
    };

/** Of a write that has reached the driver. */
export interface WriteLine {
  readonly wrote: "opening" | "entries" | "decision" | "closing";
  readonly session: string;
  /** That it was signed in. */
  readonly epoch: number;
  /** Error code; null: it stands. */
  readonly refused: string | null;
}
