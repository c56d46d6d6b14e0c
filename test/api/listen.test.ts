import { expect } from "chai";
import { createLogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { sampleDirectory } from "../support/sample-log.ts";
import { codeOf } from "../support/store-doubles.ts";

describe("listen", () => {
  const directory = sampleDirectory();
  const api = createLogApi({ store: new MemoryLogStore({ directory }), directory });

  it("serves on loopback and nowhere else by default", async () => {
    const listener = await listen(api);
    expect(listener.url).to.match(/^http:\/\/127\.0\.0\.1:[0-9]+$/);
    expect((await fetch(`${listener.url}/health`)).status).to.equal(200);
    await listener.close();
  });

  it("says INVALID_CONFIG when the port is taken", async () => {
    const listener = await listen(api);
    expect(await codeOf(listen(api, { port: listener.port }))).to.equal("INVALID_CONFIG");
    await listener.close();
  });
});
