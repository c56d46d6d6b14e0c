import type { Registry } from "prom-client";
import { GatelogError, isGatelogError, type ErrorCode } from "../entry/errors.ts";
import type { SessionId } from "../entry/hex.ts";
import { healthSchema, readySchema } from "../client/log-answers.ts";
import type { LogStore } from "../store/log-store.ts";
import { DOCS_POLICY, renderDocs } from "./docs-page.ts";
import type { OpenApiDocument } from "./openapi.ts";
import type { Operation } from "./operation.ts";

export interface ServiceDeps {
  readonly store: LogStore;
  /** What keeps the service from being ready beside its store; each has a stable code. */
  readonly alarms?: () => Promise<readonly { readonly code: ErrorCode; readonly message: string }[]>;
  /** What `/metrics` shows. */
  readonly metrics: Registry;
  /** The service goes on with what it has begun, and takes nothing new. */
  readonly isDraining: () => boolean;
  /** Described when somebody asks: the description has an operation of its own. */
  readonly document: () => OpenApiDocument;
}

const inService = { group: "service", method: "get", refusals: [] } as const;
const watching = { ...inService, unbounded: true } as const;

/** What watches a service asks for, and its description. None of it counts as a request of the service's work. */
export function createServiceOperations(deps: ServiceDeps): Operation[] {
  return [
    {
      ...{ ...watching, name: "getHealth", paths: ["/health"] },
      summary: "The process is up.",
      answer: { data: healthSchema },
      handle: { data: () => Promise.resolve({ status: "up" }) },
    },
    {
      ...{ ...watching, name: "getReadiness", paths: ["/ready"] },
      summary: "The store answers, and no alarm stands.",
      refusals: ["ROLLBACK_FAILED", "DISPUTED", "INSUFFICIENT_FUNDS"],
      answer: { data: readySchema },
      handle: { data: () => readiness(deps) },
    },
    {
      ...{ ...watching, name: "getMetrics", paths: ["/metrics"] },
      summary: "Metrics in the text format of Prometheus.",
      answer: { media: { "text/plain": "Prometheus, version 0.0.4." } },
      handle: {
        write: async (_request, response) => {
          response.setHeader("Content-Type", deps.metrics.contentType).send(await deps.metrics.metrics());
        },
      },
    },
    ...documentation(deps.document),
  ];
}

function documentation(document: () => OpenApiDocument): Operation[] {
  const json = once(() => JSON.stringify(document()));
  const page = once(() => renderDocs(document()));
  return [
    {
      ...{ ...inService, name: "getDocument", paths: ["/openapi.json"] },
      summary: "This description: OpenAPI 3.1.",
      answer: { media: { "application/vnd.oai.openapi+json": "OpenAPI 3.1." } },
      handle: {
        write: (_request, response) => {
          response.type("application/vnd.oai.openapi+json").send(json());
          return Promise.resolve();
        },
      },
    },
    {
      ...{ ...inService, name: "getDocs", paths: ["/docs"] },
      summary: "This description as a page to read.",
      answer: { media: { "text/html": "A page without scripts, and without anything from elsewhere." } },
      handle: {
        write: (_request, response) => {
          response.set({ "Content-Security-Policy": DOCS_POLICY, "X-Content-Type-Options": "nosniff" });
          response.type("html").send(page());
          return Promise.resolve();
        },
      },
    },
  ];
}

/** Made when somebody first asks; it stays the same. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

/** No session has it: a store that answers for it can answer. */
const NO_SESSION: SessionId = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** ROLLBACK_FAILED and its like are alarms here too: whoever watches readiness hears of them without reading logs. */
async function readiness(deps: ServiceDeps): Promise<{ status: "ready"; durability: string }> {
  const { store, alarms, isDraining } = deps;
  if (isDraining()) throw new GatelogError("OVERLOADED", "the service is stopping: go to another one");
  try {
    await store.session(NO_SESSION);
  } catch (error) {
    if (!isGatelogError(error, "UNKNOWN_SESSION")) throw error;
  }
  const [alarm, ...others] = (await alarms?.()) ?? [];
  if (alarm)
    throw new GatelogError(
      alarm.code,
      others.length > 0 ? `${alarm.message} (and ${others.length} more alarms)` : alarm.message,
      { alarms: others.length + 1 },
    );
  return { status: "ready", durability: store.durability };
}
