import { z } from "zod";
import { givenEntrySchema, logEntrySchema, signedEntrySchema, storyEntrySchema } from "../entry/entry-json.ts";
import { ERRORS, type ErrorCode } from "../entry/errors.ts";
import { hashSchema, sessionIdSchema } from "../entry/hex.ts";
import { logEntryRequestSchema } from "../entry/log-entry-request.ts";
import { odap01EntrySchema } from "../entry/odap-01.ts";
import { satp03EntrySchema } from "../entry/satp-03.ts";
import { sessionFactsSchema } from "../entry/session.ts";
import { closingStatementSchema, decisionStatementSchema, sessionOpeningSchema } from "../entry/wire.ts";
import { gatewayAnswerSchema, problemSchema, recordAnswerSchema } from "../client/log-answers.ts";
import type { Operation, OperationGroup } from "./operation.ts";
import { DRAFT_FAILURE_STATUS, RETRY_STATUSES } from "./problems.ts";
import { ANY_BODY, ANY_REQUEST } from "./refusals.ts";

type Json = Record<string, unknown>;

export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: OperationGroup; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly [OperationGroup];
  readonly parameters: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, Json>>;
}

/** In the order of the document. */
const GROUPS: OpenApiDocument["tags"] = [
  { name: "log", description: "Logs: sessions, their entries, decisions and closings" },
  { name: "gateway", description: "Gateway: for its clients and its peers" },
  { name: "drafts", description: "The drafts' own endpoints, with entries in a draft's words" },
  { name: "service", description: "Service: health, metrics, and this description" },
];

const DESCRIPTION = [
  "Success is `{success: true, response_data}`; a failure is a problem document (RFC 9457) with a stable `code`.",
  "Numbers in a query are decimal. Every request may be repeated",
  "but those that have a gateway sign: a log-entry request or a bare entry of Figure 9, posted again, is another entry.",
].join(" ");

/** Schemas with a name of their own; others are called after their operation. */
const SHARED: readonly (readonly [name: string, schema: z.ZodType])[] = [
  ["LogEntry", givenEntrySchema],
  ["PostedEntry", logEntrySchema],
  ["SignedEntry", signedEntrySchema],
  ["StoryEntry", storyEntrySchema],
  ["Odap01Entry", odap01EntrySchema],
  ["Satp03Entry", satp03EntrySchema],
  ["LogEntryRequest", logEntryRequestSchema],
  ["SessionFacts", sessionFactsSchema],
  ["SessionOpening", sessionOpeningSchema],
  ["SessionRecord", recordAnswerSchema],
  ["DecisionStatement", decisionStatementSchema],
  ["ClosingStatement", closingStatementSchema],
  ["GatewayRecord", gatewayAnswerSchema],
  ["Problem", problemSchema],
];

/**
 * Describes operations as OpenAPI 3.1, from the schemas that their handlers parse with. JSON is what a schema takes in, both ways:
 * what the service gives out, a client reads with the same schema. (A generator that takes the output side for answers would
 * describe the parsed form, with bytes in it, which never goes over the wire.)
 */
export function describe(operations: readonly Operation[], version: string): OpenApiDocument {
  const named = namedSchemas(operations);
  const { schemas } = z.toJSONSchema(named, { io: "input", uri: (id) => `#/components/schemas/${id}` });
  const paths: Record<string, Record<string, DescribedOperation>> = {};
  for (const operation of operations)
    for (const [place, path] of operation.paths.entries()) {
      const operationId = place === 0 ? operation.name : `${operation.name}_${place + 1}`;
      (paths[documentPath(path)] ??= {})[operation.method] = described(operation, path, operationId, named);
    }
  return {
    openapi: "3.1.0",
    info: { title: "Gatelog", version, description: DESCRIPTION },
    tags: GROUPS.filter(({ name }) => operations.some(({ group }) => group === name)),
    paths,
    components: { schemas: Object.fromEntries(Object.entries(schemas).map(([name, json]) => [name, bare(json)])) },
  };
}

/** An Express path as OpenAPI has it: `:name` becomes `{name}`, an escaped colon a colon. */
export function documentPath(path: string): string {
  return path.replaceAll(/\\:|:(\w+)/g, (_, name?: string) => (name === undefined ? ":" : `{${name}}`));
}

