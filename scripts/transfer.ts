// Asks a gateway for a transfer: scripts/transfer.ts REQUEST.json [--gateway URL] [--wait], the same as `gatelog transfer`.
import { runCli } from "../src/cli/main.ts";

await runCli(["transfer", ...process.argv.slice(2)]);
