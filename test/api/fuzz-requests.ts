import fc from "fast-check";
import { gzipSync } from "node:zlib";
import type { OpenApiDocument } from "../../src/api/openapi.ts";
import type { BodyKind } from "./fuzz-world.ts";
import { anyText, near, SchemaValues, type KnownValues } from "./fuzz-values.ts";

/** A request as it goes over the wire. */
export interface FuzzRequest {
  /** Whose path and method it was made from. */
  readonly operationId: string;
  readonly method: string;
  /** With the query; Latin-1, no spaces. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: unknown;
}

interface Target {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly bodySchema: unknown;
}

type Bodies = Readonly<Record<BodyKind, readonly unknown[]>>;

const OTHER_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"];
const CONTENT_TYPES = [
  ...[
    "text/plain",
    "application/json; charset=utf-16",
    "application/json; charset=latin1",
    "application/jsonx",
    "json",
  ],
  ...[
    "application/merge-patch+json",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    ";",
    "*/*",
  ],
];
const ACCEPTS = [
  ...["*/*", "application/json", "application/x-ndjson", "text/html", "text/event-stream", "application/json;q=0"],
  ...[
    'application/json; profile="satp-03"',
    'application/x-ndjson;profile="odap-01"',
    "x",
    ",;q=",
    "application/json;q=9",
  ],
];
const EVENT_IDS = ["1.0.", "0.0.", "0.0.dc", "12.5.", "1.", "9999999999.1.", ""];
const PATH_TRICKS = [
  ...["%2e%2e", "..", ".", "%2F", "%00", "%ff", "%zz", "%", "%25", ";x=1", "//", "\\", "%c0%af", "é", ":", "@", "~"],
  ...["%F0%9F%A6%A1", "%ED%A0%80", "x".repeat(3_000), "", "last", "0", "-1", "1e9", "999999999", "268435455", "%30"],
];
const QUERY_TRICKS = [
  ...["?", "??", "?&&&", "?draft=01", "?draft=satp-03", "?draft=odap-01", "?draft=02", "?draft=01&draft=01"],
  ...["?gatewayId[]=1", "?gatewayId[a]=b", "?from=1e308", "?from=-1", "?limit=0", "?limit=10001", "?limit=NaN"],
  ...["?__proto__[x]=1", "?open=maybe", "?sessionId=", "?length=2&lastEntryHash=0x", "?%=%", "?from=0x10&limit=+5"],
];
const MOST_HEADER = 200;
/** Beyond the end of every log. */
const MOST_INDEX = 20;

/** Requests for everything that the document describes, right, nearly right, and wrong. */
export function fuzzRequests(document: OpenApiDocument, known: KnownValues, bodies: Bodies): fc.Arbitrary<FuzzRequest> {
  const values = new SchemaValues(document.components.schemas, known);
  return fc.oneof(...targetsOf(document).map((target) => requestTo(target, values, bodies)));
}

function targetsOf(document: OpenApiDocument): Target[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters, requestBody }]) => {
      const content = (requestBody?.["content"] ?? {}) as Readonly<Record<string, { readonly schema: unknown }>>;
      return {
        ...{ operationId, path, method: method.toUpperCase() },
        // The document's members are what OpenAPI says; the test of the description holds them to it.
        parameters: parameters as unknown as readonly Parameter[],
        bodySchema: content["application/json"]?.schema,
      };
    }),
  );
}

function requestTo(target: Target, values: SchemaValues, bodies: Bodies): fc.Arbitrary<FuzzRequest> {
  const { operationId, parameters } = target;
  const body = bodyOf(target, values, bodies);
  return fc
    .record({
      method: rarely(target.method, fc.constantFrom(...OTHER_METHODS)),
      path: pathOf(target, values),
      query: queryOf(parameters, values),
      others: headersOf(parameters, values),
      accept: rarely(null, fc.constantFrom(...ACCEPTS)),
      requestId: rarely(null, anyText.map(headerText)),
      isCoherent: rarely(true, fc.constant(false), 4),
      body: target.bodySchema === undefined ? rarely<Sent | null>(null, body) : body,
    })
    .map(({ method, path, query, others, accept, requestId, isCoherent, body: given }) => {
      const sent = method === "GET" || method === "HEAD" ? null : given;
      const named = isCoherent && sent ? sessionIn(sent.bytes) : undefined;
      return {
        ...{ operationId, method, path: printable(inSession(path + query, named)), body: sent?.bytes ?? null },
        headers: {
          ...(named === undefined ? others : {}),
          ...(accept === null ? {} : { Accept: accept }),
          ...(requestId === null ? {} : { "X-Request-Id": requestId }),
          ...sent?.headers,
        },
      };
    });
}

