import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** All that README.md uses of curl; test/readme.test.ts holds this list against it. */
export const CURL_FLAGS: readonly string[] = ["-sS", "-H", "--data"];

/** Exit codes of curl. */
const EXIT = { done: 0, badUsage: 2, noConnection: 7 } as const;

/** Makes a folder that holds the stand-in as the command `curl`, to be put on a PATH. */
export function writeCurl(folder: string): void {
  mkdirSync(folder);
  const command = `exec '${process.execPath}' --disable-warning=ExperimentalWarning '${import.meta.filename}' "$@"`;
  writeFileSync(join(folder, "curl"), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
}

/** `curl` where there is none: `-sS`, `-H`, `--data` (also `@FILE` and `@-`) and one http URL. Resolves with the exit code. */
async function curl(args: readonly string[]): Promise<number> {
  const headers = new Map([["accept", "*/*"]]);
  let body: string | undefined;
  let url: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? "";
    if (argument === "-sS") continue;
    if (argument === "-H") {
      const [, name = "", value = ""] = /^([^:]+): *(.*)$/.exec(args[++at] ?? "") ?? [];
      if (name === "") return complain(EXIT.badUsage, "-H needs NAME: VALUE");
      headers.set(name.toLowerCase(), value);
    } else if (argument === "--data" && body === undefined) {
      body = await dataOf(args[++at] ?? "");
      if (!headers.has("content-type")) headers.set("content-type", "application/x-www-form-urlencoded");
    } else if (argument.startsWith("http://") && url === undefined) url = argument;
    else return complain(EXIT.badUsage, `this stand-in does not know ${argument}`);
  }
  if (url === undefined) return complain(EXIT.badUsage, "no URL");
  if (body !== undefined) headers.set("content-length", String(Buffer.byteLength(body)));
  const asked = request(url, { method: body === undefined ? "GET" : "POST", headers: Object.fromEntries(headers) });
  try {
    asked.end(body);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    for await (const chunk of answer) process.stdout.write(chunk as Buffer);
    return EXIT.done;
  } catch (error) {
    return complain(EXIT.noConnection, error instanceof Error ? error.message : String(error));
  }
}

/** As curl does it: what comes from a file loses its line ends. */
async function dataOf(argument: string): Promise<string> {
  if (!argument.startsWith("@")) return argument;
  const content = argument === "@-" ? await text(process.stdin) : await readFile(argument.slice(1), "utf8");
  return content.replaceAll(/[\r\n\0]/g, "");
}

function complain(code: number, words: string): number {
  process.stderr.write(`curl: (${code}) ${words}\n`);
  return code;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await curl(process.argv.slice(2));
