import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withOwnOperator } from "../../src/cli/api-wiring.ts";
import { apiConfigSchema, checkedConfig, DEFAULT_API } from "../../src/cli/config.ts";
import { wiringContext } from "../../src/cli/wiring-context.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const KEY = "operator.key";

describe("the key of a service that belongs to nobody else", function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let data: string;

  beforeEach(async () => {
    folder = await temporaryFolder();
    data = join(folder.path, DEFAULT_API.dataDir ?? "");
  });
  afterEach(() => folder.remove());

  async function made(): Promise<string | undefined> {
    const config = checkedConfig(DEFAULT_API, apiConfigSchema, {}, "the test's");
    const context = wiringContext(join(folder.path, "default"), config.dataDir, {});
    return (await withOwnOperator(config, context)).operator?.owner;
  }

  it("is one and the same for all that start at once, for nobody else to read, with nothing left beside it", async () => {
    const owners = await Promise.all(Array.from({ length: 8 }, made));
    expect(new Set(owners).size).to.equal(1);
    expect(readdirSync(data)).to.deep.equal([KEY]);
    expect(statSync(join(data, KEY)).mode & 0o777).to.equal(0o600);
    const before = readFileSync(join(data, KEY), "utf8");
    expect(await made()).to.equal(owners[0]);
    expect(readFileSync(join(data, KEY), "utf8")).to.equal(before);
  });

  // There is no limit to the size of files to be set elsewhere.
  const itWhereLimited = process.platform === "win32" ? () => undefined : it;
  itWhereLimited("is there whole, or not: a start that cannot write it keeps nobody from the next one", async () => {
    const child = spawn("sh", ["-c", 'ulimit -f 0; exec "$@"', "sh", process.execPath, MAIN, "api", "start"], {
      cwd: folder.path,
      env: { PATH: process.env["PATH"], GATELOG_LISTEN: "127.0.0.1:0" },
      stdio: "ignore",
    });
    const [code] = (await once(child, "exit")) as [number | null];
    expect(code).not.to.equal(0);
    expect(readdirSync(data)).not.to.include(KEY);
    expect(await made()).to.match(/^0x[0-9a-f]{40}$/i);
  });
});
