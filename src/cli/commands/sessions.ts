import type { Command } from "commander";
import { answering } from "../command.ts";
import { createGatewayClient, type TransferStatus } from "../gateway-client.ts";
import { gatewayOption } from "../option-types.ts";
import { EXIT } from "../output.ts";

const MS_PER_SECOND = 1_000;

export function sessionsCommand(program: Command): void {
  program
    .command("sessions")
    .description("what a gateway has under way: phase, last entry, waiting for whom, age, reason")
    .addOption(gatewayOption())
    .option("--open", "those alone whose log is not closed")
    .action(
      answering(async (_context, options: { readonly gateway: string; readonly open?: boolean }) => {
        const sessions = await createGatewayClient(options.gateway).sessions(options.open ?? false);
        const text = sessions.length === 0 ? "No sessions." : sessions.map(lineOf).join("\n");
        return { exit: EXIT.sound, text, json: { sessions } };
      }),
    );
}

function lineOf(status: TransferStatus): string {
  const age = Math.max(0, Math.round((Date.now() - status.since) / MS_PER_SECOND));
  const open = status.outcome === "IN_DOUBT";
  return [
    status.sessionId,
    status.role.padEnd(11),
    status.phase.padEnd(4),
    (open ? "open" : status.outcome).padEnd(9),
    (status.lastEntry ?? "-").padEnd(20),
    open ? `${age} s` : "",
    open && status.waitingFor ? `waiting for ${status.waitingFor}` : "",
    status.reason ? `${status.reason.code}: ${status.reason.message}` : "",
  ]
    .join("  ")
    .trimEnd();
}
