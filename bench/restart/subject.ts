import { cpSync, rmSync } from "node:fs";

import type { SessionId } from "../../src/entry/hex.ts";
import { GatewayProcess, type Said } from "./gateway-process.ts";
import type { GatewayPlace, LogStage, Stage } from "./stage.ts";

/** Between two blocks of the log chain, while a gateway runs. */
export const BLOCK_TIME_MS = 50;

/** The open session of a gateway that was killed. */
export interface OpenSession {
  readonly sessionId: SessionId;
  /** Of the gateway's own log. */
  readonly length: number;
}

/** When a start had reached what, in milliseconds from its spawning. */
export interface RestartTimes {
  /** Answers requests. */
  readonly listening: number;
  /** Knows of the open session, and has read its own log. */
  readonly resumed: number;
  /** The first entry is durable. Of a gateway without a session: it has seen that there is none. */
  readonly firstStep: number;
}

/** A gateway that was killed, on a log chain that can be put back to that moment: each restart finds the same. */
export class Subject {
  readonly #stage: Stage;
  readonly #log: LogStage;
  readonly #gateway: GatewayPlace;
  readonly #session: OpenSession | undefined;
  readonly #savedData: string;

  /** Keeps what the gateway has on disk. The log chain is saved already; other subjects may share it. */
  constructor(stage: Stage, log: LogStage, gateway: GatewayPlace, session?: OpenSession) {
    this.#stage = stage;
    this.#log = log;
    this.#gateway = gateway;
    this.#session = session;
    this.#savedData = `${gateway.dataDir}.saved`;
    cpSync(gateway.dataDir, this.#savedData, { recursive: true });
  }

  /** One restart, and SIGKILL behind its first step. Rejects if the step is not the one that it must be. */
  async restart(): Promise<RestartTimes> {
    const { chain } = this.#log;
    await chain.restore();
    rmSync(this.#gateway.dataDir, { recursive: true });
    cpSync(this.#savedData, this.#gateway.dataDir, { recursive: true });
    chain.startMining(BLOCK_TIME_MS);
    const process = new GatewayProcess(
      `${this.#log.name}-${this.#gateway.name}`,
      this.#gateway.config,
      this.#stage.dir,
    );
    try {
      const listening = await process.said(({ msg }) => msg === "listening");
      return this.#session
        ? await this.#firstStep(process, listening, this.#session)
        : await nothingToDo(process, listening);
    } finally {
      await process.kill();
      await chain.stopMining();
    }
  }

  async #firstStep(process: GatewayProcess, listening: Said, session: OpenSession): Promise<RestartTimes> {
    const { sessionId, length } = session;
    const isOf =
      (event: string) =>
      (said: { readonly event?: string | undefined; readonly session?: string | null | undefined }) =>
        said.event === event && said.session === sessionId;
    const first = await process.said(isOf("entry"));
    const resumed = await process.said(isOf("resumed"));
    if (first.mark !== "init-recover" || first.index !== length)
      throw new Error(
        `the first entry is ${String(first.mark)} at ${String(first.index)}, not init-recover at ${length}`,
      );
    return { listening: listening.at, resumed: resumed.at, firstStep: first.at };
  }
}

async function nothingToDo(process: GatewayProcess, listening: Said): Promise<RestartTimes> {
  const ready = await process.said(({ msg }) => msg === "ready");
  return { listening: listening.at, resumed: ready.at, firstStep: ready.at };
}
