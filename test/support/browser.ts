import {
  accessSync,
  constants,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
} from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createBrotliDecompress } from "node:zlib";
import { chromium, type LaunchOptions, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Of the machine; undefined if there is none. `CHROMIUM_PATH` names another. */
function findChromium(): string | undefined {
  const named = process.env["CHROMIUM_PATH"];
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...(named === undefined ? [] : [named]), ...places].find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const ROOT = resolve(import.meta.dirname, "../..");
/** Where the package has its archives, beside the libraries that a server does not have. */
const PACKED = resolve(dirname(createRequire(import.meta.url).resolve("@sparticuz/chromium")), "../../bin");
const UNPACKED = join(ROOT, "node_modules", ".cache", "chromium-147.0.0");

/** The package's own is for one place on the disk. */
const FONTS = `<?xml version="1.0"?><fontconfig><dir prefix="relative">fonts</dir></fontconfig>`;

/** The machine's; where it has none, the package's, which is one for Linux; and anywhere else the Chrome that playwright finds. */
async function launchOptions(): Promise<LaunchOptions> {
  const executablePath = findChromium();
  if (executablePath !== undefined) return { executablePath };
  if (process.platform !== "linux" || process.arch !== "x64") return { channel: "chrome" };
  if (!existsSync(UNPACKED)) await unpack();
  const env = { ...process.env, LD_LIBRARY_PATH: join(UNPACKED, "lib"), FONTCONFIG_PATH: UNPACKED };
  return { executablePath: join(UNPACKED, "chromium"), env };
}

/** Whole or not at all; who comes in between does it too, and the first one's stays. */
async function unpack(): Promise<void> {
  mkdirSync(dirname(UNPACKED), { recursive: true });
  const folder = mkdtempSync(`${UNPACKED}-`);
  try {
    const program = join(folder, "chromium");
    const packed = (name: string) => createReadStream(join(PACKED, name)).pipe(createBrotliDecompress());
    await writeFile(program, packed("chromium.br"));
    await chmod(program, 0o755);
    for (const name of ["al2023.tar", "fonts.tar"]) {
      const archive = join(folder, name);
      await writeFile(archive, packed(`${name}.br`));
      await promisify(execFile)("tar", ["-xf", archive, "-C", folder]);
      rmSync(archive);
    }
    await writeFile(join(folder, "fonts.conf"), FONTS);
    renameSync(folder, UNPACKED);
  } catch (error) {
    if (!existsSync(UNPACKED)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One page of a browser of its own, without a window, that keeps what it asked for and what it complained of. */
export class BrowserPage {
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("console", (message) => this.complaints.push(message.text()));
    page.on("pageerror", (error) => this.complaints.push(error.message));
  }

  static async open(): Promise<BrowserPage> {
    const options = await launchOptions();
    const browser = await chromium.launch({ ...options, args: ["--no-sandbox", "--disable-gpu"] });
    return new BrowserPage(await browser.newPage());
  }

  /** Shows the file in a window of this size. */
  async show(file: string, size: { readonly width: number; readonly height: number }): Promise<void> {
    await this.#page.setViewportSize(size);
    await this.#page.goto(`file://${file}`);
  }

  /** Value of an expression in the page, which must be plain data. */
  evaluate(expression: string): Promise<unknown> {
    return this.#page.evaluate(expression);
  }

  /** As it is printed, with its outline. */
  print(): Promise<Buffer> {
    return this.#page.pdf({ preferCSSPageSize: true, tagged: true, outline: true });
  }

  async close(): Promise<void> {
    await this.#page.context().browser()?.close();
  }
}
