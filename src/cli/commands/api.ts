import { join } from "node:path";
import type { Command } from "commander";
import { listen, type ListenOptions } from "../../api/listen.ts";
import { createLogApi } from "../../api/log-api.ts";
import { gatewayIdOf } from "../../entry/statements.ts";
import { OperatorLog } from "../../store/operator-log.ts";
import { Outbox } from "../../store/outbox.ts";
import { OutboxedLogStore } from "../../store/outboxed-log-store.ts";
import { answering, type CommandContext } from "../command.ts";
import { apiConfigSchema, readConfig, readSigner, resolveFrom, type ApiConfig } from "../config.ts";
import { makeFolder } from "../files.ts";
import { createLog, logFailures, logRequests, parseListen, runUntilStopped, sendPending, type Log } from "../serve.ts";
import type { Answer } from "../output.ts";
import { programVersion } from "../version.ts";
import { openStore, wiringContext, type Seams, type WiredStore, type WiringContext } from "../wiring.ts";

export function apiCommand(program: Command): void {
  const api = program.command("api").description("the log storage API");
  api
    .command("start")
    .description("serve the log storage API over the configured store, until it is told to stop")
    .requiredOption("--config <file>", "YAML or JSON; see: gatelog config schema api")
    .action(answering((context, options: { readonly config: string }) => startApi(context, options)));
}

/** @param seams For tests of crashes; none otherwise. */
export async function startApi(
  { env }: CommandContext,
  { config: file }: { readonly config: string },
  seams?: Seams,
): Promise<Answer> {
  const config = readConfig(file, apiConfigSchema, env);
  const address = parseListen(config.listen);
  const log = createLog("api");
  const context = wiringContext(file, config.dataDir, env, seams);
  try {
    return await serve(config, address, log, context);
  } catch (error) {
    await context.cleanup.run();
    throw error;
  }
}

async function serve(config: ApiConfig, address: ListenOptions, log: Log, context: WiringContext): Promise<Answer> {
  const wired = await openStore(config.store, config.log, context);
  const operator = config.operator && openOperator(config, config.operator, wired, context);
  if (operator) await sendPending(log, operator.store);
  const deps = {
    ...wired,
    ...(operator && { operator: operator.log }),
    onFailure: logFailures(log),
    onRequest: logRequests(log),
  };
  const app = createLogApi(deps, { ...(operator && { gatewayId: operator.gatewayId }), version: programVersion() });
  const listener = await listen(app, address);
  log.info(
    {
      url: listener.url,
      store: config.store.driver,
      durability: wired.store.durability,
      registry: config.log.registry,
    },
    "listening",
  );
  return runUntilStopped(log, listener, context.cleanup);
}

/** What an operator has signed goes through an outbox, as every signed entry does (R8). */
function openOperator(
  config: ApiConfig,
  operator: NonNullable<ApiConfig["operator"]>,
  wired: WiredStore,
  context: WiringContext,
) {
  const dataDir = resolveFrom(context.configFile, config.dataDir);
  makeFolder(dataDir);
  const store = new OutboxedLogStore({
    store: wired.store,
    outbox: new Outbox({ path: join(dataDir, "operator-outbox.sqlite") }),
  });
  context.cleanup.add(() => store.close());
  const gatewayId = gatewayIdOf(operator.owner, operator.name);
  const signer = readSigner(operator.logKey, context.configFile, context.env);
  const networkId = `eip155:${config.log.chainId}`;
  return {
    gatewayId,
    store,
    log: new OperatorLog(
      { store, outbox: store, directory: wired.directory, signer },
      { gatewayId, networkId, log: config.log },
    ),
  };
}
