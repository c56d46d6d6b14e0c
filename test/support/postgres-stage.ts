import type { ConformanceDriver, ConformanceStage } from "../../src/store/conformance.ts";
import type { GatewayDirectory, LogStore } from "../../src/store/log-store.ts";
import { connectPostgresLogStore } from "../../src/store/postgres-log-store.ts";
import type { TestDatabase } from "./postgres.ts";
import { StageWorld } from "./stage-world.ts";

/** The driver for the conformance kit. All stages share the database, with gateways of their own. */
export function postgresDriver(database: () => TestDatabase): ConformanceDriver & {
  openStage(): Promise<ConformanceStage & { readonly directory: GatewayDirectory }>;
} {
  let stages = 0;
  return {
    name: "postgres",
    keepsRegister: false,
    reopens: true,
    shares: true,
    asksDirectory: true,
    keepsEvidence: true,
    async openStage() {
      stages += 1;
      const world = new StageWorld(`stage ${stages} `);
      const open = (directory: GatewayDirectory = world.directory): Promise<LogStore> =>
        connectPostgresLogStore({ directory }, database().options);
      let store = await open();
      return {
        ...world.stage(),
        store,
        reopen: async () => {
          await store.close();
          return (store = await open());
        },
        openAnother: open,
        close: () => store.close(),
      };
    },
  };
}
