import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TSC = createRequire(import.meta.url).resolve("typescript/bin/tsc");

/** As `npm run build` does: what is measured is the program of these sources. */
export function build(): void {
  execFileSync(process.execPath, [TSC, "--project", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
}
