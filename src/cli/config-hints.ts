import type { z } from "zod";

/** What a member should be, in place of zod's words for what it is not. What a schema says of itself goes before it. */
export function hintOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return typeHint(nounOf(issue.expected), issue.input);
    case "too_small":
      return limitHint(issue.origin, "at least", Number(issue.minimum) + (issue.inclusive === false ? 1 : 0));
    case "too_big":
      return limitHint(issue.origin, "at most", Number(issue.maximum) - (issue.inclusive === false ? 1 : 0));
    case "invalid_value":
      return expectedOf(issue.values, issue.input);
    case "invalid_union":
      return typeof issue.discriminator === "string" && Array.isArray(issue.options)
        ? expectedOf(issue.options, memberOf(issue.input, issue.discriminator))
        : undefined;
    default:
      return undefined;
  }
}

function typeHint(expected: string, given: unknown): string {
  if (given === undefined) return `needed: ${expected}`;
  return typeof given === "number" && expected === NOUNS["int"]
    ? `${expected} is expected`
    : `${expected} is expected, not ${nounOf(kindOf(given))}`;
}

const NOUNS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object with members",
  null: "nothing",
};

function nounOf(kind: string): string {
  return NOUNS[kind] ?? kind;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function limitHint(origin: string, limit: "at least" | "at most", count: number): string {
  if (origin === "string")
    return count === 1 ? "must not be empty" : `a text of ${limit} ${count} characters is expected`;
  if (origin === "array") return `${limit} ${count} ${count === 1 ? "is" : "are"} expected`;
  return `${limit} ${count} is expected`;
}

function expectedOf(values: readonly unknown[], given: unknown): string {
  const names = values.map(String).join(", ");
  return given === undefined ? `needed: one of ${names}` : `one of ${names} is expected`;
}

function memberOf(value: unknown, member: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === member)?.[1];
}
