import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Option, type Command } from "commander";
import { httpJsonRpc } from "../../audit/reading/json-rpc.ts";
import { RpcReader } from "../../audit/reading/rpc-reader.ts";
import type { Finality } from "../../audit/reading/rpc-calls.ts";
import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { hashSchema, sessionIdSchema, type Address, type SessionId } from "../../entry/hex.ts";
import { parseAs } from "../../entry/parse.ts";
import { exportSessions, storeSource, type Exported, type LogSource } from "../../store/log-file-source.ts";
import { writeLogFile } from "../../store/log-file-stream.ts";
import {
  LOG_FILE_FORMAT,
  LOG_FILE_VERSION,
  MAX_NAMED_SESSIONS,
  type LogFileEnd,
  type LogFileHeader,
} from "../../store/log-file.ts";
import { ChainSource } from "../chain-source.ts";
import { answering, type CommandContext } from "../command.ts";
import { openProofs } from "../export-proofs.ts";
import { configuredChain, openLog, type LogOptions } from "../log-access.ts";
import { address, finality, httpUrl, integer } from "../option-types.ts";
import { EXIT, type Answer } from "../output.ts";
import { createTicker } from "../ticker.ts";
import { programVersion } from "../version.ts";
import { writeWholeFile } from "../whole-file.ts";
import { Cleanup } from "../wiring-context.ts";

interface ExportOptions extends LogOptions {
  readonly all?: boolean;
  readonly of?: string;
  readonly out: string;
  readonly force?: boolean;
  readonly by?: string;
  readonly proofs?: boolean;
  readonly rpcUrl?: string;
  readonly logRegistry?: Address;
  readonly finality: Finality;
  readonly fromBlock: number;
}

/** What is exported, and from where. */
interface Task {
  readonly source: LogSource;
  readonly sessions: AsyncIterable<SessionId> | Iterable<SessionId>;
  /** After the last record: whether what was read is still what there is. */
  readonly checkStillThere: () => Promise<void>;
}

const STANDARD_OUTPUT = "-";

export function exportCommand(program: Command): void {
  program
    .command("export")
    .argument("[sessions...]", "session ids; or --all")
    .description("logs as a file (JSON Lines) with all that proves them: from a store, a log API, or a chain")
    .requiredOption("--out <file>", "where to; - is standard output")
    .option("--all", "every session of the chain, or of the store's gateway")
    .option("--of <gatewayId>", "with --all: the sessions of this gateway, where the store is nobody's")
    .option("--force", "replace the file if it is there")
    .option("--by <name>", "who exports, for the file's header")
    .option("--proofs", "of an anchored store: behind each entry the proof that it is in an anchor, where it is")
    .option("--config <file>", "configuration whose store is exported")
    .addOption(kindOption())
    .option("--url <url>", "log API whose store is exported", httpUrl)
    .option("--rpc-url <url>", "any JSON-RPC node of the log chain", httpUrl)
    .option("--log-registry <address>", "the registry on it", address)
    .option("--finality <how>", "of the chain: instant, finalized, or a number of blocks", finality, "instant")
    .option(
      "--from-block <n>",
      "with --all: block of the registry's deployment",
      integer(0, Number.MAX_SAFE_INTEGER),
      0,
    )
    .addHelpText("after", "\nExit codes: 0 the file is whole; 2 there is none.")
    .action(answering(run));
}

/** Of the configuration that --config names. */
export function kindOption(): Option {
  return new Option("--kind <kind>", "kind of the configuration").choices(["gateway", "api"]).default("gateway");
}

async function run(
  { progress, env }: CommandContext,
  sessions: readonly string[],
  options: ExportOptions,
  command?: unknown,
): Promise<Answer | undefined> {
  const isJson = (command as Command).optsWithGlobals<{ json?: boolean }>().json === true;
  if (options.out === STANDARD_OUTPUT && isJson)
    throw new GatelogError("MALFORMED", "--json has standard output to itself: name a file with --out");
  const asked = askedSessions(sessions, options);
  const cleanup = new Cleanup();
  try {
    const task = await openTask(asked, options, env, cleanup);
    const tick = createTicker(progress);
    let count = 0;
    let end: LogFileEnd | undefined;
    const records = counted(task, () => {
      count += 1;
      tick(() => `${count} records exported`);
    });
    async function* lines(): AsyncGenerator<string, void, undefined> {
      end = yield* writeLogFile(records);
    }
    if (options.out === STANDARD_OUTPUT) await print(lines());
    else await writeWholeFile(options.out, lines(), { force: options.force === true });
    if (end === undefined) throw new GatelogError("INVARIANT_BROKEN", "a file was written that has no end");
    if (options.out !== STANDARD_OUTPUT) return answerOf(options.out, task.source.header, end);
    progress(summaryOf(options.out, end));
    return undefined;
  } finally {
    await cleanup.run();
  }
}

