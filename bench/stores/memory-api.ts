// A log API over memory, as a process: the service without a disk. Its first line has its URL.

import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { createLog, logFailures, logRequests, serveUntilStopped } from "../../src/cli/serve.ts";
import { Cleanup } from "../../src/cli/wiring-context.ts";
import { SignatureThread } from "../../src/api/signature-thread.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { sampleDirectory } from "../../test/support/sample-log.ts";
import { DESTINATION, ORIGIN } from "./entries.ts";

const directory = sampleDirectory(ORIGIN, DESTINATION);
const store = new MemoryLogStore({ directory });
const log = createLog("memory");
const signatures = new SignatureThread();
const app = createLogApi({
  ...{ store, directory, onFailure: logFailures(log), onRequest: logRequests(log) },
  recoverAhead: (signed) => signatures.recoverAhead(signed),
});
await serveUntilStopped({
  ...{ log, cleanup: new Cleanup(), listen: () => listen(app) },
  start: ({ url }) => log.info({ url }, "listening"),
});
