import type { Command } from "commander";
import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import { transferRequestSchema } from "../../gateway/public.ts";
import { logFileLineSchema } from "../../store/log-file.ts";
import { answering } from "../command.ts";
import { CONFIG_SCHEMAS, readConfig } from "../config.ts";
import { EXIT } from "../output.ts";

type ConfigKind = keyof typeof CONFIG_SCHEMAS;

export function configCommand(program: Command): void {
  const config = program.command("config").description("configurations: check one, or print their JSON schema");
  config
    .command("check")
    .argument("<file>", "YAML or JSON")
    .option("--kind <kind>", "gateway or api", "gateway")
    .description("name every member that is wrong; environment variables GATELOG_* count")
    .action(
      answering(async ({ env }, file: string, { kind }: { readonly kind: string }) => {
        readConfig(file, CONFIG_SCHEMAS[known(kind)], env);
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
      "gateway, api, request (the transfer request that clients send), or log-file (a line of what export writes)",
    )
    .description("JSON schema of a configuration, of REQUEST.json, or of a line of an export")
    .action(
      answering(async (_context, kind: string) => {
        const described = isFileKind(kind) ? FILE_SCHEMAS[kind] : CONFIG_SCHEMAS[known(kind)];
        const schema = z.toJSONSchema(described, { io: "input", unrepresentable: "any" });
        return Promise.resolve({ exit: EXIT.sound, text: JSON.stringify(schema, null, 2), json: schema });
      }),
    );
}

/** Of files that are no configurations. */
const FILE_SCHEMAS = { request: transferRequestSchema, "log-file": logFileLineSchema } as const;

function isFileKind(kind: string): kind is keyof typeof FILE_SCHEMAS {
  return Object.hasOwn(FILE_SCHEMAS, kind);
}

function known(kind: string): ConfigKind {
  if (kind === "gateway" || kind === "api") return kind;
  throw new GatelogError("MALFORMED", `a configuration is of kind gateway or api, not ${kind}`, { kind });
}
