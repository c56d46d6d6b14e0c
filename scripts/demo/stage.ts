import type { Devnet } from "../../src/cli/devnet.ts";
import type { TransferStatus } from "../../src/client/gateway-answers.ts";
import { GatewayClient } from "../../src/client/gateway-client.ts";
import { NodeClient } from "../../src/client/node-client.ts";
import { approveAll } from "./assets.ts";
import type { DemoGroup, DemoMember } from "./group.ts";
import { describeEvent } from "./milestones.ts";
import type { DemoOptions } from "./options.ts";
import {
  KILL_POINTS,
  KILLED_SCENE,
  requestOf,
  SCENES,
  SECOND_KILL,
  secondScene,
  type Scene,
  type Side,
} from "./scenes.ts";
import { startService, type Service, type ServiceEvent } from "./services.ts";

const TRANSFERS_TIMEOUT_MS = 90_000;
const POLL_MS = 100;
const SIDES = ["alpha", "beta"] as const;

/** Prints a line, with the time since the demo's start where it is an event. */
export interface Teller {
  say(line?: string): void;
  stamped(line: string): void;
}

/** A gateway that is to be killed the moment this entry of its own is seen to be durable. */
interface Kill {
  readonly name: string;
  readonly mark: string;
  readonly title: string;
  /** What is said of it. */
  readonly words: string;
  /** Null until it was killed. */
  done: Promise<void> | null;
  /** What comes when it is dead. */
  readonly then: () => Promise<void>;
}

/** The services of the demo as processes, and what is asked of them. One of the two gateways is a group of two processes. */
export class DemoStage {
  readonly #options: DemoOptions;
  readonly #devnet: Devnet;
  readonly #group: DemoGroup;
  readonly #dir: string;
  readonly #tell: Teller;
  readonly #services = new Map<string, Service>();
  readonly #titles = new Map<string, string>();
  readonly #kills: Kill[] = [];

  constructor(options: DemoOptions, devnet: Devnet, group: DemoGroup, place: { dir: string; tell: Teller }) {
    this.#options = options;
    this.#devnet = devnet;
    this.#group = group;
    this.#dir = place.dir;
    this.#tell = place.tell;
  }

