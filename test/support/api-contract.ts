import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { OpenApiDocument } from "../../src/api/openapi.ts";

/** What the document says of a request and its answer, so that a test can hold one to the other. */
export class ApiContract {
  readonly #document: OpenApiDocument;
  readonly #ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  readonly #paths: readonly { readonly pattern: RegExp; readonly path: string }[];
  readonly #compiled = new Map<object, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
    // JSON Schema's own place for definitions, so that no keyword is unknown.
    const $defs = JSON.parse(inDefinitions(document.components.schemas)) as object;
    this.#ajv.addSchema({ $id: ROOT, $defs });
    // The more of a path is literal, the earlier it is tried: as OpenAPI has it, and as the service's routes stand.
    this.#paths = Object.keys(document.paths)
      .toSorted((left, right) => literals(right) - literals(left))
      .map((path) => ({ path, pattern: patternOf(path) }));
  }

  /** What is wrong with an answer; empty if the document permits it. What the document does not know must be refused. */
  faults(request: { readonly method: string; readonly path: string }, answer: ContractAnswer): string[] {
    const pathname = request.path.split("?")[0] ?? "";
    const found = this.#paths.find(({ pattern }) => pattern.test(pathname));
    const operation = found && this.#document.paths[found.path]?.[request.method.toLowerCase()];
    const { status } = answer;
    if (operation === undefined) {
      const known = [400, 404, 405].includes(status) ? [] : [`${status} where the document knows nothing`];
      return [...known, ...this.#faultsOf({ $ref: "#/components/schemas/Problem" }, answer.json)];
    }
    const response = operation.responses[String(status)] as ResponseObject | undefined;
    if (response === undefined)
      return [`${operation.operationId} does not know ${status}: ${answer.text.slice(0, 300)}`];
    if (response.content === undefined) return [];
    const type = (answer.type ?? "").split(";")[0] ?? "";
    const content = response.content[type];
    if (content === undefined) return [`${operation.operationId} answers ${status} in ${type}`];
    if (!type.endsWith("json") || content.schema["type"] === "string") return [];
    return this.#faultsOf(content.schema, answer.json).map((fault) => `${operation.operationId} ${status} ${fault}`);
  }

  #faultsOf(schema: object, value: unknown): string[] {
    const validate = this.#compiled.get(schema) ?? this.#compile(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
  }

  #compile(schema: object): ValidateFunction {
    const validate = this.#ajv.compile(JSON.parse(inDefinitions(schema)) as object);
    this.#compiled.set(schema, validate);
    return validate;
  }
}

export interface ContractAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  readonly json: unknown;
}

interface ResponseObject {
  readonly content?: Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>>;
}

const ROOT = "https://gatelog.test/components";

function inDefinitions(schema: object): string {
  return JSON.stringify(schema).replaceAll('"#/components/schemas/', `"${ROOT}#/$defs/`);
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${escaped}/?$`, "i");
}

function literals(path: string): number {
  return path.replaceAll(/\{\w+\}/g, "").length;
}
