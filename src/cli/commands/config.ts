import type { Command } from "commander";
import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import { transferRequestSchema } from "../../gateway/public.ts";
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
    .argument("<kind>", "gateway, api, or request: the transfer request that clients send")
    .description("JSON schema of a configuration or of REQUEST.json")
    .action(
      answering(async (_context, kind: string) => {
        const described = kind === "request" ? transferRequestSchema : CONFIG_SCHEMAS[known(kind)];
        const schema = z.toJSONSchema(described, { io: "input", unrepresentable: "any" });
        return Promise.resolve({ exit: EXIT.sound, text: JSON.stringify(schema, null, 2), json: schema });
      }),
    );
}

function known(kind: string): ConfigKind {
  if (kind === "gateway" || kind === "api") return kind;
  throw new GatelogError("MALFORMED", `a configuration is of kind gateway or api, not ${kind}`, { kind });
}
