import { Option, type Command } from "commander";
import { parseCanonical } from "../../entry/canonical.ts";
import { entryToJson } from "../../entry/entry-json.ts";
import type { LogEntry } from "../../entry/entry.ts";
import { sessionIdSchema } from "../../entry/hex.ts";
import { commandNameOf, notationOf } from "../../entry/notation.ts";
import { parseAs } from "../../entry/parse.ts";
import { readStory } from "../../store/log-reader.ts";
import { HttpGatewayDirectory } from "../../store/http-gateway-directory.ts";
import { connectHttpLogStore } from "../../store/http-log-store.ts";
import type { SessionRecord } from "../../store/log-store.ts";
import { answering } from "../command.ts";
import { apiOption } from "../option-types.ts";
import { EXIT } from "../output.ts";

interface ShowOptions {
  readonly api: string;
  readonly notation?: "draft";
}

export function showCommand(program: Command): void {
  program
    .command("show")
    .argument("<session>", "session id")
    .description("the merged log of one session as a time line")
    .addOption(apiOption())
    .addOption(new Option("--notation <name>", "draft: <phase, step, operation-command, gateways>").choices(["draft"]))
    .action(
      answering(async (_context, session: string, options: ShowOptions) => {
        const sessionId = parseAs(sessionIdSchema, session, "MALFORMED", "the session id");
        const directory = new HttpGatewayDirectory({ baseUrl: options.api });
        const store = await connectHttpLogStore({ directory }, { baseUrl: options.api });
        try {
          const record = await store.session(sessionId);
          const story: LogEntry[] = [];
          for await (const entry of readStory(store, record)) story.push(entry);
          const lines = options.notation
            ? story.map((entry) => notationOf(entry, record.opening.facts))
            : timeLine(story, record);
          const json = { session: record, entries: story.map(entryToJson), ...(options.notation && { lines }) };
          return { exit: EXIT.sound, text: lines.join("\n"), json };
        } finally {
          await store.close();
        }
      }),
    );
}

/** Lamport number, time, who, step, what, and what stands in the payload that is worth a glance. */
function timeLine(story: readonly LogEntry[], record: SessionRecord): string[] {
  const { facts } = record.opening;
  const header = `session ${facts.sessionId}: ${facts.origin.asset ?? facts.origin.networkId}, decision ${record.decision.decision}${record.closed ? ", closed" : ""}`;
  const lines = story.map((entry) => {
    const who = entry.gatewayId === facts.origin.gatewayId ? "origin" : "destination";
    const step = `${Math.floor(entry.step / 100)}.${entry.step % 100}`;
    const what = `${entry.operation}-${commandNameOf(entry)}${entry.vote === "none" ? "" : ` (${entry.vote})`}`;
    const time = new Date(entry.timestamp).toISOString().slice(11, 23);
    const columns = [
      String(entry.seqNumber).padStart(4),
      time,
      who.padEnd(11),
      step.padEnd(4),
      what.padEnd(26),
      glance(entry),
    ];
    return columns.join("  ").trimEnd();
  });
  return [header, ...lines];
}

const GLANCED: readonly string[] = ["state", "reason", "code", "accepted", "transactionHash"];

function glance(entry: LogEntry): string {
  const payload = parseCanonical(entry.payload);
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return "";
  return Object.entries(payload)
    .filter(([member, value]) => GLANCED.includes(member) && value !== null)
    .map(([member, value]) => `${member} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
