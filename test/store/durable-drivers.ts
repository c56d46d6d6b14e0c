import { basename, join } from "node:path";
import type { DurableDriver } from "../../src/store/conformance.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { PostgresServer, type Binaries } from "../support/postgres-server.ts";
import type { StorePlace } from "./durable-stores.ts";

const module = new URL("durable-stores.ts", import.meta.url).href;

export const durableSqlite: DurableDriver = {
  name: "sqlite",
  module,
  keepsFiles: true,
  openSite: () =>
    Promise.resolve({
      place: (folder): StorePlace => ({ driver: "sqlite", path: join(folder, "log.sqlite") }),
      server: null,
      close: () => Promise.resolve(),
    }),
};

/** On a server of its own, because it is killed. */
export function durablePostgres(binaries: () => Binaries): DurableDriver {
  return {
    name: "postgres",
    module,
    keepsFiles: false,
    openSite: async () => {
      const server = await PostgresServer.start(binaries());
      const { options } = await createTestDatabase(server);
      return {
        place: (folder): StorePlace => ({
          driver: "postgres",
          url: options.url,
          password: options.password ?? null,
          schema: basename(folder).replaceAll("-", "_"),
        }),
        server: { kill: () => server.kill(), restart: () => server.restart() },
        close: (isKept) => (isKept ? server.kill() : server.stop()),
      };
    },
  };
}