/** A reader that goes away leaves no whole file behind it. */
async function print(lines: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), process.stdout, { end: false });
  } catch (cause) {
    if (isGatelogError(cause)) throw cause;
    const message = "standard output was closed before the file was whole";
    throw new GatelogError("INVALID_CONFIG", message, {}, { cause });
  }
}

async function* counted(task: Task, count: () => void): AsyncGenerator<Exported, void, undefined> {
  for await (const record of exportSessions(task.source, task.sessions)) {
    count();
    yield record;
  }
  await task.checkStillThere();
}

/** The ids, each once, or all. */
function askedSessions(
  sessions: readonly string[],
  { all = false }: ExportOptions,
): "all" | [SessionId, ...SessionId[]] {
  if (all !== (sessions.length === 0))
    throw new GatelogError("MALFORMED", "which sessions? name them, or --all, and not both");
  if (all) return "all";
  const ids = sessions.map((text) => parseAs(sessionIdSchema, text, "MALFORMED", "the session id"));
  const [first, ...others] = new Set(ids);
  if (first === undefined || others.length >= MAX_NAMED_SESSIONS)
    throw new GatelogError("TOO_LARGE", `at most ${MAX_NAMED_SESSIONS} sessions are named: use --all`);
  return [first, ...others];
}

async function openTask(
  asked: LogFileHeader["sessions"],
  options: ExportOptions,
  env: NodeJS.ProcessEnv,
  cleanup: Cleanup,
): Promise<Task> {
  const chain = chainOf(options, env);
  const header = { kind: "header", format: LOG_FILE_FORMAT, version: LOG_FILE_VERSION, sessions: asked } as const;
  const exported = {
    at: new Date().toISOString(),
    by: options.by ?? null,
    program: `gatelog ${programVersion()}`,
  };
  if (chain !== null) {
    if (options.proofs === true)
      throw new GatelogError(
        "MALFORMED",
        "--proofs goes with an anchored store: what is on a chain stands there itself",
      );
    const reader = new RpcReader(httpJsonRpc(chain.rpcUrl), chain);
    const anchor = await reader.anchor();
    const source = new ChainSource(reader, anchor, { ...header, source: { kind: "chain", ...anchor }, exported });
    const sessions = asked === "all" ? source.sessions(chain.fromBlock) : asked;
    return { source, sessions, checkStillThere: () => source.checkStillThere() };
  }
  const log = await openLog(options, "existing", env, cleanup);
  const { driver, store } = log;
  const of = options.of === undefined ? log.gatewayId : parseAs(hashSchema, options.of, "MALFORMED", "--of");
  if (asked === "all" && of === null)
    throw new GatelogError("MALFORMED", "whose sessions? the store is nobody's: name a gateway with --of");
  const sessions = asked === "all" && of !== null ? await store.sessionsOf(of, { open: false }) : asked;
  if (sessions === "all") throw new GatelogError("INVARIANT_BROKEN", "sessions of nobody");
  const proofOf = options.proofs === true ? openProofs(options, env, cleanup) : undefined;
  const source = storeSource(
    { ...log, proofOf },
    {
      ...header,
      source: { kind: "store", driver, durability: store.durability },
      exported,
    },
  );
  return { source, sessions, checkStillThere: () => Promise.resolve() };
}

/** The chain that the options name, or the configuration's; null if it is another store. */
function chainOf(options: ExportOptions, env: NodeJS.ProcessEnv) {
  const { rpcUrl, logRegistry: registry, config, url } = options;
  if ((rpcUrl === undefined) !== (registry === undefined))
    throw new GatelogError("MALFORMED", "a chain is named by --rpc-url and --log-registry");
  if (rpcUrl === undefined || registry === undefined) return configuredChain(options, env);
  if (config !== undefined || url !== undefined)
    throw new GatelogError("MALFORMED", "where is the log? --config, or --url, or --rpc-url, and no two of them");
  return { rpcUrl, registry, finality: options.finality, fromBlock: options.fromBlock };
}

function answerOf(file: string, header: LogFileHeader, end: LogFileEnd): Answer {
  const { kind: _end, ...counts } = end;
  return { exit: EXIT.sound, text: summaryOf(file, end), json: { file, source: header.source, ...counts } };
}

function summaryOf(file: string, { sessions, entries, gateways, skipped, sha256 }: LogFileEnd): string {
  const left = skipped === 0 ? "" : `; ${skipped} sessions that cannot be understood were left out`;
  const where = file === STANDARD_OUTPUT ? "standard output" : file;
  return `${where}: ${sessions} sessions, ${entries} entries, ${gateways} gateways${left}\n  sha256 ${sha256}`;
}
