import fc from "fast-check";

/** JSON for fuzzing: what a schema asks for, and what is near it. */

type Json = Readonly<Record<string, unknown>>;

/** Values of the world under test, that random ones would never hit. */
export interface KnownValues {
  readonly sessionIds: readonly string[];
  readonly gatewayIds: readonly string[];
  readonly hashes: readonly string[];
  readonly signatures: readonly string[];
}

const HASH_PATTERN = "^0x[0-9a-f]{64}$";
const SIGNATURE_PATTERN = "^0x[0-9a-f]{128}$";
const LONG_TEXT = 20_000;
const DEEP = 2_000;
const MOST_ITEMS = 4;

/** Text that parsers, databases and terminals trip over. */
const ODD_TEXTS = [
  ...["", " ", "0", "-1", "null", "true", "NaN", "1e3", "0x", "0x0", "0xZZ", "..", "../..", "%00", "\u0000", "\ud800"],
  ...["\u202e", "ſ", "ﬀ", "🂡", "é", "__proto__", "constructor", "toString", "$ref", "' OR 1=1 --", "<script>"],
  ...["9007199254740993", "268435455", "00000000-0000-0000-0000-000000000000", "x".repeat(LONG_TEXT)],
];
const ODD_NUMBERS = [0, -0, -1, 1, 0.5, 2 ** 28, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e21, 1e308, -1e308, 5e-324];

export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 12 }),
);
const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(...ODD_NUMBERS),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Any JSON at all. */
const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], { length: 1 }, [null]),
  anyText,
  anyNumber,
  fc.constant(null).map(() => deep()),
  fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }),
);

function deep(): unknown {
  let value: unknown = 1;
  for (let depth = 0; depth < DEEP; depth += 1) value = [value];
  return value;
}

/** Arbitraries for the schemas of one OpenAPI document. */
export class SchemaValues {
  readonly #schemas: Readonly<Record<string, Json>>;
  readonly #known: KnownValues;
  readonly #patterns = new Map<string, fc.Arbitrary<string>>();

  constructor(schemas: Readonly<Record<string, Json>>, known: KnownValues) {
    this.#schemas = schemas;
    this.#known = known;
  }

  /**
   * What the schema asks for, as far as its keywords go; members are now and then odd, or left out.
   * @param name Of the member or parameter, if it has one.
   */
  of(schema: unknown, name = "", depth = 0): fc.Arbitrary<unknown> {
    if (!isJson(schema) || depth > MOST_DEPTH) return oddJson;
    const right = this.#right(schema, name, depth);
    return depth === 0
      ? right
      : fc.oneof({ weight: RIGHT_WEIGHT, arbitrary: right }, { weight: 1, arbitrary: oddJson });
  }

  #right(schema: Json, name: string, depth: number): fc.Arbitrary<unknown> {
    const { $ref, anyOf, enum: choices, type } = schema;
    if (typeof $ref === "string") return this.of(this.#schemas[$ref.split("/").at(-1) ?? ""], name, depth);
    if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((each: unknown) => this.of(each, name, depth)));
    if ("const" in schema) return fc.constant(schema["const"]);
    if (Array.isArray(choices)) return fc.constantFrom<unknown>(...(choices as unknown[]));
    if (type === "object") return this.#object(schema, depth);
    if (type === "array") return fc.array(this.of(schema["items"], name, depth + 1), { maxLength: MOST_ITEMS });
    if (type === "string") return this.#text(schema, name);
    if (type === "integer" || type === "number") return numberOf(schema);
    if (type === "boolean") return fc.boolean();
    return oddJson;
  }

  #object({ properties, required }: Json, depth: number): fc.Arbitrary<unknown> {
    const members = isJson(properties) ? properties : {};
    const needed = Array.isArray(required) ? (required as unknown[]) : [];
    const arbitraries = Object.entries(members).map(([name, schema]): [string, fc.Arbitrary<unknown>] => [
      name,
      this.of(schema, name, depth + 1),
    ]);
    const whole = fc.record(Object.fromEntries(arbitraries), {
      requiredKeys: Object.keys(members).filter((name) => needed.includes(name)),
    });
    return fc.oneof(
      { weight: RIGHT_WEIGHT, arbitrary: whole },
      { weight: 1, arbitrary: fc.record(Object.fromEntries(arbitraries), { requiredKeys: [] }) },
    );
  }

  #text({ pattern, maxLength }: Json, name: string): fc.Arbitrary<unknown> {
    const known = this.#knownFor(name, pattern);
    if (typeof pattern !== "string") return fc.oneof(anyText, known).map((text) => cut(text, maxLength));
    return fc.oneof({ weight: KNOWN_WEIGHT, arbitrary: known }, this.#matching(pattern));
  }

  /** Made once: that takes longer than anything else here. */
  #matching(pattern: string): fc.Arbitrary<string> {
    const known = this.#patterns.get(pattern) ?? fc.stringMatching(new RegExp(pattern));
    this.#patterns.set(pattern, known);
    return known;
  }

  #knownFor(name: string, pattern: unknown): fc.Arbitrary<string> {
    const { sessionIds, gatewayIds, hashes, signatures } = this.#known;
    if (/gateway(Id)?$/i.test(name)) return fc.constantFrom(...gatewayIds);
    if (/session-?id$/i.test(name)) return fc.constantFrom(...sessionIds);
    if (pattern === SIGNATURE_PATTERN) return fc.constantFrom(...signatures);
    if (pattern === HASH_PATTERN) return fc.constantFrom(...hashes);
    return typeof pattern === "string" ? this.#matching(pattern) : fc.constantFrom(...hashes, ...sessionIds);
  }
}

