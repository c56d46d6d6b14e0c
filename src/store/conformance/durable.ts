import { z } from "zod";
import type { Json } from "../../entry/canonical.ts";
import { GatelogError } from "../../entry/errors.ts";
import { toHex, type Hash } from "../../entry/hex.ts";
import { keySigner } from "../../entry/signature.ts";
import type { GatewayDirectory, LogStore } from "../log-store.ts";
import { MemoryGatewayDirectory } from "../memory-gateway-directory.ts";
import type { KitGateway } from "./stage.ts";

/** A driver whose stores outlive their process, for the cases that kill it, fill its disk and damage its files. */
export interface DurableDriver {
  readonly name: string;
  /**
   * URL of a module that exports `openStore` (`OpenStore`). The kit loads it here and in the processes that it kills, so it must
   * not need anything that runs in this one.
   */
  readonly module: string;
  /** Whether all that a store keeps lies in the folder that `place` was given, and is there again where the folder is copied. */
  readonly keepsFiles: boolean;
  openSite(): Promise<DurableSite>;
}

/** Where a driver's stores are put: this machine's folders, or a server. */
export interface DurableSite {
  /** A store that nobody has written to, or the one that was put into this folder before. What `openStore` needs to find it. */
  place(folder: string): Json;
  /** The server below the stores, if the kit is to kill it too, as a loss of power would. */
  readonly server: { kill(): Promise<void>; restart(): Promise<void> } | null;
  /** @param isKept Something was lost: whatever the stores consist of stays, for somebody to look at. */
  close(isKept: boolean): Promise<void>;
}

/** Opens the store at a place, or makes it. In a process of its own, or behind another one that has closed it or was killed. */
export type OpenStore = (deps: { readonly directory: GatewayDirectory }, place: Json) => Promise<LogStore>;

const moduleSchema = z.object({ openStore: z.custom<OpenStore>((value) => typeof value === "function") });

/** INVALID_CONFIG if the module exports no `openStore`. */
export async function loadDriver(module: string): Promise<OpenStore> {
  const loaded = moduleSchema.safeParse(await import(module));
  if (loaded.success) return loaded.data.openStore;
  throw new GatelogError("INVALID_CONFIG", `${module} exports no function openStore`, { module });
}

/** Gateways whose keys are their numbers, so that every process of the kit has the same ones. As secret as that. */
export const KIT_ORIGIN = numbered(1);
export const KIT_DESTINATION = numbered(2);

function numbered(number: number): KitGateway {
  const word = (byte: string): Hash => toHex(`0x${byte.repeat(31)}${String(number).padStart(2, "0")}`);
  return { gatewayId: word("a7"), epoch: 1, signer: keySigner(word("00")) };
}

/** A directory that knows both. */
export function kitDirectory(): MemoryGatewayDirectory {
  const directory = new MemoryGatewayDirectory();
  for (const { gatewayId, signer } of [KIT_ORIGIN, KIT_DESTINATION]) directory.register(gatewayId, signer.address);
  return directory;
}
