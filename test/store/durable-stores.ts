import { z } from "zod";
import type { OpenStore } from "../../src/store/conformance.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";

/** Where the durability cases put our stores. */
const placeSchema = z.discriminatedUnion("driver", [
  z.object({ driver: z.literal("sqlite"), path: z.string() }),
  z.object({ driver: z.literal("postgres"), url: z.string(), password: z.string().nullable(), schema: z.string() }),
]);
export type StorePlace = z.infer<typeof placeSchema>;

/** Loaded by the processes that are killed, too. */
export const openStore: OpenStore = async (deps, json) => {
  const place = placeSchema.parse(json);
  if (place.driver === "sqlite") return new SqliteLogStore(deps, { path: place.path, exclusive: true });
  const { url, schema, password } = place;
  return connectPostgresLogStore(deps, { url, schema, ...(password !== null && { password }) });
};
