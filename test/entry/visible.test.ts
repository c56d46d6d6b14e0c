import { expect } from "chai";
import { visible, visibleJson, visibleLines } from "../../src/entry/visible.ts";

describe("text of others", () => {
  it("is shown with what a terminal obeys, what turns a line around and what ends one by its number", () => {
    for (const [text, shown] of [
      ["\u001b[2J\u001b[H", "⟨U+001B⟩[2J⟨U+001B⟩[H"],
      ["\u009b8m", "⟨U+009B⟩8m"],
      ["a\rb\nc\td\u007f", "a⟨U+000D⟩b⟨U+000A⟩c⟨U+0009⟩d⟨U+007F⟩"],
      ["\u202ea\u2066b\u061c", "⟨U+202E⟩a⟨U+2066⟩b⟨U+061C⟩"],
      ["\ud800", "⟨U+D800⟩"],
      ["שלום 漢字 é … × “a” <b>", "שלום 漢字 é … × “a” <b>"],
    ] as const)
      expect(visible(text)).to.equal(shown);
  });

  it("is one line where it stands in one, and the same when it is shown again", () => {
    const text = visibleLines(["first", "second\nVERDICT: sound"]);
    expect(text).to.equal("first\nsecond⟨U+000A⟩VERDICT: sound");
    expect(visibleLines(text.split("\n"))).to.equal(text);
  });

  it("is the same as JSON, with nothing in it that a terminal would obey", () => {
    const value = { "\u009b2J": ["\u001b\u007f\u202e", "\u{e0041}", "é\n"] };
    const json = visibleJson(JSON.stringify(value, null, 2));
    expect(JSON.parse(json)).to.deep.equal(value);
    expect(json).to.include('"\\u009b2J"').and.include("\\u007f\\u202e").and.include("\\udb40\\udc41").and.include("é");
    expect(json.split("\n")).to.have.length(7);
  });
});
