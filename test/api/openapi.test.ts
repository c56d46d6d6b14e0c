import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import { createGatewayOperations } from "../../src/api/gateway-operations.ts";
import { createLogApi, type LogApi } from "../../src/api/log-api.ts";
import { listen } from "../../src/api/listen.ts";
import { describe as describeApi, documentPath, type OpenApiDocument } from "../../src/api/openapi.ts";
import { LENGTH_MAX } from "../../src/entry/entry.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { GatewayStage } from "../support/gateway-stage.ts";

/** What Express knows of a route; its own types do not say it. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

describe("the API's description", () => {
  let stage: GatewayStage;
  let api: LogApi;
  let document: OpenApiDocument;

  before(async () => {
    stage = new GatewayStage();
    await stage.start();
    const directory = new MemoryGatewayDirectory();
    const { gateway } = stage.parties.alpha;
    api = createLogApi({
      store: new MemoryLogStore({ directory }),
      directory,
      operations: createGatewayOperations(gateway),
    });
    document = describeApi(api.operations, "0.0.0");
  });
  after(() => stage.stop());

  /** `get /v1/sessions`, of everything that Express serves. */
  function served(): string[] {
    const { stack } = api.app.router as unknown as { readonly stack: readonly Layer[] };
    return stack.flatMap(({ route }) =>
      route === undefined
        ? []
        : Object.keys(route.methods)
            .filter((method) => method !== "_all")
            .map((method) => `${method} ${documentPath(route.path)}`),
    );
  }

  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    const result = await validator.validate({ ...document });
    expect(result.errors).to.equal(undefined);
    expect(result.valid).to.equal(true);
    expect(validator.version).to.equal("3.1");
  });

  it("names every route of the app, and no other", () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.length).to.be.greaterThan(60);
    expect(described.toSorted()).to.deep.equal(served().toSorted());
  });

  it("gives every operation an id of its own, and every reference leads somewhere", () => {
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).to.equal(ids.length);
    const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g);
    for (const [, reference = ""] of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1] ?? reference;
      expect(document.components.schemas, reference).to.have.property(name);
    }
  });

  it("says what numbers, session ids and headers are like", () => {
    const { parameters = [], responses = {} } = document.paths["/v1/sessions/{sessionId}/entries"]?.["get"] ?? {};
    const schemaOf = (wanted: string) => parameters.find(({ name }) => name === wanted)?.["schema"];
    expect(schemaOf("from")).to.deep.equal({ type: "integer", minimum: 0, maximum: 2 * LENGTH_MAX });
    expect(schemaOf("limit")).to.deep.equal({ type: "integer", minimum: 1, maximum: 10_000 });
    expect(schemaOf("sessionId")).to.have.property("pattern").that.contains("[0-9a-fA-F]{8}-");
    expect(responses["200"]?.["headers"]).to.have.all.keys("X-Next-From");
    expect(responses["503"]?.["headers"]).to.have.all.keys("Retry-After");
    expect(responses["404"]).not.to.have.property("headers");
  });

  it("is served, for machines and as a page that needs no script and nothing from elsewhere", async () => {
    const listener = await listen(api);
    const machine = await fetch(`${listener.url}/openapi.json`);
    expect(await machine.json()).to.deep.equal({ ...document, info: { ...document.info, version: "0" } });

    const page = await fetch(`${listener.url}/docs`);
    const text = await page.text();
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).to.match(/^default-src 'none'; style-src 'sha256-/);
    expect(policy).not.to.contain("unsafe");
    expect(text).not.to.match(/<script|\son\w+=|style="|https?:\/\/(?!json-schema)/i);
    for (const path of Object.keys(document.paths)) expect(text).to.contain(`<code>${path}</code>`);
    await listener.close();
  });
});
