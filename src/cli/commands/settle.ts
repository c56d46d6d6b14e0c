import { Option, type Command } from "commander";
import { sessionIdSchema } from "../../entry/hex.ts";
import { GatelogError } from "../../entry/errors.ts";
import { parseAs } from "../../entry/parse.ts";
import type { Terms } from "../../entry/terms.ts";
import { missingSignatures, whoMay } from "../../gateway/settle-certificates.ts";
import type { Right, SettleStep } from "../../gateway/settle-plan.ts";
import {
  certifySettlement,
  explainSettlement,
  settle,
  type Settlement,
  type SettledStep,
  type SettlePorts,
} from "../../gateway/settle.ts";
import { answering, type CommandContext } from "../command.ts";
import { address, collect, finalities, httpUrl, integer, namedLedgers } from "../option-types.ts";
import { EXIT, type Answer, type ExitCode } from "../output.ts";
import { wireSettlement, type SettleAccess } from "../settle-wiring.ts";
import { Cleanup } from "../wiring-context.ts";

interface SettleCommandOptions extends SettleAccess {
  readonly certify?: boolean;
  readonly explain?: boolean;
  readonly reverse?: boolean;
  readonly timeout: number;
}

const DEFAULT_TIMEOUT_MS = 30 * 60_000;
const MAX_TIMEOUT_MS = 24 * 3_600_000;
const MS_PER_SECOND = 1_000;

export function settleCommand(program: Command): void {
  program
    .command("settle")
    .argument("<session>", "session id")
    .description("carry what anyone may for a session whose gateways are gone for good; needs no gateway and no API")
    .option("--rpc-url <url>", "any node of the log chain", httpUrl)
    .option("--log-registry <address>", "the registry on it", address)
    .option("--api <url>", "for private logs: log storage API that has the session", httpUrl)
    .option("--store <file>", "for private logs: the gateway's own store (sqlite)")
    .addOption(repeated("--ledger <name=url,escrow>", "ledger of the session; give both", namedLedgers))
    .addOption(
      new Option(
        "--finality <[name=]how>",
        "instant, finalized, or a number of blocks; for one ledger, or for log alone",
      )
        .argParser(finalities)
        .default(new Map(), "instant"),
    )
    .option("--key-file <file>", "private key of the account that acts and pays; development chains need none")
    .option("--key-env <name>", "the same, in a variable of the environment")
    .addOption(
      repeated(
        "--certify-key-file <file>",
        "key that states what was read: a group's, its owner's, an attestor's",
        collect,
      ),
    )
    .addOption(repeated("--certify-key-env <name>", "the same, in a variable of the environment", collect))
    .addOption(repeated("--certificate <file>", "certificate that was made elsewhere", collect))
    .option("--certify", "sign the certificate that the next step needs, print it, and send nothing")
    .option("--explain", "say what would be done and why, and do nothing")
    .option("--reverse", "last resort: under COMMIT, cancel from cancelAfter on if nobody at hand can state COMMIT")
    .option("--timeout <ms>", "how long to wait until all is final", integer(1, MAX_TIMEOUT_MS), DEFAULT_TIMEOUT_MS)
    .addHelpText("after", "\nExit codes: 0 settled and committed; 1 settled and rolled back; 2 not settled.")
    .action(answering(run));
}

/** An option that may be given several times, or not at all. */
function repeated<T>(
  flags: string,
  description: string,
  parse: (text: string, previous?: readonly T[]) => T[],
): Option {
  return new Option(flags, description).argParser<readonly T[]>(parse).default([], "none");
}

async function run({ progress, env }: CommandContext, session: string, options: SettleCommandOptions): Promise<Answer> {
  const sessionId = parseAs(sessionIdSchema, session, "MALFORMED", "the session id");
  const { certify = false, explain = false, reverse = false, timeout: waitMs } = options;
  const cleanup = new Cleanup();
  try {
    const wired = await wireSettlement(options, { sends: !certify && !explain }, env, cleanup);
    const ports: SettlePorts = { ...wired, observe: (done) => progress(doneLine(done)) };
    if (certify) return await certificateAnswer(ports, sessionId);
    const settlement = await (explain ? explainSettlement : settle)(ports, sessionId, { reverse, waitMs });
    if (settlement.broken !== null && !explain)
      throw new GatelogError("INVARIANT_BROKEN", `${settlement.broken}; nothing was done`, { sessionId });
    return answerOf(settlement, explain);
  } finally {
    await cleanup.run();
  }
}

