/** RangeError unless it is a whole number from 1 to `maximum`. */
export function wholeNumber(option: string, text: string, maximum: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > maximum)
    throw new RangeError(`${option} takes whole numbers from 1 to ${maximum}, not "${text}"`);
  return value;
}

/** RangeError unless it is one of the names. */
export function named<Name extends string>(option: string, names: readonly Name[], text: string): Name {
  const name = names.find((each) => each === text);
  if (name === undefined) throw new RangeError(`${option} takes ${names.join(", ")}, not "${text}"`);
  return name;
}
