// What the conformance kit must know of the driver. In a project of your own: from "gatelog/conformance" and "gatelog/store".
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { KitWorld, type ConformanceDriver, type DurableDriver, type OpenStore } from "../../src/store/conformance.ts";
import { FileLogStore } from "./file-log-store.ts";

const FILE = "log.jsonl";

export const behaviour: ConformanceDriver = {
  name: "a file of lines",
  keepsRegister: false,
  reopens: true,
  shares: false,
  asksDirectory: true,
  keepsEvidence: true,
  openStage() {
    const world = new KitWorld();
    const folder = mkdtempSync(join(tmpdir(), "gatelog-driver-"));
    const open = (): FileLogStore => new FileLogStore(world, { path: join(folder, FILE) });
    let store = open();
    return Promise.resolve({
      ...world.stage(),
      store,
      reopen: async () => {
        await store.close();
        return (store = open());
      },
      openAnother: () => Promise.reject(new Error("one process at a time")),
      close: async () => {
        await store.close();
        rmSync(folder, { recursive: true });
      },
    });
  },
};

/** The module is loaded by the processes that are killed: this one, which opens a store where it is told to. */
export const durability: DurableDriver = {
  name: behaviour.name,
  module: import.meta.url,
  keepsFiles: true,
  openSite: () =>
    Promise.resolve({
      place: (folder) => join(folder, FILE),
      server: null,
      close: () => Promise.resolve(),
    }),
};

export const openStore: OpenStore = (deps, place) =>
  Promise.resolve(new FileLogStore(deps, { path: z.string().parse(place) }));