async function certificateAnswer(ports: SettlePorts, sessionId: string): Promise<Answer> {
  if (ports.certifiers.length === 0)
    throw new GatelogError("MALFORMED", "--certify needs --certify-key-file or --certify-key-env");
  const { certificate, terms } = await certifySettlement(ports, sessionId);
  const missing = missingSignatures(terms, certificate);
  const json = { sessionId, certificate, missing };
  const state = missing === 0 ? "complete" : `lacks ${missing} signatures`;
  const text = `${certificate.fact}, block ${certificate.blockNumber}: ${state}\n${JSON.stringify(certificate, null, 2)}`;
  return { exit: EXIT.sound, text, json };
}

function answerOf(settlement: Settlement, explained: boolean): Answer {
  const { known, outcome, broken, done, left, refusals, decision, origin, destination } = settlement;
  const { sessionId } = known.facts;
  const headline = outcome ?? (broken === null ? "NOT SETTLED" : "BROKEN");
  const states = `register ${decision}, origin ${origin}, destination ${destination}`;
  const lines = [
    `${headline}  session ${sessionId}: ${states}`,
    ...done.map((each) => `  ${doneLine(each)}`),
    ...(broken === null ? [] : [`  ${broken}`]),
    ...left.map((step) => `  ${leftLine(step, known.terms, explained)}`),
    ...[...refusals].map(([name, refusal]) => `  refused: ${name}: ${refusal}`),
    ...(known.facts.deadline > 0 && decision === "NONE" ? [`  deadline ${timeOf(known.facts.deadline)}`] : []),
  ];
  const json = {
    ...{ sessionId, outcome: outcome ?? "IN_DOUBT", broken, decision, origin, destination },
    done: done.map(({ step, ...rest }) => ({ ...step, ...rest })),
    left,
    refusals: Object.fromEntries(refusals),
  };
  return { exit: explained ? explainedExit(settlement) : exitOf(settlement), text: lines.join("\n"), json };
}

/** As for every command: a session that was rolled back is a bad answer, and one that is open none. */
function exitOf({ outcome }: Settlement): ExitCode {
  if (outcome === null) return EXIT.unknown;
  return outcome === "COMMITTED" ? EXIT.sound : EXIT.bad;
}

function explainedExit({ broken }: Settlement): ExitCode {
  return broken === null ? EXIT.sound : EXIT.bad;
}

function doneLine({ step, state, blockNumber, transactionHash }: SettledStep): string {
  if (step.type === "decide") return `wrote ABORT: ${step.why}`;
  const place = blockNumber === null ? "" : `, block ${blockNumber}`;
  const effect = transactionHash ?? "stood already";
  return `${step.action} on the ${step.side}'s ledger, now ${state}${place}, ${rightWords(step.by)}: ${effect}`;
}

function leftLine(step: SettleStep, terms: Terms | null, explained: boolean): string {
  switch (step.type) {
    case "decide":
      return `${explained ? "would write" : "could write"} ABORT: ${step.why}`;
    case "act":
      return `${explained ? "would" : "could"} ${step.action} on the ${step.side}'s ledger ${rightWords(step.by)}: ${step.why}`;
    case "wait":
      return `waits for the ${step.side}: ${step.why}`;
    case "later":
      return `nothing to do yet on the ${step.side}: ${step.why}`;
    case "lacking": {
      const needs = step.needs.map((right) => needWords(right, terms)).join("; or ");
      return `${step.action} on the ${step.side}'s ledger is permitted (${step.why}), and needs ${needs}`;
    }
  }
}

function rightWords(right: Right): string {
  if (right === "key") return "as a key of the group";
  if (right === "originator") return "as the asset's owner, behind the lock's expiry";
  return right === "clock" ? "by the ledger's clock" : `with a certificate of ${right}`;
}

function needWords(right: Right, terms: Terms | null): string {
  if (right === "key") return "a key of the group (--key-file)";
  if (right === "originator") return `the asset's owner, from ${timeOf(terms?.lockExpiry ?? 0)} on`;
  if (right === "clock") return `the time: from ${timeOf(terms?.cancelAfter ?? 0)} on anyone may`;
  const signers = terms === null ? "" : `, signed by ${whoMay(terms, right)}`;
  return `a certificate of ${right}${signers} (--certify-key-file or --certificate)`;
}

function timeOf(unixSeconds: number): string {
  return new Date(unixSeconds * MS_PER_SECOND).toISOString();
}
