import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { createLog, logFailures, logRequests, serveUntilStopped } from "../../src/cli/serve.ts";
import { Cleanup } from "../../src/cli/wiring-context.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { sampleDirectory, sampleGateway } from "./sample-log.ts";

// A log API over a SQLite file, as a process that can be told to stop: its first line is its URL.
const [path = ""] = process.argv.slice(2);
const directory = sampleDirectory(sampleGateway("origin"), sampleGateway("destination"));
const store = new SqliteLogStore({ directory }, { path });
const cleanup = new Cleanup();
cleanup.add(() => store.close());
const log = createLog("api");
const app = createLogApi({ store, directory, onFailure: logFailures(log), onRequest: logRequests(log) });
await serveUntilStopped({
  ...{ log, cleanup, listen: () => listen(app) },
  start: ({ url }) => void process.stdout.write(`${url}\n`),
});
