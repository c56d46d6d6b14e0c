import { Option, type Command } from "commander";
import { parseCanonical } from "../../entry/canonical.ts";
import { entryToJson } from "../../entry/entry-json.ts";
import type { LogEntry } from "../../entry/entry.ts";
import { sessionIdSchema } from "../../entry/hex.ts";
import { commandNameOf, notationOf } from "../../entry/notation.ts";
import { parseAs } from "../../entry/parse.ts";
import { readStory } from "../../store/log-reader.ts";
import type { GatewayDirectory, SessionRecord } from "../../store/log-store.ts";
import { connectChain } from "../chain-access.ts";
import { answering } from "../command.ts";
import { namedRegistry, openHttpLog, registryDirectory, type RegistryOptions } from "../http-log.ts";
import { address, apiOption, httpUrl } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";
import { Cleanup } from "../wiring-context.ts";

interface ShowOptions extends RegistryOptions {
  readonly api: string;
  readonly notation?: "draft";
}

export function showCommand(program: Command): void {
  program
    .command("show")
    .argument("<session>", "session id")
    .description("the merged log of one session as a time line")
    .addOption(apiOption())
    .option("--rpc-url <url>", "node of the log chain: keys are the registry's, and not the API's word", httpUrl)
    .option("--log-registry <address>", "the registry on it", address)
    .addOption(new Option("--notation <name>", "draft: <phase, step, operation-command, gateways>").choices(["draft"]))
    .action(answering((_context, session: string, options: ShowOptions) => show(session, options)));
}

async function show(session: string, options: ShowOptions): Promise<Answer> {
  const sessionId = parseAs(sessionIdSchema, session, "MALFORMED", "the session id");
  const cleanup = new Cleanup();
  try {
    const { store } = await openHttpLog(options.api, await openRegistry(options, cleanup));
    cleanup.add(() => store.close());
    const record = await store.session(sessionId);
    const story: LogEntry[] = [];
    for await (const entry of readStory(store, record)) story.push(entry);
    const lines = options.notation
      ? story.map((entry) => notationOf(entry, record.opening.facts))
      : timeLine(story, record);
    const json = { session: record, entries: story.map(entryToJson), ...(options.notation && { lines }) };
    return { exit: EXIT.sound, text: lines.join("\n"), json };
  } finally {
    await cleanup.run();
  }
}

async function openRegistry(options: RegistryOptions, cleanup: Cleanup): Promise<GatewayDirectory | null> {
  const named = namedRegistry(options);
  if (named === null) return null;
  const chain = await connectChain(named);
  cleanup.add(() => chain.close());
  return registryDirectory(chain, named.registry);
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
