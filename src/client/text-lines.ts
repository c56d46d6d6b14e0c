import { GatelogError } from "../entry/errors.ts";

/** Characters of a line: the largest entry as JSON, with room. */
const MAX_LINE = 512 * 1_024;

/**
 * Lines of an answer as they come, no faster than they are taken. STORE_UNAVAILABLE for a line that nobody of ours writes. What the
 * connection throws when it breaks is thrown on.
 */
export async function* linesOf(response: Response): AsyncGenerator<string, void, undefined> {
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
    if (rest.length > MAX_LINE)
      throw new GatelogError("STORE_UNAVAILABLE", `${response.url} sends a line that is too long`, {
        maximum: MAX_LINE,
      });
  }
  if (rest !== "") yield rest;
}
