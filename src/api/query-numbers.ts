import { z } from "zod";

const DIGITS = /^[0-9]+$/;

/** A whole number in a query: decimal digits and nothing else. (zod's coercion takes a blank for 0, and hex, exponents and signs.) */
export function decimal(minimum: number, maximum: number) {
  return z
    .string()
    .refine((text) => DIGITS.test(text), { error: "a whole number in decimal digits", abort: true })
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum))
    .meta({ type: "integer", minimum, maximum });
}
