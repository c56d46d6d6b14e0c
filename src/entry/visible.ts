// Text of others where people read it: on a page, on a terminal. Whoever registers a gateway chooses its name, and a node its messages;
// neither may hide, turn around or write over what stands beside it.

/**
 * What cannot be seen, or changes how its neighbours are seen: control characters, marks of direction and joining, fillers,
 * variation selectors, tags, private use, lone surrogates. Ranges, and not the classes of Unicode, so that a page does not depend
 * on the tables of whoever makes it.
 */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\u{1d173}-\u{1d17a}\u{e0000}-\u{10ffff}]/gu;
/** Marks that stand above or below a letter, more of them than any language sets there: they would run over other lines. */
const STACKED =
  /(?<=[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/gu;

/** The text with what cannot be seen in it shown by its number, ⟨U+202E⟩; line feeds too. */
export function visible(text: string): string {
  return text.replaceAll(STACKED, shown).replaceAll(INVISIBLE, shown);
}

/** Lines as one text. Each stays one line, whatever stands in it, so that nobody's text can pass for a line of its own. */
export function visibleLines(lines: readonly string[]): string {
  return lines.map(visible).join("\n");
}

/** The same JSON without what a terminal would obey or cannot show. JSON escapes some of that, but not all. */
export function visibleJson(json: string): string {
  return json.replaceAll(INVISIBLE, (characters) => (characters === "\n" ? characters : escapesOf(characters)));
}

function escapesOf(characters: string): string {
  const units = Array.from({ length: characters.length }, (_, at) => characters.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}
