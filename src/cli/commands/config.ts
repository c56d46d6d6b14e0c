import type { Command } from "commander";
import { z } from "zod";
import { disputeFileSchema } from "../../audit/report/dispute-schema.ts";
import { reportFileSchema } from "../../audit/report/report-schema.ts";
import { GatelogError } from "../../entry/errors.ts";
import { transferRequestSchema } from "../../gateway/public.ts";
import { logFileLineSchema } from "../../store/log-file.ts";
import { answering } from "../command.ts";
import { CONFIG_SCHEMAS, readConfig } from "../config.ts";
import { requireApiSecrets, requireGatewaySecrets } from "../config-secrets.ts";
import { EXIT } from "../output.ts";

type ConfigKind = keyof typeof CONFIG_SCHEMAS;

export function configCommand(program: Command): void {
  const config = program.command("config").description("configurations: check one, or print their JSON schema");
  config
    .command("check")
    .argument("<file>", "YAML or JSON")
    .option("--kind <kind>", "gateway or api", "gateway")
    .description(
      "name every member that is wrong, also by the keys and passwords that it names; variables GATELOG_* count",
    )
    .action(
      answering(async ({ env }, file: string, { kind }: { readonly kind: string }) => {
        check(known(kind), file, env);
        return Promise.resolve({
          exit: EXIT.sound,
          text: `${file} is a sound ${kind} configuration.`,
          json: { file, kind, sound: true },
        });
      }),
    );
  config
    .command("schema")
    .argument(
      "<kind>",
      "gateway, api, request (the transfer request that clients send), log-file (a line of what export writes), report (of verify) or dispute-report (of verify about two files)",
    )
    .description("JSON schema of a configuration, of REQUEST.json, of a line of an export, or of an audit report")
    .action(
      answering(async (_context, kind: string) => {
        const described = isFileKind(kind) ? FILE_SCHEMAS[kind] : CONFIG_SCHEMAS[known(kind)];
        const schema = z.toJSONSchema(described, { io: "input", unrepresentable: "any" });
        return Promise.resolve({ exit: EXIT.sound, text: JSON.stringify(schema, null, 2), json: schema });
      }),
    );
}

/** All that a start would find wrong before it asks anybody else. */
function check(kind: ConfigKind, file: string, env: NodeJS.ProcessEnv): void {
  if (kind === "gateway") requireGatewaySecrets(readConfig(file, CONFIG_SCHEMAS.gateway, env), file, env);
  else requireApiSecrets(readConfig(file, CONFIG_SCHEMAS.api, env), file, env);
}

/** Of files that are no configurations. */
const FILE_SCHEMAS = {
  request: transferRequestSchema,
  "log-file": logFileLineSchema,
  report: reportFileSchema,
  "dispute-report": disputeFileSchema,
} as const;

function isFileKind(kind: string): kind is keyof typeof FILE_SCHEMAS {
  return Object.hasOwn(FILE_SCHEMAS, kind);
}

function known(kind: string): ConfigKind {
  if (kind === "gateway" || kind === "api") return kind;
  throw new GatelogError("MALFORMED", `a configuration is of kind gateway or api, not ${kind}`, { kind });
}