const RIGHT_WEIGHT = 12;
const KNOWN_WEIGHT = 8;
const MOST_DEPTH = 6;
const MOST_HOLDER_DEPTH = 20;

function numberOf({ minimum, maximum, type }: Json): fc.Arbitrary<number> {
  const least = typeof minimum === "number" ? minimum : 0;
  const most = Math.min(typeof maximum === "number" ? maximum : Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const small = fc.integer({ min: least, max: Math.max(least, Math.min(most, least + 20)) });
  const edges = fc.constantFrom(least, most, least - 1, most + 1);
  return type === "number" ? fc.oneof(small, anyNumber) : fc.oneof({ weight: 4, arbitrary: small }, edges);
}

function cut(text: string, maxLength: unknown): string {
  return typeof maxLength === "number" ? text.slice(0, maxLength) : text;
}

/** One change somewhere in a JSON value; the numbers choose where. */
interface Change {
  readonly where: number;
  readonly how: "replace" | "remove" | "letter" | "wrap" | "add";
  readonly value: unknown;
}

const anyChange: fc.Arbitrary<Change> = fc.record({
  where: fc.nat(),
  how: fc.constantFrom("replace", "remove", "letter", "wrap", "add"),
  value: oddJson,
});

/** The value with none, one or two changes. */
export function near(base: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(base, fc.array(anyChange, { maxLength: 2 }))
    .map(([value, changes]) => changes.reduce(changed, structuredClone(value)));
}

interface Holder {
  readonly of: Record<string, unknown> | unknown[];
  readonly name: string;
}

function changed(value: unknown, { where, how, value: other }: Change): unknown {
  const holders = holdersIn(value);
  const holder = holders[where % Math.max(1, holders.length)];
  if (holder === undefined) return other;
  const { of, name } = holder;
  const old: unknown = Reflect.get(of, name);
  if (how === "remove") Reflect.deleteProperty(of, name);
  else if (how === "add") Reflect.set(of, typeof other === "string" ? other : "surplus", other);
  else Reflect.set(of, name, how === "wrap" ? [old] : how === "letter" ? otherLetter(old, where) : other);
  return value;
}

function otherLetter(value: unknown, where: number): unknown {
  if (typeof value === "number") return value + 1;
  if (typeof value !== "string" || value === "") return value;
  const at = where % value.length;
  return value.slice(0, at) + (value[at] === "0" ? "1" : "0") + value.slice(at + 1);
}

/** Every member of every object and array in the value, down to where a value that was put in goes on for long. */
function holdersIn(value: unknown, depth = 0): Holder[] {
  if (typeof value !== "object" || value === null || depth > MOST_HOLDER_DEPTH) return [];
  const of = value as Holder["of"];
  return Object.entries(of).flatMap(([name, inner]) => [{ of, name }, ...holdersIn(inner, depth + 1)]);
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}
