import { Option, type Command } from "commander";
import { createGatewayMetrics } from "../../api/gateway-metrics.ts";
import { createGatewayOperations } from "../../api/gateway-operations.ts";
import { createMemberMetrics } from "../../api/member-metrics.ts";
import { createNodeOperations } from "../../api/node-operations.ts";
import { listen } from "../../api/listen.ts";
import { createLogApi } from "../../api/log-api.ts";
import { GatelogError, isGatelogError } from "../../entry/errors.ts";
import { agreementOf } from "../../gateway/agreement.ts";
import { systemClock } from "../../gateway/ports.ts";
import type { GatewayEvent } from "../../gateway/public.ts";
import type { SetAsideItem } from "../../store/outbox-items.ts";
import { OperatorLog } from "../../store/operator-log.ts";
import { answering, type CommandContext } from "../command.ts";
import { gatewayConfigSchema, readConfig, type GatewayConfig } from "../config.ts";
import { requireGatewaySecrets } from "../config-secrets.ts";
import { parseListen } from "../config-values.ts";
import type { Answer } from "../output.ts";
import { programVersion } from "../version.ts";
import { retire } from "../retire.ts";
import { createLog, logFailures, logRequests, sendPending, serveUntilStopped, type Log } from "../serve.ts";
import { backupsCommands } from "./gateway-backups.ts";
import { groupCommands } from "./gateway-group.ts";
import { identityCommands } from "./gateway-identity.ts";
import { successionCommands } from "./gateway-succession.ts";
import { wireGateway } from "../wiring.ts";
import { wiringContext, type Seams, type WiringContext } from "../wiring-context.ts";

export function gatewayCommand(program: Command): void {
  const gateway = program.command("gateway").description("a gateway: engine, peer API, client API, log API");
  gateway
    .command("start")
    .description("go on with every open session of the log, and take new transfers, until it is told to stop")
    .requiredOption("--config <file>", "YAML or JSON; see: gatelog config schema gateway")
    .addOption(new Option("--role <role>", "start only as this member of its group").choices(["primary", "backup"]))
    .action(answering((context, options: StartOptions) => startGateway(context, options)));
  identityCommands(gateway);
  backupsCommands(gateway);
  successionCommands(gateway);
  groupCommands(gateway);
}

interface StartOptions {
  readonly config: string;
  readonly role?: "primary" | "backup";
}

/** @param seams For tests of crashes; none otherwise. */
export async function startGateway(
  { env }: CommandContext,
  { config: file, role }: StartOptions,
  seams?: Seams,
): Promise<Answer> {
  const config = readConfig(file, gatewayConfigSchema, env);
  requireGatewaySecrets(config, file, env);
  const log = createLog(config.name);
  const {
    context,
    gateway,
    store,
    served,
    outbox,
    pending,
    directory,
    signer,
    options,
    node,
    operator: operatorAccess,
    metrics,
    storeMetrics,
    warnings,
  } = await patiently(log, () => wire(config, wiringContext(file, config.dataDir, env, seams), log, role));
  for (const warning of warnings) log.warn(warning);
  // A member of a group lets nothing out before it is primary; then each session sends its own.
  if (outbox && !node) await sendPending(log, outbox);
  const [logging] = options.loggings;
  // The gateway's operator logs through it too (Direct mode): its sessions move nothing, so any of its networks will do.
  const networkId = config.ledgers[0]?.networkId ?? "";
  const operator = new OperatorLog(
    { ...(operatorAccess ?? { store, outbox: pending }), directory, signer },
    { gatewayId: options.gatewayId, networkId, log: agreementOf(logging, options).log, logging },
  );
  const members = node && createNodeOperations(node);
  const deps = {
    ...{ store: served, directory, operator, onFailure: logFailures(log) },
    onRequest: logRequests(log),
    operations: [...createGatewayOperations(gateway), ...(members?.operations ?? [])],
    onDrain: () => members?.stop(),
    metrics: [metrics.registry, ...storeMetrics],
    alarms: async () => (await gateway.overview()).alarms,
  };
  const { gatewayId } = options;
  const app = createLogApi(deps, { gatewayId, hosts: config.hosts, version: programVersion() });
  return serveUntilStopped({
    ...{ log, cleanup: context.cleanup, listen: () => listen(app, parseListen(config.listen)) },
    ...(node && { retire: () => retire(node, log, config.group?.handoverOnStopMs ?? 0) }),
    // Peers are answered before old sessions are gone through: theirs must not wait for ours.
    start: async ({ url }, stopping) => {
      const { gatewayId, ledgerKeys, loggings } = options;
      log.info({ url, gateway: gatewayId, networks: [...ledgerKeys.keys()], loggings }, "listening");
      context.cleanup.add(() => gateway.stop());
      await patiently(log, () => gateway.start(), stopping);
      if (!stopping.aborted) log.info("ready");
    },
  });
}

async function wire(config: GatewayConfig, context: WiringContext, log: Log, role: StartOptions["role"]) {
  if (role !== undefined && !config.group)
    throw new GatelogError("INVALID_CONFIG", "--role is for members of a group, and the configuration has none", {});
  const setAside = ({ refusal }: SetAsideItem) => {
    // A decision that came too early by the log chain's clock is asked for again, and no news.
    if (refusal.code === "DECISION_WITHOUT_GROUND") return;
    log.warn({ code: refusal.code, err: refusal }, "a signed write was refused for good and set aside");
  };
  // Counts from the first event on, which may come before there is a gateway to ask for its sessions.
  const counted: { observe(event: GatewayEvent): void }[] = [];
  const observe = (event: GatewayEvent) => {
    for (const metrics of counted) metrics.observe(event);
    logEvent(log, event);
  };
  try {
    const wired = await wireGateway(config, observe, setAside, context, role === "backup" ? "standby" : role);
    const metrics = createGatewayMetrics(() => wired.gateway.overview());
    const memberMetrics = wired.node && createMemberMetrics(wired.node);
    counted.push(metrics, ...(memberMetrics ? [memberMetrics] : []));
    const storeMetrics = [...wired.storeMetrics, ...(memberMetrics ? [memberMetrics.registry] : [])];
    return { context, metrics, ...wired, storeMetrics };
  } catch (error) {
    await context.cleanup.run();
    throw error;
  }
}

const START_RETRY_MS = 1_000;

/** A log or ledger that is away when the gateway starts is a reason to wait, not to give up, unless it is told to stop. */
async function patiently<T>(log: Log, work: () => Promise<T>, stopping?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isGatelogError(error) || error.disposition !== "retry" || stopping?.aborted) throw error;
      log.warn({ code: error.code, err: error }, "what this gateway rests on is away; trying again");
      await systemClock.sleep(START_RETRY_MS, stopping);
      if (stopping?.aborted) throw error;
    }
  }
}

function logEvent(log: Log, event: GatewayEvent): void {
  const { type, sessionId: session, ...rest } = event;
  if (type === "alarm") log.error({ event: type, session, ...rest }, "alarm");
  else if (type === "trouble") log.warn({ event: type, session, ...rest }, "trouble");
  else log.info({ event: type, session, ...rest }, type);
}
