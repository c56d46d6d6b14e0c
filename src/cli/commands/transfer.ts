import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { GatelogError } from "../../entry/errors.ts";
import { parseAs } from "../../entry/parse.ts";
import { transferRequestSchema } from "../../gateway/public.ts";
import { answering } from "../command.ts";
import type { TransferStatus } from "../../client/gateway-answers.ts";
import { GatewayClient } from "../../client/gateway-client.ts";
import { gatewayOption, integer } from "../option-types.ts";
import { EXIT, type Answer, type Progress } from "../output.ts";

const POLL_MS = 200;
const DEFAULT_WAIT_MS = 10 * 60_000;

interface TransferOptions {
  readonly gateway: string;
  readonly wait?: boolean;
  readonly timeout: number;
}

export function transferCommand(program: Command): void {
  program
    .command("transfer")
    .argument("<request>", "REQUEST.json, or - for standard input")
    .description("ask a gateway for a transfer; the same idempotency key gives the same session")
    .addOption(gatewayOption())
    .option("--wait", "until the outcome is known, showing every step")
    .option(
      "--timeout <ms>",
      "with --wait: give up waiting; the transfer goes on",
      integer(1, 86_400_000),
      DEFAULT_WAIT_MS,
    )
    .action(
      answering(async ({ progress }, file: string, options: TransferOptions) => {
        const request = readRequest(file);
        const client = new GatewayClient({ baseUrl: options.gateway });
        const started = await client.transfer(request);
        progress(`session ${started.sessionId}`);
        return answerOf(
          options.wait ? await waitForOutcome(client, started, options.timeout, progress) : started,
          options.wait ?? false,
        );
      }),
    );
}

function readRequest(file: string): unknown {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file === "-" ? 0 : file, "utf8"));
  } catch (cause) {
    throw new GatelogError(
      "MALFORMED",
      `${file} cannot be read as JSON: ${cause instanceof Error ? cause.message : ""}`,
      { file },
      { cause },
    );
  }
  return parseAs(transferRequestSchema, document, "MALFORMED", `the transfer request ${file}`);
}

async function waitForOutcome(
  client: GatewayClient,
  started: TransferStatus,
  timeoutMs: number,
  progress: Progress,
): Promise<TransferStatus> {
  const until = Date.now() + timeoutMs;
  let shown = "";
  for (let status = started; ; status = await client.status(started.sessionId)) {
    const line = `  ${status.phase.padEnd(4)} ${status.lastEntry ?? "opened"}${status.waitingFor ? `, waiting for ${status.waitingFor}` : ""}`;
    if (line !== shown) progress(line);
    shown = line;
    if (status.outcome !== "IN_DOUBT" || Date.now() > until) return status;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Without --wait an open transfer is an answer, not a failure; with it, an outcome that is not known is exit 2. */
function answerOf(status: TransferStatus, waited: boolean): Answer {
  const { outcome, sessionId, phase, reason, transactions } = status;
  const exit =
    outcome === "COMMITTED" ? EXIT.sound : outcome === "IN_DOUBT" ? (waited ? EXIT.unknown : EXIT.sound) : EXIT.bad;
  const lines = [
    `${outcome === "IN_DOUBT" ? "UNDER WAY" : outcome}  session ${sessionId}, step ${phase}`,
    ...(reason ? [`  ${reason.code}: ${reason.message}`] : []),
    ...transactions.map(
      ({ action, networkId, transactionHash, blockNumber }) =>
        `  ${action} on ${networkId}: block ${blockNumber} ${transactionHash ?? ""}`,
    ),
  ];
  return { exit, text: lines.join("\n"), json: status };
}
