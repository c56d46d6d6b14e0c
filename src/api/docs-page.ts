import { createHash } from "node:crypto";
import type { DescribedOperation, OpenApiDocument } from "./openapi.ts";

/**
 * The API's description as one page that needs nothing from elsewhere and runs no script: it can be read where a content
 * security policy forbids both, and adds nothing to what is installed. (The well-known viewers have 3 to 11 MB, and need scripts.)
 */
const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; color: #1b1b1b; background: #fff }
code, pre { font: 14px/1.4 ui-monospace, monospace } pre { overflow: auto; background: #f4f4f4; padding: .75rem }
details { border: 1px solid #ccc; border-radius: 4px; margin: .4rem 0; padding: .4rem .75rem }
summary { cursor: pointer } b.get { color: #05527a } b.post { color: #1d6325 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0 }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #16181a } pre { background: #222528 }
b.get { color: #7cc4ee } b.post { color: #8ed49a } a { color: #9ecbff } details { border-color: #444 } }
`;

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");
/** Nothing but the page's own style; nobody may frame it. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function renderDocs(document: OpenApiDocument): string {
  const { info, tags, paths, components } = document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === name);
    return `<h2 id="${text(name)}">${text(description)}</h2>${own.map(operationOf).join("")}`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="${anchorOf(name)}"><summary><code>${text(name)}</code></summary>${json(schema)}</details>`,
  );
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${text(info.title)} API</title><style>${STYLE}</style></head><body>`,
    `<h1>${text(info.title)} API <small>${text(info.version)}</small></h1>`,
    `<p>${prose(info.description)} The same for machines: <a href="openapi.json">openapi.json</a>.</p>`,
    ...sections,
    `<h2 id="schemas">Schemas</h2>`,
    ...schemas,
    `</body></html>`,
  ].join("\n");
}

function operationOf({
  path,
  method,
  operation,
}: {
  readonly path: string;
  readonly method: string;
  readonly operation: DescribedOperation;
}): string {
  const { operationId, summary, parameters, requestBody, responses } = operation;
  const rows = parameters.map(
    (parameter) =>
      `<tr><td><code>${text(parameter["name"])}</code></td><td>${text(parameter["in"])}</td><td>${
        parameter["required"] === true ? "needed" : ""
      }</td><td><code>${inline(parameter["schema"])}</code></td></tr>`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description, content, headers }]) =>
      `<tr><td>${text(status)}</td><td>${text(description)}</td><td>${names(content)}</td><td>${names(headers)}</td></tr>`,
  );
  return [
    `<details id="${text(operationId)}"><summary><b class="${text(method)}">${text(method.toUpperCase())}</b> `,
    `<code>${text(path)}</code> — ${text(summary)}</summary>`,
    rows.length === 0 ? "" : `<h3>Parameters</h3><table>${rows.join("")}</table>`,
    requestBody === undefined ? "" : `<h3>Body</h3>${json(contentSchema(requestBody))}`,
    `<h3>Answers</h3>${json(contentSchema(responses["200"] ?? responses["202"] ?? {}))}`,
    `<table>${answers.join("")}</table></details>`,
  ].join("");
}

function names(value: unknown): string {
  return Object.keys(asObject(value)).map(text).join("<br>");
}

function contentSchema(holder: Record<string, unknown>): unknown {
  return asObject(asObject(asObject(holder["content"])["application/json"])["schema"]);
}

/** JSON with a link behind each reference. */
function json(value: unknown): string {
  if (Object.keys(asObject(value)).length === 0) return "";
  const escaped = text(JSON.stringify(value, undefined, 1));
  return `<pre>${escaped.replaceAll(
    /&quot;#\/components\/schemas\/(\w+)&quot;/g,
    (_, name: string) => `<a href="#${anchorOf(name)}">${name}</a>`,
  )}</pre>`;
}

function inline(schema: unknown): string {
  return text(JSON.stringify(asObject(schema)));
}

function anchorOf(name: string): string {
  return `schema-${text(name)}`;
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** Text with its `code` as such. */
function prose(value: string): string {
  return text(value).replaceAll(/`([^`]+)`/g, "<code>$1</code>");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function text(value: unknown): string {
  return String(value).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}
