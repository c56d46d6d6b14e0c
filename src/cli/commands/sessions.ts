import type { Command } from "commander";
import { answering } from "../command.ts";
import type { TransferStatus } from "../../client/gateway-answers.ts";
import { GatewayClient } from "../../client/gateway-client.ts";
import { gatewayOption } from "../option-types.ts";
import { EXIT } from "../output.ts";

const MS_PER_SECOND = 1_000;

export function sessionsCommand(program: Command): void {
  program
    .command("sessions")
    .description("what a gateway has under way: phase, last entry, waiting for whom, age, reason")
    .addOption(gatewayOption())
    .option("--open", "those alone whose log is not closed")
    .option("--stuck", "those alone that somebody should look at, and why")
    .action(
      answering(async (_context, options: SessionsOptions) => {
        const { gateway, open = false, stuck = false } = options;
        const sessions = await new GatewayClient({ baseUrl: gateway }).sessions({ open, stuck });
        const none = stuck ? "No session is stuck." : "No sessions.";
        const text = sessions.length === 0 ? none : sessions.map(lineOf).join("\n");
        return { exit: EXIT.sound, text, json: { sessions } };
      }),
    );
}

interface SessionsOptions {
  readonly gateway: string;
  readonly open?: boolean;
  readonly stuck?: boolean;
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
    status.stuck ? `STUCK ${status.stuck.code}: ${status.stuck.message}` : "",
    status.reason && !status.stuck ? `${status.reason.code}: ${status.reason.message}` : "",
    open ? `(${status.why})` : "",
  ]
    .join("  ")
    .trimEnd();
}
