import { existsSync, readFileSync } from "node:fs";
import type { z } from "zod";

/** What an earlier run has kept, a line of JSON each; the last one may have been cut off. */
export function readRecords<T>(file: string | undefined, schema: z.ZodType<T>): T[] {
  if (file === undefined || !existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => schema.parse(JSON.parse(line)));
}
