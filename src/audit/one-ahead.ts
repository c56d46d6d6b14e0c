/** The results of `work` in the order of the items; the next is begun before the one before is looked at. */
export async function* oneAhead<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  let ahead: Promise<Result> | undefined;
  for (const item of items) {
    const begun = work(item);
    // Whoever stops in between does not hear of it.
    begun.catch(() => undefined);
    if (ahead !== undefined) yield await ahead;
    ahead = begun;
  }
  if (ahead !== undefined) yield await ahead;
}