/** The session that a body is about. */
function sessionIn(bytes: Buffer): string | undefined {
  return /"sessionId":"([0-9a-f-]{36})"/.exec(bytes.toString())?.[1];
}

/** The path with this session wherever it names one. */
function inSession(path: string, sessionId: string | undefined): string {
  if (sessionId === undefined) return path;
  return path
    .replace(/(\/sessions\/)[^/?]+/, `$1${sessionId}`)
    .replace(/^(\/\w+[:/])[^/?]+(\?|$)/, `$1${sessionId}$2`)
    .replace(/([?&]sessionId=)[^&]*/, `$1${sessionId}`)
    .replace(/[?&]gatewayId=[^&]*/, "?");
}

function pathOf({ path, parameters }: Target, values: SchemaValues): fc.Arbitrary<string> {
  const inPath = parameters.filter((each) => each.in === "path");
  const filled = fc.tuple(...inPath.map(({ name, schema }) => pathValue(name, schema, values))).map((given) => {
    let place = 0;
    return path.replaceAll(/\{\w+\}/g, () => given[place++] ?? "");
  });
  const tricky = fc
    .tuple(filled, fc.nat(), fc.constantFrom(...PATH_TRICKS), fc.boolean())
    .map(([whole, where, trick, isSegment]) => {
      const parts = whole.split("/");
      const at = where % parts.length;
      return parts.map((part, index) => (index !== at ? part : isSegment ? trick : part + trick)).join("/");
    });
  const other = filled.chain((whole) =>
    fc.constantFrom(`${whole}/`, whole.toUpperCase(), `/${whole}`, encodedLetter(whole), `http://other.test${whole}`),
  );
  return fc.oneof({ weight: 8, arbitrary: filled }, { weight: 1, arbitrary: tricky }, { weight: 1, arbitrary: other });
}

/** What the document asks for; where it says nothing of an id, mostly an index. */
function pathValue(name: string, schema: unknown, values: SchemaValues): fc.Arbitrary<string> {
  const named = name === "log" ? "sessionId" : name;
  const right = name === "id" ? fc.nat({ max: MOST_INDEX }) : values.of(schema, named);
  return fc
    .oneof({ weight: 14, arbitrary: right }, { weight: 1, arbitrary: anyText })
    .map((value) => encodeURIComponent(wellFormed(String(value))));
}

function queryOf(parameters: readonly Parameter[], values: SchemaValues): fc.Arbitrary<string> {
  const members = parameters
    .filter((each) => each.in === "query")
    .map(({ name, schema }): [string, fc.Arbitrary<string>] => [
      name,
      fc
        .oneof({ weight: 6, arbitrary: values.of(schema, name) }, { weight: 1, arbitrary: anyText })
        .map((value) => String(value)),
    ]);
  const right = someOf(members).map((query) => {
    const text = Object.entries(query)
      .map(([name, value]) => `${name}=${encodeURIComponent(wellFormed(value))}`)
      .join("&");
    return text === "" ? "" : `?${text}`;
  });
  return fc.oneof(
    { weight: 8, arbitrary: right },
    { weight: 1, arbitrary: fc.constantFrom(...QUERY_TRICKS) },
    { weight: 1, arbitrary: fc.constant("") },
  );
}

function headersOf(parameters: readonly Parameter[], values: SchemaValues): fc.Arbitrary<Record<string, string>> {
  const members = parameters
    .filter((each) => each.in === "header")
    .map(({ name, schema }): [string, fc.Arbitrary<string>] => {
      const right = name === "Last-Event-ID" ? fc.constantFrom(...EVENT_IDS) : values.of(schema, name);
      const either = fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: anyText });
      return [name, either.map((value) => headerText(String(value)))];
    });
  return rarely({}, someOf(members));
}

