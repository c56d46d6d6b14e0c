/** Markup. Made by `html` alone, which escapes all that is put into it, so that no text becomes markup by being forgotten. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = Html | string | number | null | readonly Part[];

/** Markup with values in it: text is escaped, `null` is nothing, lists are joined. Indentation of the source is no part of it. */
export function html(markup: TemplateStringsArray, ...values: readonly Part[]): Html {
  const parts = markup.map(
    (text, at) => text.replaceAll(/\n\s*/g, "\n") + (at < values.length ? markupOf(values[at] ?? null) : ""),
  );
  return new Html(parts.join(""));
}

function markupOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.markup;
  if (typeof part === "object") return part.map(markupOf).join("");
  return escapeText(String(part));
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/**
 * What cannot be seen, or changes how its neighbours are seen: control characters, marks of direction and joining, fillers,
 * variation selectors, tags, private use, lone surrogates. Ranges, and not the classes of Unicode, so that the page does not depend
 * on the tables of whoever makes it.
 */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]|[\u{1d173}-\u{1d17a}\u{e0000}-\u{10ffff}]/gu;
/** Marks that stand above or below a letter, more of them than any language sets there: they would run over other lines. */
const STACKED =
  /(?<=[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/gu;

function escapeText(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => ESCAPES.get(character) ?? "")
    .replaceAll(STACKED, shown)
    .replaceAll(INVISIBLE, shown);
}

/** ⟨U+202E⟩ */
function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}

/** Characters of a text of somebody else's that are shown. */
const MAX_FOREIGN_LENGTH = 240;

/**
 * Text that somebody else has chosen: a name, a message. It keeps its direction to itself, is cut where it is long, and breaks
 * anywhere.
 */
export function foreign(text: string): Html {
  const rest = text.length - MAX_FOREIGN_LENGTH;
  if (rest <= 0) return html`<bdi>${text}</bdi>`;
  return html`<bdi>${text.slice(0, MAX_FOREIGN_LENGTH)}</bdi><i>… and ${rest} more characters</i>`;
}

/** Hex, ids and the like: digits that may break anywhere. */
export function code(text: string): Html {
  return html`<code>${foreign(text)}</code>`;
}

/** JSON that is data for programs and text for nobody: no `<` in it, so that nothing in it can end the element. */
export function dataMarkup(json: string): Html {
  return new Html(
    json.replaceAll(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
}
