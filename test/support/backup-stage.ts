import type { Json } from "../../src/entry/canonical.ts";
import type { GatewayId, SessionId } from "../../src/entry/hex.ts";
import type { DigestSigner } from "../../src/entry/signature.ts";
import { LearningCredentials, type SuccessionRule } from "../../src/gateway/credentials/learning-credentials.ts";
import { recallBackups } from "../../src/gateway/credentials/recall.ts";
import type { GatewayPorts } from "../../src/gateway/ports.ts";
import { MemoryLogStore } from "../../src/store/memory-log-store.ts";
import { StaticGatewayDirectory } from "../../src/store/static-gateway-directory.ts";
import { FaultyStore } from "./faulty-store.ts";
import { GatewayStage, NAMES, type Name } from "./gateway-stage.ts";

/** One group: what its members know of the gateways, and who writes for it just now. */
interface Group {
  directory: StaticGatewayDirectory;
  credentials: LearningCredentials;
  signer: DigestSigner | undefined;
  shown: Json | null;
}

/**
 * Two groups without a registry: each knows the other from its configuration. The members of a group write to one store, which
 * this stage keeps when one of them takes over.
 */
export class BackupStage {
  readonly stage = new GatewayStage("local");
  /** What shows a backup's right, anew for each process. */
  rules: () => ReadonlyMap<string, SuccessionRule>;
  readonly #groups = new Map<Name, Group>();

  /** @param rules What shows a backup's right, anew for each process. */
  constructor(rules: () => ReadonlyMap<string, SuccessionRule>) {
    this.rules = rules;
    this.stage.peers.delayMs = 10;
    this.stage.adapt = (name, ports) => this.#portsFor(name, ports);
  }

  async start(): Promise<void> {
    for (const name of NAMES) await this.configure(name);
    await this.stage.start();
  }

  /** The group is configured as at the beginning, but for what its own store has kept of its peer's backups. */
  async configure(name: Name): Promise<void> {
    const former = this.#groups.get(name);
    const records = NAMES.map((each) => this.stage.directory.gateway(this.stage.parties[each].gatewayId));
    const directory = new StaticGatewayDirectory(await Promise.all(records));
    const rules = this.rules();
    const credentials = new LearningCredentials(
      directory,
      () => rules,
      () => this.stage.clock.now(),
    );
    const party = this.stage.parties[name];
    const log = new MemoryLogStore({ directory });
    if (former) {
      const { gatewayId } = party;
      const onRefused = (_: string, error: Error) => {
        throw error;
      };
      await recallBackups({ store: party.log, directory, credentials, onRefused }, gatewayId);
      for (const sessionId of await party.log.sessionsOf(gatewayId, { open: false })) {
        const { opening, logs } = await party.log.session(sessionId);
        await log.adopt({ opening, entries: [] });
        for (const { gatewayId: writer } of logs) {
          const entries = await party.log.read(sessionId, writer, { from: 0, limit: 250 });
          await log.adopt({ entries: entries.map((entry) => ({ ...entry, signature: entry.signature ?? "0x" })) });
        }
      }
    }
    party.log = log;
    party.store = new FaultyStore(log);
    this.#groups.set(name, { ...(former ?? { signer: undefined, shown: null }), directory, credentials });
  }

  /**
   * Another process over the group's store, configured as at the beginning.
   * @param onRefused Told of a backup in the logs that it does not believe.
   */
  async portsOfAnother(name: Name, onRefused: (code: string) => void = () => undefined): Promise<GatewayPorts> {
    const records = NAMES.map((each) => this.stage.directory.gateway(this.stage.parties[each].gatewayId));
    const directory = new StaticGatewayDirectory(await Promise.all(records));
    const rules = this.rules();
    const rulesOf = () => rules;
    const credentials = new LearningCredentials(directory, rulesOf, () => this.stage.clock.now());
    const { gatewayId, store } = this.stage.parties[name];
    const refused = (_: string, { code }: { readonly code: string }) => onRefused(code);
    const recall = (among: readonly SessionId[]) =>
      recallBackups({ store, directory, credentials, onRefused: refused }, gatewayId, among);
    return { ...this.stage.portsOf(name), store, directory, credentials, recall };
  }

  /** The backup writes for the group from now on, and shows this to its peers. Its process is started apart. */
  takeOver(name: Name, backup: DigestSigner, epoch: number, shown: Json | null): void {
    const group = this.#group(name);
    group.directory.learn(this.stage.parties[name].gatewayId, { epoch, key: backup.address });
    group.signer = backup;
    group.shown = shown;
  }

  /** The epoch that a group knows of a gateway. */
  async epochOf(gatewayId: GatewayId, by: Name): Promise<number> {
    return (await this.#group(by).directory.gateway(gatewayId)).epoch;
  }

  #portsFor(name: Name, ports: GatewayPorts): GatewayPorts {
    const { directory, credentials, signer, shown } = this.#group(name);
    return {
      ...ports,
      directory,
      credentials,
      ...(signer && { signer, succession: () => ({ kind: "FAILOVER", credentials: shown }) }),
    };
  }

  #group(name: Name): Group {
    const group = this.#groups.get(name);
    if (!group) throw new Error("not configured");
    return group;
  }
}
