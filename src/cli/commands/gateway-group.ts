import { Option, type Command } from "commander";
import type { z } from "zod";
import { NodeClient } from "../../client/node-client.ts";
import type { nodeNetworkSchema } from "../../client/node-answers.ts";
import type { Address } from "../../entry/hex.ts";
import { answering } from "../command.ts";
import { address, gatewayOption } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";

const MS_PER_SECOND = 1_000;
type Network = z.infer<typeof nodeNetworkSchema>;

/** What is asked of a member of a group that runs. */
export function groupCommands(gateway: Command): void {
  gateway
    .command("network")
    .description("the group as one of its running members sees it: who is primary, who stands by, and since when")
    .addOption(gatewayOption())
    .action(
      answering(async (_context, options: { readonly gateway: string }) => {
        const network = await new NodeClient({ baseUrl: options.gateway }).network();
        return { exit: EXIT.sound, text: describeNetwork(network, Date.now()), json: network };
      }),
    );
}

export function heirOption(): Option {
  return new Option("--to <address>", "log key of the backup that follows; else the first that lives").argParser(
    address,
  );
}

/** @param url Of any member: the one that is primary there is asked. */
export async function handOverRunning(url: string, to: Address | undefined): Promise<Answer> {
  const asked = new NodeClient({ baseUrl: url });
  const network = await asked.network();
  const { role } = await asked.state();
  const primaryUrl = network.members.find(({ key }) => key === network.primary)?.url ?? url;
  const primary = role === "primary" ? asked : new NodeClient({ baseUrl: primaryUrl });
  const { epoch, primary: key } = await primary.handOver(to);
  const { gatewayId } = network;
  return {
    exit: EXIT.sound,
    text: `Handed over: gateway ${gatewayId}, epoch ${epoch}, its primary is ${key}`,
    json: { gatewayId, key, epoch },
  };
}

/** @param now UNIX ms. */
export function describeNetwork(network: Network, now: number): string {
  const { gatewayId, epoch, recoveryCount, lastTakeover, members } = network;
  const ago = (at: number) => `${Math.max(0, Math.round((now - at) / MS_PER_SECOND))} s ago`;
  const how = lastTakeover && [
    lastTakeover.kind ?? "takeover",
    lastTakeover.at === null ? "" : `, ${ago(lastTakeover.at)}`,
    lastTakeover.durationMs === null ? "" : `, in ${lastTakeover.durationMs} ms`,
  ];
  return [
    `Gateway ${gatewayId}, epoch ${epoch}`,
    `Takeovers: ${recoveryCount}. Last change of the primary: ${how ? how.join("") : "none"}.`,
    ...members.map(({ role, key, url, lastHeard }) =>
      [
        role.padEnd(7),
        key,
        url ?? "in no configuration",
        lastHeard === null ? "never heard" : `heard ${ago(lastHeard)}`,
      ].join("  "),
    ),
  ].join("\n");
}
