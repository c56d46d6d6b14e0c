import { ROLES, type World } from "./world.ts";

/** Far more than any session needs: behind them it is taken to be stuck. */
const STEPS_MAX = 400;
const TURNS_MAX = 200;
const ROUNDS_MAX = 60;

export function isSettled({ sides }: World): boolean {
  return ROLES.every((role) => sides[role].closed && sides[role].pool.length === 0);
}

/**
 * Everybody hears, does all it can, and has its transactions mined (`slowBlocks`: one of them, if nobody could do anything).
 * True if something happened.
 */
export function takeTurn(world: World, slowBlocks = false): boolean {
  let happened = false;
  for (const role of ROLES) {
    const { log, pool } = world.sides[role];
    const before = log.length;
    world.hear(role);
    for (let steps = 0; steps < STEPS_MAX && world.act(role); steps++);
    happened ||= log.length > before;
    if (slowBlocks) continue;
    happened ||= pool.length > 0;
    while (pool.length > 0) world.mine(role);
  }
  return happened;
}

function runUntilIdle(world: World, slowBlocks = false): void {
  for (let turns = 0; turns < TURNS_MAX && takeTurn(world, slowBlocks); turns++);
}

/** No more faults: every message arrives, every transaction is mined, everybody tries again. */
export function runFairly(world: World, slowBlocks = false): void {
  for (let rounds = 0; rounds < ROUNDS_MAX && !isSettled(world); rounds++) {
    runUntilIdle(world, slowBlocks);
    for (const role of ROLES) world.waited(role);
    if (!slowBlocks) continue;
    runUntilIdle(world, slowBlocks);
    for (const role of ROLES) world.mine(role);
  }
}
