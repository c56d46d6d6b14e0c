// Audits a log registry through its events: scripts/audit.ts --rpc-url URL --log-registry ADDRESS, the same as `gatelog verify`.
import { runCli } from "../src/cli/main.ts";

await runCli(["verify", ...process.argv.slice(2)]);
