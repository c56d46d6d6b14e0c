import { join } from "node:path";
import type { Command } from "commander";
import { listen } from "../../api/listen.ts";
import { createLogApi } from "../../api/log-api.ts";
import { SignatureThread, type Signed } from "../../api/signature-thread.ts";
import { wireApi, withOwnOperator } from "../api-wiring.ts";
import { answering, type CommandContext } from "../command.ts";
import { apiConfigSchema, checkedConfig, DEFAULT_API, readConfig, type ApiConfig } from "../config.ts";
import { requireApiSecrets } from "../config-secrets.ts";
import { parseListen } from "../config-values.ts";
import { createLog, logFailures, logRequests, sendPending, serveUntilStopped, type Log } from "../serve.ts";
import type { Answer } from "../output.ts";
import { programVersion } from "../version.ts";
import { wiringContext, type Seams, type WiringContext } from "../wiring-context.ts";

export function apiCommand(program: Command): void {
  const api = program.command("api").description("the log storage API");
  api
    .command("start")
    .description("serve the log storage API over the configured store, until it is told to stop")
    .option(
      "--config <file>",
      "YAML or JSON; see: gatelog config schema api. Without it: logs in .gatelog/api, on this machine alone",
    )
    .action(answering((context, options: { readonly config?: string }) => startApi(context, options)));
}

/** @param seams For tests of crashes; none otherwise. */
export async function startApi(
  { env }: CommandContext,
  { config: file }: { readonly config?: string },
  seams?: Seams,
): Promise<Answer> {
  const config =
    file === undefined
      ? checkedConfig(DEFAULT_API, apiConfigSchema, env, "the default configuration")
      : readConfig(file, apiConfigSchema, env);
  if (file !== undefined) requireApiSecrets(config, file, env);
  const log = createLog("api");
  const context = wiringContext(file ?? join(process.cwd(), "default"), config.dataDir, env, seams);
  try {
    return await serve(config.isOnItsOwn ? await withOwnOperator(config, context) : config, log, context);
  } catch (error) {
    await context.cleanup.run();
    throw error;
  }
}

async function serve(config: ApiConfig, log: Log, context: WiringContext): Promise<Answer> {
  const { store, directory, operator, warnings, storeMetrics: metrics } = await wireApi(config, context);
  for (const warning of warnings) log.warn(warning);
  if (operator?.outbox) await sendPending(log, operator.outbox);
  const signatures = new SignatureThread();
  context.cleanup.add(() => signatures.close());
  const deps = {
    ...{ store, directory, metrics },
    recoverAhead: (signed: readonly Signed[]) => signatures.recoverAhead(signed),
    ...(operator && { operator: operator.log }),
    onFailure: logFailures(log),
    onRequest: logRequests(log),
  };
  const app = createLogApi(deps, {
    ...{ hosts: config.hosts, version: programVersion() },
    ...(operator && { gatewayId: operator.gatewayId }),
  });
  return serveUntilStopped({
    ...{ log, cleanup: context.cleanup, listen: () => listen(app, parseListen(config.listen)) },
    start: ({ url }) => {
      log.info(
        {
          ...{ url, store: config.store.driver, durability: store.durability },
          ...(config.log && { registry: config.log.registry }),
          ...(operator && { gateway: operator.gatewayId }),
        },
        "listening",
      );
    },
  });
}