type Names = z.core.$ZodRegistry<{ id: string }>;

function namedSchemas(operations: readonly Operation[]): Names {
  const names: Names = z.registry<{ id: string }>();
  for (const [id, schema] of SHARED) names.add(schema, { id });
  for (const { name, body, answer } of operations) {
    const id = name.charAt(0).toUpperCase() + name.slice(1);
    if (body !== undefined && !names.has(body.schema)) names.add(body.schema, { id: `${id}Body` });
    if (answer.data !== undefined && !names.has(answer.data)) names.add(answer.data, { id: `${id}Data` });
  }
  return names;
}

function described(operation: Operation, path: string, operationId: string, names: Names): DescribedOperation {
  const { summary, group, body } = operation;
  return {
    operationId,
    summary,
    tags: [group],
    parameters: [...pathParameters(path), ...queryParameters(operation)],
    ...(body && { requestBody: { required: true, content: { "application/json": referTo(names, body.schema) } } }),
    responses: { ...successes(operation, names), ...failures(operation) },
  };
}

function successes({ answer }: Operation, names: Names): Record<string, Json> {
  const content: Record<string, Json> = {};
  if (answer.data !== undefined)
    content["application/json"] = {
      schema: {
        type: "object",
        properties: { success: { const: true }, response_data: referTo(names, answer.data).schema },
        required: ["success", "response_data"],
        additionalProperties: false,
      },
    };
  for (const [type, description] of Object.entries(answer.media ?? {}))
    content[type] = { schema: { type: "string", description } };
  const headers = Object.entries(answer.headers ?? {}).map(([name, { description, schema }]) => [
    name,
    { description, schema: inline(schema) },
  ]);
  return {
    [String(answer.status ?? 200)]: {
      description: "Done.",
      ...(headers.length > 0 && { headers: Object.fromEntries(headers) as Json }),
      content,
    },
    ...(answer.mayEnd === true && { "204": { description: "Nothing more will come." } }),
  };
}

const RETRY_HEADERS: Json = {
  "Retry-After": { description: "Seconds until it may be asked again.", schema: { type: "integer", minimum: 0 } },
};

/** By status, with the codes that it may stand for. */
function failures({ refusals, body, group }: Operation): Record<string, Json> {
  const codes: readonly ErrorCode[] = [...ANY_REQUEST, ...(body === undefined ? [] : ANY_BODY), ...refusals];
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].http);
  // Asked for draft 01, the drafts' endpoints say 500 for whatever is below it.
  if (group === "drafts")
    byStatus.set(
      DRAFT_FAILURE_STATUS,
      codes.filter((code) => ERRORS[code].http <= 500),
    );
  const $ref = "#/components/schemas/Problem";
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      String(status),
      {
        description: of.join(", "),
        ...(RETRY_STATUSES.has(status) && { headers: RETRY_HEADERS }),
        content: {
          "application/problem+json": {
            schema: { allOf: [{ $ref }, { type: "object", properties: { code: { enum: [...of] } } }] },
          },
        },
      },
    ]),
  );
}

const PATH_PARAMETERS: Readonly<Record<string, z.ZodType>> = { sessionId: sessionIdSchema, gatewayId: hashSchema };

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/(?<!\\):(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: inline(PATH_PARAMETERS[name] ?? z.string()),
  }));
}

function queryParameters({ query, headers = {} }: Operation): Json[] {
  const { properties = {}, required = [] } = query === undefined ? {} : z.toJSONSchema(query, { io: "input" });
  const members = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
  const others = Object.entries(headers).map(([name, description]) => ({
    name,
    in: "header",
    description,
    schema: { type: "string" },
  }));
  return [...members, ...others];
}

function referTo(names: Names, schema: z.ZodType): { readonly schema: Json } {
  return { schema: { $ref: `#/components/schemas/${names.get(schema)?.id ?? ""}` } };
}

function inline(schema: z.ZodType): Json {
  return bare(z.toJSONSchema(schema, { io: "input" }));
}

/** Without the members by which a schema is a document of its own. */
function bare(json: object): Json {
  return Object.fromEntries(Object.entries(json).filter(([name]) => name !== "$schema" && name !== "$id"));
}
