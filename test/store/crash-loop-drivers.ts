import { join } from "node:path";
import { createTestDatabase } from "../support/postgres.ts";
import { PostgresServer, type Binaries } from "../support/postgres-server.ts";
import { temporaryFolder } from "../support/store-stages.ts";
import type { Place } from "./crash-loop-lines.ts";

/** Who is killed. */
export type Victim = "writer" | "server";

/** Stores for the crash loop, and the server that they live on, if there is one. */
export interface CrashDriver {
  readonly name: "sqlite" | "postgres";
  /** A store that nobody has written to; each number gives another one. */
  place(number: number): Place;
  killServer(): Promise<void>;
  restartServer(): Promise<void>;
  /** @param isKept The stores stay, for somebody to look at. */
  close(isKept: boolean): Promise<void>;
}

export async function sqliteCrashDriver(): Promise<CrashDriver> {
  const folder = await temporaryFolder();
  const none = (): Promise<never> => Promise.reject(new Error("there is no server"));
  return {
    name: "sqlite",
    place: (number) => ({ driver: "sqlite", path: join(folder.path, `store-${number}.sqlite`) }),
    killServer: none,
    restartServer: none,
    close: (isKept) => (isKept ? Promise.resolve() : folder.remove()),
  };
}

/** A server of its own, because it is killed. */
export async function postgresCrashDriver(binaries: Binaries): Promise<CrashDriver> {
  const server = await PostgresServer.start(binaries);
  const { options } = await createTestDatabase(server);
  return {
    name: "postgres",
    place: (number) => ({
      driver: "postgres",
      url: options.url,
      ...(options.password !== undefined && { password: options.password }),
      schema: `crash_${number}`,
    }),
    killServer: () => server.kill(),
    restartServer: () => server.restart(),
    close: (isKept) => (isKept ? server.kill() : server.stop()),
  };
}
