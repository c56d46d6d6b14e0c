import { Argument, type Command } from "commander";
import { sessionIdSchema } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import { answering } from "../command.ts";
import type { Explanation, TransferStatus } from "../../client/gateway-answers.ts";
import { GatewayClient } from "../../client/gateway-client.ts";
import { gatewayOption } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";

interface Options {
  readonly gateway: string;
  readonly explain?: boolean;
}

/** What a gateway does by itself, asked for by hand: `recover` and `rollback`. */
export function recoverCommands(program: Command): void {
  add(program, "recover", "have a halted or disputed session read anew and taken up again");
  add(program, "rollback", "have a transfer aborted that is not decided yet, and undone on both ledgers");
}

function add(program: Command, wish: "recover" | "rollback", description: string): void {
  program
    .command(wish)
    .description(description)
    .addArgument(new Argument("<session>", "session id"))
    .addOption(gatewayOption())
    .option("--explain", "say what would be done and why, and do nothing")
    .action(
      answering(async (_context, session: string, options: Options) => {
        const sessionId = parseAs(sessionIdSchema, session, "MALFORMED", "the session id");
        const client = new GatewayClient({ baseUrl: options.gateway });
        if (options.explain === true) return explained(await client.explain(sessionId, wish));
        return asked(wish, await client[wish](sessionId));
      }),
    );
}

/** The gateway has taken it up; how it ends shows in `gatelog sessions`. */
function asked(wish: string, status: TransferStatus): Answer {
  const text = `The gateway has been asked to ${wish} ${status.sessionId}: ${status.why}.\nSee: gatelog sessions --open`;
  return { exit: EXIT.sound, text, json: { session: status } };
}

function explained(explanation: Explanation): Answer {
  const { sessionId, situation, row, outcome, why, crashTableRows, next, deadlinePassed, refused } = explanation;
  const { role, register, decision, position, ownLedger, peerLedger, peer } = situation;
  const lines = [
    `session   ${sessionId}, ${role ?? ""}, register: ${register ?? ""}`,
    `log       behind ${position ?? ""}`,
    `ledgers   own ${ownLedger ?? ""}, peer's ${peerLedger ?? ""}`,
    `decision  ${decision ?? ""}${deadlinePassed ? `; ${deadlinePassed}` : ""}`,
    `peer      ${peer ?? ""}`,
    `table     ${row}: ${outcome}, because ${why}${crashTableRows.length > 0 ? ` (crash table rows ${crashTableRows.join(", ")})` : ""}`,
    ...next.map((step, index) => `${index === 0 ? "next      " : "          "}${step}`),
    ...(refused === null ? [] : [`refused   ${refused}`]),
    "Nothing was done.",
  ];
  return { exit: EXIT.sound, text: lines.join("\n"), json: { explanation } };
}
