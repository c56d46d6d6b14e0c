// A log API over memory, as a process: the service without a disk. Its first line has its URL.

import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { createLog, logFailures, logRequests, runUntilStopped } from "../../src/cli/serve.ts";
import { Cleanup } from "../../src/cli/wiring-context.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { sampleDirectory } from "../../test/support/sample-log.ts";
import { DESTINATION, ORIGIN } from "./entries.ts";

const directory = sampleDirectory(ORIGIN, DESTINATION);
const store = new MemoryLogStore({ directory });
const log = createLog("memory");
const listener = await listen(
  createLogApi({ store, directory, onFailure: logFailures(log), onRequest: logRequests(log) }),
);
log.info({ url: listener.url }, "listening");
await runUntilStopped(log, listener, new Cleanup());
