import { hexOf, MAX_SAFE } from "./common.ts";

/** JSON as somebody wrote it, and its RFC 8785 form. The first two are the RFC's own (sections 3.2.2 and 3.2.3). */
export const PAYLOADS = [
  {
    name: "RFC 8785, 3.2.2: numbers and strings",
    json: String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    canonical: String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  },
  {
    name: "RFC 8785, 3.2.3: order of members by UTF-16 code units",
    json: String.raw`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`,
    canonical:
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  },
  {
    name: "payload of Figure 9",
    json: '{ "messageType": "2pc-log", "message": "LOCK_ASSET", "votes": "none" }',
    canonical: '{"message":"LOCK_ASSET","messageType":"2pc-log","votes":"none"}',
  },
  { name: "largest whole numbers", json: `[${MAX_SAFE}, -${MAX_SAFE}]`, canonical: `[${MAX_SAFE},-${MAX_SAFE}]` },
  { name: "negative zero", json: "-0", canonical: "0" },
  { name: "empty object", json: "{ }", canonical: "{}" },
  { name: "member named __proto__", json: '{"b": 1, "__proto__": {"a": 2}}', canonical: '{"__proto__":{"a":2},"b":1}' },
] as const;

/** Bytes that are the canonical form of no value: logged as they are, shown as bytes. */
export const NOT_CANONICAL = [
  { name: "nothing", hex: "0x" },
  { name: "no JSON", hex: hexOf("eyJhbGciOiJFQ0RILUVTIn0..") },
  { name: "a space after the colon", hex: hexOf('{"a": 1}') },
  { name: "members out of order", hex: hexOf('{"b":1,"a":2}') },
  { name: "a name twice", hex: hexOf('{"a":1,"a":1}') },
  { name: "a number that is rounded", hex: hexOf("9007199254740993") },
  { name: "a number that is infinite", hex: hexOf("1e999") },
  { name: "a number not in its shortest form", hex: hexOf("1.0") },
  { name: "negative zero", hex: hexOf("-0") },
  { name: "a lone surrogate, escaped", hex: hexOf(String.raw`"\ud800"`) },
  { name: "a lone surrogate as bytes", hex: "0x22eda08022" },
  { name: "bytes that are no UTF-8", hex: "0x22ff22" },
  { name: "an overlong encoding", hex: "0x22c08022" },
  { name: "a byte order mark", hex: "0xefbbbf7b7d" },
  { name: "a line break at the end", hex: hexOf("{}\n") },
] as const;
