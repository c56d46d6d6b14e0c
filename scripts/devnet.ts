// Development chains: node scripts/setup.mjs scripts/devnet.ts up|down [options], the same as `gatelog devnet`.
import { runCli } from "../src/cli/main.ts";

await runCli(["devnet", ...process.argv.slice(2)]);
