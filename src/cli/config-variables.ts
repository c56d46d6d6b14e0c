import { OPTION_VARIABLES } from "./option-types.ts";

const ENV_PREFIX = "GATELOG_";
/** Variables that are the program's own and no member of a configuration. */
const RESERVED: ReadonlySet<string> = new Set(["GATELOG_TYPES_DIR", ...OPTION_VARIABLES]);

/** A configuration with what the environment says of it. */
export interface Overridden {
  readonly document: unknown;
  /** The variable that said it, by the path of the member. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * Puts the values of `GATELOG_MEMBER__MEMBER` into the configuration. A variable that the configuration names as the place of a key
 * (`{env: GATELOG_LOG_KEY}`) is that, and no member.
 */
export function overridden(document: unknown, env: NodeJS.ProcessEnv): Overridden {
  const overrides = Object.entries(env).flatMap(([name, text]) => {
    if (!name.startsWith(ENV_PREFIX) || RESERVED.has(name) || text === undefined) return [];
    const path = name.slice(ENV_PREFIX.length).split("__").map(camelCase);
    return [{ name, path, value: jsonOrText(text) }];
  });
  const said = overrides.map(({ path, value }) => withMember({}, path, value));
  const places = new Set([document, ...said].flatMap((each) => namedVariables(each)));
  let result = document;
  const variables = new Map<string, string>();
  for (const { name, path, value } of overrides) {
    if (places.has(name)) continue;
    result = withMember(result, path, value);
    variables.set(path.join("."), name);
  }
  return { document: result, variables };
}

/** The `env` of every `{env}` in it. @param seen A YAML document can contain itself. */
function namedVariables(value: unknown, seen = new Set<object>()): string[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const own = "env" in value && typeof value.env === "string" ? [value.env] : [];
  return [...own, ...Object.values(value).flatMap((member) => namedVariables(member, seen))];
}

function withMember(document: unknown, [member, ...rest]: readonly string[], value: unknown): unknown {
  if (member === undefined) return value;
  const object = typeof document === "object" && document !== null && !Array.isArray(document) ? { ...document } : {};
  const inner: unknown = Object.entries(object).find(([name]) => name === member)?.[1];
  return { ...object, [member]: withMember(inner, rest, value) };
}

function camelCase(name: string): string {
  return name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `[::1]:8549` begins like a list and is none. */
function jsonOrText(value: string): unknown {
  if (!/^(true|false|null|-?[0-9]+(\.[0-9]+)?|[[{].*)$/s.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
