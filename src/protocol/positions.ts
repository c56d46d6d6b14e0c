import type { LogView, Mark } from "./marks.ts";
import { legalNext, type Role } from "./order.ts";

/**
 * Where a gateway is in its log: the last entry of the transfer. In a rollback it also counts how far the transfer had come
 * before (`@lock`, `@burn`, `@commit`, `@mint`, `@assign`: announced), and of a vote which one it was.
 */
export type Position = Mark | "start" | "ack-prepare:no" | `${Mark}@${Announced}`;
type Announced = "nothing" | "lock" | "burn" | "commit" | "mint" | "assign";

/** The latest first. */
const ANNOUNCING: readonly (readonly [Mark, Announced])[] = [
  ["init-assign", "assign"],
  ["init-commit-final", "commit"],
  ["init-burn", "burn"],
  ["init-mint", "mint"],
  ["init-lock", "lock"],
];

export function positionOf({ last, marks }: Pick<LogView, "last" | "marks">): Position {
  if (!last) return "start";
  if (isInRollback(last.mark)) return `${last.mark}@${announcedIn((mark) => marks.has(mark))}`;
  return last.mark === "ack-prepare" && last.vote === "no" ? "ack-prepare:no" : last.mark;
}

/** Every position that the legal order leads to, in the order in which it is first reached. */
export function positionsOf(role: Role): readonly Position[] {
  const found = new Set<Position>(["start"]);
  const visit = (last: Mark | undefined, seen: ReadonlySet<Mark>): void => {
    for (const mark of legalNext(role, last)) {
      const marks = new Set(seen).add(mark);
      const position: Position = isInRollback(mark) ? `${mark}@${announcedIn((one) => marks.has(one))}` : mark;
      if (found.has(position)) continue;
      found.add(position);
      if (mark === "ack-prepare") found.add("ack-prepare:no");
      visit(mark, marks);
    }
  };
  visit(undefined, new Set());
  return [...found];
}

function isInRollback(mark: Mark): boolean {
  return mark.includes("rollback");
}

function announcedIn(has: (mark: Mark) => boolean): Announced {
  return ANNOUNCING.find(([mark]) => has(mark))?.[1] ?? "nothing";
}
