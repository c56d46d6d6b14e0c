import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConformanceDriver, ConformanceStage, KitGateway } from "../../src/store/conformance.ts";
import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { connectHttpLogStore } from "../../src/store/http-log-store.ts";
import type { GatewayDirectory, LogStore } from "../../src/store/log-store.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { sampleGateway, sampleSigner, type SampleGateway } from "./sample-log.ts";

/** A temporary folder, removed by `remove`. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "gatelog-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Gateways in a directory that the test changes, and a clock that it moves. */
class StageWorld {
  readonly directory = new MemoryGatewayDirectory();
  readonly #gateways = new Map<string, SampleGateway>();
  #seconds = 1_700_000_000;

  readonly clock = (): number => this.#seconds;

  createGateway(): Promise<KitGateway> {
    const gateway = sampleGateway(`gateway ${this.#gateways.size}`);
    this.#gateways.set(gateway.gatewayId, gateway);
    this.directory.register(gateway.gatewayId, gateway.signer.address);
    return Promise.resolve(gateway);
  }

  rotateKey({ gatewayId, epoch }: KitGateway): Promise<KitGateway> {
    const known = this.#gateways.get(gatewayId);
    if (known === undefined) throw new Error("not a gateway of this stage");
    const successor = sampleGateway(known.name, epoch + 1);
    this.directory.rotateKey(gatewayId, successor.signer.address);
    return Promise.resolve(successor);
  }

  now(): Promise<number> {
    return Promise.resolve(this.#seconds);
  }

  advance(seconds: number): Promise<void> {
    this.#seconds += seconds;
    return Promise.resolve();
  }

  /** The world's part of a stage. */
  stage() {
    return {
      directory: this.directory,
      log: null,
      createGateway: () => this.createGateway(),
      rotateKey: (gateway: KitGateway) => this.rotateKey(gateway),
      now: () => this.now(),
      advance: (seconds: number) => this.advance(seconds),
    };
  }
}

/** For drivers whose store does not outlive its process. */
function notReopened(): Promise<never> {
  return Promise.reject(new Error("this store is gone with its process"));
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
  openStage() {
    const world = new StageWorld();
    const store = new MemoryLogStore({ directory: world.directory }, { clock: world.clock });
    return Promise.resolve({
      ...world.stage(),
      log: SIMULATED_LOG,
      store,
      reopen: notReopened,
      close: () => store.close(),
    });
  },
};

export const sqliteDriver: WorldDriver = {
  name: "sqlite",
  keepsRegister: false,
  reopens: true,
  async openStage() {
    const world = new StageWorld();
    const folder = await temporaryFolder();
    const open = (): SqliteLogStore =>
      new SqliteLogStore({ directory: world.directory }, { path: join(folder.path, "log.sqlite") });
    let store: LogStore = open();
    return {
      ...world.stage(),
      store,
      reopen: async () => {
        await store.close();
        return (store = open());
      },
      close: async () => {
        await store.close();
        await folder.remove();
      },
    };
  },
};

/** The driver behind a log API on a real port, and the http driver in front of it. */
export function overHttp(driver: WorldDriver): ConformanceDriver {
  return {
    ...driver,
    name: `http over ${driver.name}`,
    reopens: false,
    async openStage() {
      const stage = await driver.openStage();
      const { directory } = stage;
      const listener = await listen(createLogApi({ store: stage.store, directory }));
      const store = await connectHttpLogStore({ directory }, { baseUrl: listener.url });
      return {
        ...stage,
        store,
        reopen: notReopened,
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
        close: async () => {
          await store.close();
          await stage.close();
          await folder.remove();
        },
      };
    },
  };
}
