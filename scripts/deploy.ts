// Deploys log registry, escrow and trial tokens to the network that Hardhat was given:
//
//   npx hardhat run scripts/deploy.ts --network localhost
//
// On a development chain the public development account pays; elsewhere GATELOG_KEY_FILE names the file of a funded key.

import hre from "hardhat";
import { runCli } from "../src/cli/main.ts";

const { networkConfig, networkName } = await hre.network.create();
if (networkConfig.type !== "http") {
  process.stderr.write(
    `Network ${networkName} lives in this process alone and ends with it. Start a node (npx hardhat node) and use --network localhost\n`,
  );
  process.exitCode = 2;
} else {
  const keyFile = process.env["GATELOG_KEY_FILE"];
  const common = [
    "--rpc-url",
    await networkConfig.url.getUrl(),
    ...(keyFile === undefined ? [] : ["--key-file", keyFile]),
  ];
  for (const what of ["log", "ledger"]) {
    await runCli(["deploy", what, ...common]);
    if (process.exitCode !== 0) break;
  }
}
