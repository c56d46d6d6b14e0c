import { visible } from "../../entry/visible.ts";

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

function escapeText(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => ESCAPES.get(character) ?? "");
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