function someOf(members: readonly (readonly [string, fc.Arbitrary<string>])[]): fc.Arbitrary<Record<string, string>> {
  const given = members.map(([name, value]) => fc.option(value.map((text) => [name, text] as const)));
  return fc.tuple(...given).map((all) => Object.fromEntries(all.filter((each) => each !== null)));
}

interface Sent {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const KINDS: readonly (readonly [start: RegExp, kind: BodyKind])[] = [
  [/^openSession/, "openings"],
  [/^closeLog/, "closings"],
  [/^decide/, "decisions"],
  [/diff|update/i, "copies"],
];

function bodyOf({ operationId, bodySchema }: Target, values: SchemaValues, bodies: Bodies): fc.Arbitrary<Sent> {
  const kind = KINDS.find(([start]) => start.test(operationId))?.[1] ?? "entries";
  const right = fc.constantFrom(...bodies[kind]);
  const json = fc.oneof(
    { weight: 6, arbitrary: near(right) },
    { weight: 2, arbitrary: near(fc.array(right, { maxLength: 3 })) },
    { weight: 3, arbitrary: bodySchema === undefined ? right : values.of(bodySchema) },
  );
  const text = json.map((value) => JSON.stringify(value));
  const typed = fc.tuple(
    fc.oneof({ weight: 10, arbitrary: text.map((each) => Buffer.from(each)) }, { weight: 2, arbitrary: spoilt(text) }),
    rarely("application/json", fc.constantFrom(...CONTENT_TYPES)),
    rarely(null, fc.constantFrom("gzip", "deflate", "br", "gzip, gzip", "x", "identity"), 25),
    rarely(false, fc.constant(true), 15),
  );
  return typed.map(([bytes, type, encoding, isChunked]) => ({
    bytes: encoding === "gzip" ? gzipSync(bytes) : bytes,
    headers: {
      "Content-Type": type,
      ...(encoding === null ? {} : { "Content-Encoding": encoding }),
      ...(isChunked
        ? { "Transfer-Encoding": "chunked" }
        : { "Content-Length": String(encoding === "gzip" ? gzipSync(bytes).length : bytes.length) }),
    },
  }));
}

const DEEP_JSON = 50_000;

/** Bytes that are no JSON any more, or JSON that writers do not write. */
function spoilt(text: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  return fc.oneof(
    fc.tuple(text, fc.nat()).map(([whole, at]) => Buffer.from(whole.slice(0, at % (whole.length + 1)))),
    text.map((whole) => Buffer.from(whole.replace(/:\d+/, ":1e999"))),
    text.map((whole) => Buffer.from(whole.replace(/:(\d+)/, ":$1.0"))),
    text.map((whole) => Buffer.from(whole.replace("{", '{"__proto__":{"x":1},'))),
    text.map((whole) => Buffer.from(whole.replace(/"(\w+)":/, '"$1":null,"$1":'))),
    text.map((whole) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(whole)])),
    text.map((whole) => Buffer.from(whole, "utf16le")),
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom("", " ", "null", "0", '""', "[]", "{}", "[".repeat(DEEP_JSON), '{"a":'.repeat(DEEP_JSON))
      .map((each) => Buffer.from(each)),
  );
}

/** Mostly the usual, once in so many times something else. */
function rarely<T>(usual: T, other: fc.Arbitrary<T>, once = 12): fc.Arbitrary<T> {
  return fc.oneof({ weight: once - 1 || 1, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
}

function encodedLetter(path: string): string {
  return path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}

/** What may stand in a request line: the client would refuse anything else itself. */
function printable(path: string): string {
  return (path.startsWith("/") || path.startsWith("http") ? path : `/${path}`).replaceAll(
    /[^\u0021-\u00ff]|[\u007f-\u00a0#]/g,
    "",
  );
}

/** What may stand in a header. */
function headerText(text: string): string {
  return text.replaceAll(/[^\t\u0020-\u007e\u00a1-\u00ff]/g, "").slice(0, MOST_HEADER);
}
