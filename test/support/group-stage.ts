import { keccak256 } from "ethers";
import { GatelogError, type ErrorCode } from "../../src/entry/errors.ts";
import { toHex, type Address } from "../../src/entry/hex.ts";
import { keySigner, type DigestSigner } from "../../src/entry/signature.ts";
import type { GroupAuthority, GroupState, Role, View } from "../../src/gateway/failover/authority.ts";
import { createMember, type GroupMember } from "../../src/gateway/failover/create-member.ts";
import type { MemberTiming } from "../../src/gateway/failover/member-options.ts";
import type { MemberTransport, OtherMember } from "../../src/gateway/failover/member-transport.ts";
import { MemoryGroup } from "../../src/gateway/failover/memory-authority.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import type { GatewayEvent } from "../../src/gateway/public.ts";
import type { GatewayDirectory } from "../../src/store/log-store.ts";
import { FaultyStore } from "./faulty-store.ts";
import { GatewayStage } from "./gateway-stage.ts";
import { Mortal } from "./mortal.ts";

const TIMING: MemberTiming = { heartbeat: 100, silence: 500, startGrace: 2_000, refresh: 250 };
/** Between two looks at who is primary. */
const DISCOVERY_MS = 250;

export interface StageMember {
  readonly signer: DigestSigner;
  readonly address: OtherMember;
  readonly events: GatewayEvent[];
  store: FaultyStore;
  process: Mortal;
  member: GroupMember;
}

/** Alpha as a group of several processes over the shared log, beta as it always is; everything in one process and on one clock. */
export class GroupStage {
  readonly stage = new GatewayStage();
  readonly group: MemoryGroup;
  readonly members: readonly StageMember[];
  /** Ways by which nobody is heard: `from to`, by number. */
  readonly cut = new Set<string>();
  /** Whoever is to follow a primary as planned never answers, or refuses. */
  heir: "willing" | "silent" | "broken" = "willing";
  /** Members that do not follow a primary as planned, by number. */
  readonly unwilling = new Set<number>();
  /** Members whose takeovers fail, by number. */
  readonly unable = new Map<number, ErrorCode>();
  /** Members that get an old answer to who is primary, by number. */
  readonly outdated = new Map<number, GroupState>();
  /** The same, of the question for what is not final yet alone: between it and the next one another may have taken over. */
  readonly outdatedLatest = new Map<number, GroupState>();
  /** Members whose directory of gateways fails, by number. */
  readonly undirected = new Map<number, ErrorCode>();
  /** Members that cannot ask who is primary, by number. */
  readonly uninformed = new Set<number>();
  /** Times that members asked who is primary. */
  asked = 0;
  /** Members that got ready for a takeover, by number. */
  readonly prepared: number[] = [];
  readonly #timing: MemberTiming;

