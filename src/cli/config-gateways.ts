import { z } from "zod";
import { addressSchema } from "../entry/hex.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import { urlSchema } from "./config-values.ts";

/** Gateways that a configuration names, where no registry does. */

export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Log keys by epoch, ascending. */
export const gatewayKeysSchema = z
  .array(z.strictObject({ epoch: z.int().positive(), key: addressSchema }))
  .refine((keys) => keys.every(({ epoch }, place) => epoch > (keys[place - 1]?.epoch ?? 0)), {
    error: "keys go by ascending epochs, one for each, the current one last",
  });

/** What a registry would say of a gateway; the current key is the last one. */
export const knownGatewaySchema = z.strictObject({
  name: z.string().min(1).max(128),
  owner: addressSchema,
  keys: gatewayKeysSchema.min(1),
});
export type KnownGateway = z.infer<typeof knownGatewaySchema>;

/** A gateway that private logs are exchanged with. */
export const peerSchema = z.strictObject({ ...knownGatewaySchema.shape, endpoints: z.array(urlSchema).min(1) });

type Named = Pick<KnownGateway, "owner" | "name">;

/** Gateways that are named twice, by their place in the list. @param own Stands before the list. */
export function namedTwice(own: Named | undefined, list: string, others: readonly Named[]): Problem[] {
  const known = new Map<string, string>(own && [[gatewayIdOf(own.owner, own.name), "this gateway itself"]]);
  return others.flatMap(({ owner, name }, place) => {
    const id = gatewayIdOf(owner, name);
    const first = known.get(id);
    known.set(id, first ?? `${list}.${place}`);
    return first === undefined ? [] : [{ path: [list, place], message: `has the owner and name of ${first}` }];
  });
}
