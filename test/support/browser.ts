import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Page } from "playwright-core";

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

/** Under CI its absence is a failure; elsewhere one line says what was not run. */
export function requireChromium(context: Mocha.Context): string {
  const path = findChromium();
  if (path !== undefined) return path;
  if (process.env["CI"] !== undefined) throw new Error("no Chromium on PATH, and none in CHROMIUM_PATH");
  console.log("      not run: there is no Chromium on this machine");
  return context.skip();
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

  static async open(executablePath: string): Promise<BrowserPage> {
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
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
