import { expect } from "chai";
import fc from "fast-check";

import {
  canonicalBytes,
  hasExactNumbers,
  isJson,
  jsonSchema,
  jsonWithin,
  MAX_JSON_DEPTH,
  parseCanonical,
  type Json,
} from "../../src/entry/canonical.ts";
import { anyJson } from "../support/arbitraries.ts";
import { expectError } from "../support/expect-error.ts";

const nestedText = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

describe("canonical JSON", () => {
  it("is read back as the same value, and written as the same bytes", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const bytes = canonicalBytes(value);
        // JSON has one zero: -0 is written as 0.
        expect(parseCanonical(bytes)).to.deep.equal(JSON.parse(JSON.stringify(value)));
        expect(canonicalBytes(jsonSchema.parse(parseCanonical(bytes)))).to.deep.equal(bytes);
      }),
    );
  });

  it("gives the same bytes for members in any order", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyJson), (value) => {
        fc.pre(isJson(value));
        const reversed: Json = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalBytes(reversed)).to.deep.equal(canonicalBytes(value));
      }),
    );
  });

  it("reads no bytes as a value that would be written otherwise", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string().map((text) => new TextEncoder().encode(text)),
          fc.uint8Array(),
        ),
        (bytes) => {
          const value = parseCanonical(bytes);
          if (value !== undefined) expect(canonicalBytes(value)).to.deep.equal(bytes);
        },
      ),
    );
  });

  it("nests to its limit and no deeper", () => {
    expect(isJson(JSON.parse(nestedText(MAX_JSON_DEPTH)))).to.equal(true);
    expect(isJson(JSON.parse(nestedText(MAX_JSON_DEPTH + 1)))).to.equal(false);
    expect(parseCanonical(new TextEncoder().encode(nestedText(5_000)))).to.equal(undefined);
  });

  const bad: readonly (readonly [string, unknown])[] = [
    ["undefined", undefined],
    ["an undefined member", { a: undefined }],
    ["NaN", Number.NaN],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a name", { "\udc00": 1 }],
    ["a bigint", 1n],
    ["a function", () => 1],
    ["a date", new Date(0)],
    ["bytes", new Uint8Array(1)],
    ["a hole in an array", [1, , 2]],
  ];
  for (const [name, value] of bad)
    it(`refuses ${name}`, () => {
      expect(isJson(value)).to.equal(false);
      // What the type forbids arrives all the same from code that casts.
      expectError(() => canonicalBytes(value as string), "MALFORMED");
    });

  it("tells numbers that JSON.parse has rounded", () => {
    expect(
      hasExactNumbers({ a: [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0.1, -1e-300, "2e300", null] }),
    ).to.equal(true);
    expect(hasExactNumbers(jsonSchema.parse(JSON.parse('{"a":[9007199254740993]}')))).to.equal(false);
    expect(hasExactNumbers(1e300)).to.equal(false);
  });

  it("of a bounded size takes all that fits, to the byte", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(jsonWithin(canonicalBytes(value).length).safeParse(value).success).to.equal(true);
      }),
    );
  });

  it("of a bounded size is refused before any work goes into what is far too large", () => {
    const MAXIMUM = 1_000;
    let looks = 0;
    const counted = new Proxy(
      Array.from({ length: 1_000_000 }, () => 0),
      {
        get: (target, name) => ((looks += 1), Reflect.get(target, name) as unknown),
      },
    );
    for (const large of [counted, { nested: [[counted]] }, ["x".repeat(MAXIMUM)], { ["y".repeat(MAXIMUM)]: 1 }])
      expect(jsonWithin(MAXIMUM).safeParse(large).success).to.equal(false);
    expect(looks).to.be.lessThan(MAXIMUM);
  });
});