  async startServices(): Promise<void> {
    const { api } = this.#devnet.record;
    const { primary, backup } = this.#group;
    const service = { name: "log-api", config: api.config, url: api.url, dir: this.#dir };
    this.#services.set("api", await startService("api", service));
    await Promise.all([this.#start(this.#alone), this.#start(primary), this.#start(backup)]);
    const urls = [this.#alone, primary].map(({ name, url }) => `${name} ${url}`).join(", ");
    this.#tell.stamped(`log API ${api.url}, gateways ${urls}; ${backup.name} stands by, ${backup.url}`);
  }

  /** Asks for every transfer at once, kills a gateway in the middle of one, and waits until each has its outcome on both sides. */
  async firstScene(): Promise<Map<string, TransferStatus>> {
    const { killAt } = this.#options;
    const { side, mark } = KILL_POINTS[killAt];
    this.#kills.push({
      ...{ name: side, mark, title: SCENES[KILLED_SCENE]?.title ?? "", words: `step "${killAt}"`, done: null },
      then: async () => {
        await this.#start(this.#alone);
        this.#event(side, `** gateway restarted as ${this.#pid(side)}`);
      },
    });
    const asked = await Promise.all(SCENES.map((scene, index) => this.#ask(scene, index)));
    return this.#outcomes(asked);
  }

  /** A transfer whose destination's primary is killed for good. */
  async secondScene(): Promise<TransferStatus | undefined> {
    const scene = secondScene(this.#group.side);
    const primary = await this.#primary();
    this.#kills.push({
      ...{ name: primary.name, mark: SECOND_KILL, title: scene.title, words: "for good", done: null },
      then: () => Promise.resolve(),
    });
    await approveAll([scene], this.#devnet.record);
    const asked = await this.#ask(scene, SCENES.length);
    return (await this.#outcomes([asked])).get(asked.sessionId);
  }

  /** A session's id follows from gateway and idempotency key, so that it has a name before it is there. */
  nameSession(sessionId: string, title: string): void {
    this.#titles.set(sessionId, title);
  }

  /** What was to be killed and was not. */
  get faults(): string[] {
    return this.#kills.flatMap(({ name, words, done }) => (done ? [] : [`${name} was not killed (${words})`]));
  }

  /** Starts the second scene's dead gateway, for whoever wants to look at it. */
  async startAgain(): Promise<void> {
    const dead = this.#kills.at(-1)?.name === this.#group.primary.name ? this.#group.primary : this.#group.backup;
    await this.#start(dead);
    this.#event(dead.name, `** gateway restarted as ${this.#pid(dead.name)}: it stands by`);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#services.values()].map(({ child }) => child.stop()));
    await this.#devnet.stop();
  }

  /** The gateway that is one process. */
  get #alone(): DemoMember {
    const side = this.#group.side === "alpha" ? "beta" : "alpha";
    const { config, url } = this.#devnet.record.gateways[side];
    return { name: side, config, url };
  }

  async #primary(): Promise<DemoMember> {
    const { primary, backup } = this.#group;
    const { role } = await new NodeClient({ baseUrl: primary.url }).state();
    return role === "primary" ? primary : backup;
  }

  async #ask(scene: Scene, index: number): Promise<{ readonly sessionId: string; readonly from: Side }> {
    const { record } = this.#devnet;
    const client = new GatewayClient({ baseUrl: record.gateways[scene.from].url });
    const { sessionId } = await client.transfer(requestOf(scene, index, record));
    return { sessionId, from: scene.from };
  }

  async #outcomes(asked: readonly { sessionId: string; from: Side }[]): Promise<Map<string, TransferStatus>> {
    const until = performance.now() + TRANSFERS_TIMEOUT_MS;
    const outcomes = new Map<string, TransferStatus>();
    for (const { sessionId, from } of asked)
      for (const side of SIDES)
        for (;;) {
          for (const { done } of this.#kills) await done;
          const status = await this.#statusAt(side, sessionId);
          if (status && status.outcome !== "IN_DOUBT") {
            if (side === from) outcomes.set(sessionId, status);
            break;
          }
          if (performance.now() > until)
            throw new Error(
              `session ${sessionId} has no outcome after ${TRANSFERS_TIMEOUT_MS / 1000} s; see ${this.#dir}`,
            );
          await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        }
    return outcomes;
  }

  /** By any process of that gateway; one that has been killed does not answer. */
  async #statusAt(side: Side, sessionId: string): Promise<TransferStatus | undefined> {
    const { primary, backup } = this.#group;
    const members = side === this.#group.side ? [primary, backup] : [this.#alone];
    for (const { url } of members) {
      const status = await new GatewayClient({ baseUrl: url, maxAttempts: 1 }).status(sessionId).catch(() => undefined);
      if (status) return status;
    }
    return undefined;
  }

  async #start({ name, config, url }: DemoMember): Promise<void> {
    const onEvent = (event: ServiceEvent) => this.#onEvent(name, event);
    const service = { name: `${name}-gateway`, config, url, dir: this.#dir, onEvent };
    this.#services.set(name, await startService("gateway", service));
  }

  #pid(name: string): string {
    return String(this.#services.get(name)?.child.pid);
  }

  #event(name: string, line: string): void {
    this.#tell.stamped(`${name.padEnd(7)} ${line}`);
  }

  #onEvent(name: string, event: ServiceEvent): void {
    const title = this.#titles.get(event.session ?? "") ?? event.session?.slice(0, 8) ?? "";
    const line = describeEvent(event, this.#options.verbose);
    if (line) this.#event(name, line.startsWith("**") ? line : `${title.padEnd(24)} ${line}`);
    const kill = this.#kills.find((each) => !each.done && each.name === name && each.mark === event.mark);
    if (kill && event.event === "entry" && title === kill.title) kill.done = this.#kill(kill);
  }

  /** SIGKILL from outside, by the process's own id. */
  async #kill({ name, mark, words, then }: Kill): Promise<void> {
    const service = this.#services.get(name);
    if (!service) throw new Error(`${name} runs no more`);
    service.child.kill("SIGKILL");
    this.#event(name, `** gateway ${service.child.pid} killed (SIGKILL) right after ${mark}, ${words}`);
    const { signal } = await service.child.exited;
    if (signal !== "SIGKILL") throw new Error(`the gateway ended with ${String(signal)}, not by the kill`);
    await then();
  }
}