  constructor(backups: number, timing: Partial<MemberTiming> = {}) {
    this.#timing = { ...TIMING, ...timing };
    const { gatewayId } = this.stage.parties.alpha;
    const first = this.stage.portsOf("alpha").signer;
    const others = Array.from({ length: backups }, (_, place) => keySigner(toHex(keccak256(toHex(`0x0${place}`)))));
    const signers = [first, ...others];
    this.group = new MemoryGroup(
      this.stage.directory,
      gatewayId,
      others.map(({ address }) => address),
    );
    const addresses = signers.map(({ address }, place) => ({ key: address, url: `member:${place}` }));
    this.members = signers.map((signer, place) => {
      const events: GatewayEvent[] = [];
      const store = new FaultyStore(this.stage.log);
      const address = addresses[place] ?? { key: signer.address, url: "" };
      const seat = { signer, address, events, store, process: new Mortal() };
      return { ...seat, member: this.#create({ ...seat, place, addresses, role: undefined }) };
    });
  }

  at(place: number): StageMember {
    const member = this.members[place];
    if (!member) throw new Error(`there is no member ${place}`);
    return member;
  }

  keyOf(place: number): Address {
    return this.at(place).signer.address;
  }

  /** Beta and all members; the peers reach whoever is primary. */
  async startAll(): Promise<void> {
    this.stage.peers.connect(this.stage.parties.alpha.gatewayId, this.#anyMember());
    await this.stage.start("beta");
    for (const place of this.members.keys()) await this.start(place);
  }

  async start(place: number, role?: Role): Promise<void> {
    const seat = this.at(place);
    seat.process = new Mortal();
    const addresses = this.members.map(({ address }) => address);
    seat.member = this.#create({ ...seat, place, addresses, role });
    let settled = false;
    const starting = seat.member.gateway.start().finally(() => (settled = true));
    starting.catch(() => undefined);
    await this.stage.clock.until(() => settled);
    await starting;
  }

  kill(place: number): void {
    this.at(place).process.kill();
  }

  async untilPrimary(place: number): Promise<void> {
    await this.stage.clock.until(() => this.at(place).member.node.nodeState().state === "primary");
  }

  async untilStandby(place: number): Promise<void> {
    await this.stage.clock.until(() => this.at(place).member.node.nodeState().state === "standing-by");
  }

  /** What the members have told, by type. */
  told<Type extends GatewayEvent["type"]>(place: number, type: Type): Extract<GatewayEvent, { type: Type }>[] {
    return this.at(place).events.filter((event): event is Extract<GatewayEvent, { type: Type }> => event.type === type);
  }

  async stop(): Promise<void> {
    const living = this.members.filter(({ process }) => !process.isDead);
    let stopped = false;
    const stopping = Promise.all(living.map(({ member }) => member.gateway.stop())).then(() => (stopped = true));
    await this.stage.clock.until(() => stopped);
    await stopping;
    this.stage.kill("alpha");
    await this.stage.stop();
  }

  #create(seat: {
    readonly place: number;
    readonly signer: DigestSigner;
    readonly process: Mortal;
    readonly store: FaultyStore;
    readonly events: GatewayEvent[];
    readonly addresses: readonly OtherMember[];
    readonly role: Role | undefined;
  }): GroupMember {
    const { place, signer, process, store, events, addresses, role } = seat;
    const observe = (event: GatewayEvent) => {
      if (!process.isDead) events.push(event);
    };
    const given = this.stage.portsOf("alpha");
    const ports = {
      ...given,
      ...{ signer, observe, store: process.wrap(store), clock: process.wrap(this.stage.clock) },
      ledgers: new Map([...given.ledgers].map(([networkId, ledger]) => [networkId, process.wrap(ledger)])),
      ...{ peers: process.wrap(this.stage.peers), directory: process.wrap(this.#directoryOf(place)) },
    };
    const { options } = this.stage.parties.alpha;
    const gateway = { ...options, timing: { ...options.timing, discovery: DISCOVERY_MS } };
    return createMember(
      {
        ports,
        authority: process.wrap(this.#authorityOf(place, signer)),
        transport: process.wrap(this.#transport(place)),
        monotonic: process.wrap(this.stage.clock),
        instance: `${place} ${this.stage.clock.now()}`,
      },
      { gateway, members: addresses, timing: this.#timing, role },
    );
  }

  #directoryOf(place: number): GatewayDirectory {
    return {
      gateway: (gatewayId) => {
        const code = this.undirected.get(place);
        if (code === undefined) return this.stage.directory.gateway(gatewayId);
        return Promise.reject(new GatelogError(code, "the directory fails", {}));
      },
    };
  }

  #authorityOf(place: number, signer: DigestSigner): GroupAuthority {
    const authority = this.group.authorityOf(signer);
    const group = (view: View) => {
      this.asked += 1;
      const outdated = this.outdated.get(place) ?? (view === "latest" ? this.outdatedLatest.get(place) : undefined);
      if (outdated) return Promise.resolve(outdated);
      if (!this.uninformed.has(place)) return authority.group(view);
      return Promise.reject(new GatelogError("NODE_UNREACHABLE", "the authority does not answer", {}));
    };
    const takeover = (expectedEpoch: number) => {
      const code = this.unable.get(place);
      if (code === undefined) return authority.takeover(expectedEpoch);
      return Promise.reject(new GatelogError(code, "no takeover", {}));
    };
    const prepareTakeover = (expectedEpoch: number) => {
      this.prepared.push(place);
      return authority.prepareTakeover(expectedEpoch);
    };
    return { ...authority, group, takeover, prepareTakeover };
  }

  #transport(from: number): MemberTransport {
    const reach = (url: string): StageMember => {
      const place = Number(url.slice("member:".length));
      const member = this.at(place);
      if (member.process.isDead || this.cut.has(`${from} ${place}`))
        throw new GatelogError("PEER_UNREACHABLE", "nobody answers there", {});
      return member;
    };
    return {
      listen: async ({ url }, onBeat, signal) => {
        while (!signal.aborted) {
          onBeat(reach(url).member.node.beat());
          await this.stage.clock.sleep(this.#timing.heartbeat, signal);
        }
      },
      ballot: async ({ url }, ballot) => {
        await this.stage.clock.sleep(1);
        reach(url).member.node.takeBallot(ballot);
      },
      succeed: ({ url }, consent, signal) => {
        const heir = reach(url);
        const isWilling = !this.unwilling.has(this.members.indexOf(heir));
        if (this.heir === "willing" && isWilling) return heir.member.node.succeed(consent);
        if (this.heir === "silent") return never(signal);
        return Promise.reject(new GatelogError("PEER_UNREACHABLE", "the heir fails", {}));
      },
    };
  }

  /** As peers go through a group's endpoints: the first that is primary. */
  #anyMember(): Gateway {
    const primary = (): Gateway => {
      const living = this.members.filter(({ process }) => !process.isDead);
      const found = living.find(({ member }) => member.node.nodeState().state === "primary");
      if (!found) throw new GatelogError("PEER_UNREACHABLE", "no member takes messages", {});
      return found.member.gateway;
    };
    return new Proxy(this.at(0).member.gateway, {
      get: (_target, name) => {
        const gateway = primary();
        const member: unknown = Reflect.get(gateway, name, gateway);
        return member;
      },
    });
  }
}

/** Until it is given up. */
function never(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new GatelogError("PEER_UNREACHABLE", "given up", {})));
  });
}
