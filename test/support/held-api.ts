import { createLogApi, type LogApiDeps, type LogApiOptions } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import type { SessionFacts } from "../../src/entry/session.ts";
import type { SessionRecord } from "../../src/store/log-store.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { storeLike } from "./api-world.ts";
import { sampleDirectory, sampleGateway, sampleSession } from "./sample-log.ts";
import { until } from "./until.ts";

const origin = sampleGateway("origin");
const destination = sampleGateway("destination");

/** A log API whose store answers for a session when the test says so. */
export interface HeldApi {
  readonly url: string;
  readonly port: number;
  /** Of a session. */
  readonly path: string;
  /** The session's: its origin is the sample gateway "origin". */
  readonly facts: SessionFacts;
  /** Requests that have come to the store; each is let through by its call. */
  readonly held: readonly (() => void)[];
  untilHeld(count: number): Promise<unknown>;
  get(where: string, init?: RequestInit): Promise<Response>;
  /** A series of `/metrics`, as text; empty if it is not there. */
  metric(name: string): Promise<string>;
  untilMetric(name: string, value: string): Promise<unknown>;
  close(): Promise<void>;
}

/** @param deps Further ones. @param mayPass Lets everything through at once. */
export async function openHeldApi(
  options: LogApiOptions,
  deps: Partial<LogApiDeps> = {},
  mayPass = false,
): Promise<HeldApi> {
  const directory = sampleDirectory(origin, destination);
  const memory = new MemoryLogStore({ directory });
  const { opening, facts } = await sampleSession(origin, destination);
  await memory.openSession(opening);
  const held: (() => void)[] = [];
  let isClosing = mayPass;
  const store = {
    ...storeLike(memory),
    session: async (sessionId: string): Promise<SessionRecord> => {
      if (!isClosing) await new Promise<void>((resolve) => held.push(resolve));
      return memory.session(sessionId);
    },
  };
  const listener = await listen(createLogApi({ store, directory, ...deps }, options));
  const get = (where: string, init: RequestInit = {}) => fetch(listener.url + where, init);
  const metric = async (name: string) => {
    const line = (await (await get("/metrics")).text()).split("\n").find((text) => text.startsWith(`${name} `));
    return line?.split(" ")[1] ?? "";
  };
  return {
    ...{ url: listener.url, port: listener.port, held, get, metric },
    ...{ path: `/v1/sessions/${facts.sessionId}`, facts },
    untilHeld: (count) => until(`${count} requests at the store`, () => held.length === count),
    untilMetric: (name, value) => until(`${name} is ${value}`, async () => (await metric(name)) === value),
    close: async () => {
      isClosing = true;
      const closed = listener.close();
      for (const release of held) release();
      await closed;
    },
  };
}
