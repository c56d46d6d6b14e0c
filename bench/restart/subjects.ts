import type { SessionId } from "../../src/entry/hex.ts";
import { BlockWriter } from "./block-writer.ts";
import { crashTransfer } from "./crashed-transfer.ts";
import { GatewayProcess } from "./gateway-process.ts";
import { grouped, say } from "./progress.ts";
import { ENTRIES_PER_BLOCK, RegistryFiller } from "./registry-filler.ts";
import { measured, type Measured } from "./rounds.ts";
import { lengthen, type LogLengths } from "./session-filler.ts";
import type { GatewayPlace, LogStage, Stage } from "./stage.ts";
import { Subject } from "./subject.ts";

const AS_IT_IS: LogLengths = [0, 0];

/** What a part of the run restarts by turns. */
export interface Subjects {
  /** A gateway without an open session, on the same log as the smallest. */
  readonly baseline: Measured;
  readonly smallest: Measured;
  readonly larger: readonly Measured[];
}

/** A transfer that stands in the middle, its gateways killed. */
interface Crashed {
  readonly log: LogStage;
  readonly sessionId: SessionId;
  readonly lengths: LogLengths;
}

/** Registries with so many entries of other sessions. Each is filled first: its gateways have known it large. */
export async function registriesOf(stage: Stage, sizes: readonly number[]): Promise<Subjects> {
  return subjectsOf(stage, sizes, "registry", async (log, size) => {
    say(`a registry of ${grouped(size)} entries, ${grouped(ENTRIES_PER_BLOCK)} to a block`);
    const blocks = writerOn(stage, log);
    const filler = await stage.mining(log.chain, () => RegistryFiller.open(blocks, log.access));
    await filler.fill(size);
    const sessionId = await crashTransfer(stage, log);
    return { log, sessionId, lengths: await lengthen({ blocks, log, sessionId }, AS_IT_IS, 1) };
  });
}

/** Sessions whose logs have so many entries together, half of them each, in registries that have nothing else. */
export async function sessionsOf(stage: Stage, sizes: readonly number[], perBlock: number): Promise<Subjects> {
  return subjectsOf(stage, sizes, "session", async (log, size) => {
    say(`a session of ${grouped(size)} entries, ${grouped(perBlock)} to a block`);
    const blocks = writerOn(stage, log);
    const sessionId = await crashTransfer(stage, log);
    const half = Math.ceil(size / 2);
    return { log, sessionId, lengths: await lengthen({ blocks, log, sessionId }, [half, size - half], perBlock) };
  });
}

async function subjectsOf(
  stage: Stage,
  sizes: readonly number[],
  what: string,
  crash: (log: LogStage, size: number) => Promise<Crashed>,
): Promise<Subjects> {
  const all: Measured[] = [];
  let baseline: Measured | undefined;
  for (const size of sizes) {
    const { log, sessionId, lengths } = await crash(await stage.addLog(`${what}-${size}`), size);
    say(
      `  ${await countsOf(log)}; the open session has ${lengths[0]} entries of this gateway and ${lengths[1]} of its peer`,
    );
    const idle = baseline === undefined ? await stage.addIdleGateway(log) : undefined;
    if (idle !== undefined) await stage.mining(log.chain, () => startOnce(stage, idle));
    await log.chain.save();
    if (idle !== undefined) baseline = measured("no open session", new Subject(stage, log, idle));
    const session = { sessionId, length: lengths[0] };
    all.push(measured(`${what} of ${grouped(size)} entries`, new Subject(stage, log, log.origin, session)));
  }
  const [smallest, ...larger] = all;
  if (baseline === undefined || smallest === undefined) throw new Error(`no size of a ${what} was given`);
  return { baseline, smallest, larger };
}

async function countsOf({ chain }: LogStage): Promise<string> {
  return `${grouped(await chain.height())} blocks, node ${grouped(chain.memory())} MiB`;
}

/** It pins its chains and notes how far it has read, as one that has run before. */
async function startOnce(stage: Stage, gateway: GatewayPlace): Promise<void> {
  const process = new GatewayProcess(gateway.name, gateway.config, stage.dir);
  try {
    await process.said(({ msg }) => msg === "ready");
  } finally {
    await process.kill();
  }
}

function writerOn({ accounts }: Stage, { chain, contracts }: LogStage): BlockWriter {
  return new BlockWriter(chain, contracts.logRegistry, accounts.bob.address);
}
