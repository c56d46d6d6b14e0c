import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConformanceDriver, ConformanceStage } from "../../src/store/conformance.ts";
import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { connectHttpLogStore } from "../../src/store/http-log-store.ts";
import type { GatewayDirectory, LogStore } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { sampleSigner } from "./sample-log.ts";
import { StageWorld } from "./stage-world.ts";

/** A temporary folder, removed by `remove`. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "gatelog-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** For drivers whose store does not outlive its process. */
function notReopened(): Promise<never> {
  return Promise.reject(new Error("this store is gone with its process"));
}

/** For drivers whose logs one store has alone. */
function notShared(): Promise<never> {
  return Promise.reject(new Error("this store has its logs alone"));
}

/** The registry that sessions in a memory store name: there is no chain, the store stands for it. */
const SIMULATED_LOG = { chainId: 31339, registry: sampleSigner("log registry").address } as const;

/** A driver of this file, whose gateways the test knows. */
export interface WorldDriver extends ConformanceDriver {
  openStage(): Promise<ConformanceStage & { readonly directory: GatewayDirectory }>;
}

export const memoryDriver: WorldDriver = {
  name: "memory",
  keepsRegister: true,
  reopens: false,
  shares: false,
  asksDirectory: true,
  keepsEvidence: true,
  openStage() {
    const world = new StageWorld();
    const store = new MemoryLogStore({ directory: world.directory }, { clock: world.clock });
    return Promise.resolve({
      ...world.stage(),
      log: SIMULATED_LOG,
      store,
      reopen: notReopened,
      openAnother: notShared,
      close: () => store.close(),
    });
  },
};

export const sqliteDriver: WorldDriver = {
  name: "sqlite",
  keepsRegister: false,
  reopens: true,
  shares: true,
  asksDirectory: true,
  keepsEvidence: true,
  async openStage() {
    const world = new StageWorld();
    const folder = await temporaryFolder();
    const open = (directory: GatewayDirectory = world.directory): SqliteLogStore =>
      new SqliteLogStore({ directory }, { path: join(folder.path, "log.sqlite") });
    let store: LogStore = open();
    return {
      ...world.stage(),
      store,
      reopen: async () => {
        await store.close();
        return (store = open());
      },
      openAnother: (directory) => Promise.resolve(open(directory)),
      close: async () => {
        await store.close();
        await folder.remove();
      },
    };
  },
};

/** The driver behind a log API on a real port, and the http driver in front of it. */
export function overHttp(driver: WorldDriver): WorldDriver {
  return {
    ...driver,
    name: `http over ${driver.name}`,
    reopens: false,
    shares: true,
    asksDirectory: false,
    keepsEvidence: false,
    async openStage() {
      const stage = await driver.openStage();
      const { directory } = stage;
      const listener = await listen(createLogApi({ store: stage.store, directory }));
      const connect = (): Promise<LogStore> => connectHttpLogStore({ directory }, { baseUrl: listener.url });
      const store = await connect();
      return {
        ...stage,
        store,
        reopen: notReopened,
        openAnother: connect,
        close: async () => {
          await store.close();
          await listener.close();
          await stage.close();
        },
      };
    },
  };
}

/** The driver behind an outbox. */
export function outboxed(driver: ConformanceDriver): ConformanceDriver {
  return {
    ...driver,
    name: `${driver.name} behind an outbox`,
    reopens: false,
    shares: false,
    asksDirectory: false,
    keepsEvidence: false,
    async openStage() {
      const stage = await driver.openStage();
      const folder = await temporaryFolder();
      const store = new OutboxedLogStore({
        store: stage.store,
        outbox: new Outbox({ path: join(folder.path, "outbox.sqlite") }),
      });
      return {
        ...stage,
        store,
        reopen: notReopened,
        openAnother: notShared,
        close: async () => {
          await store.close();
          await stage.close();
          await folder.remove();
        },
      };
    },
  };
}
