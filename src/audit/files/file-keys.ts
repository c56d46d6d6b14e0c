import { ZERO_ADDRESS, type Address, type GatewayId, type Hash } from "../../entry/hex.ts";
import { recoverSigner, type CompactSignature } from "../../entry/signature.ts";
import type { RegistryDomain } from "../../entry/statements.ts";
import type { ExportedGateway } from "./export-format.ts";
import { FindingList } from "../findings.ts";
import { Gateways, type GatewayHistory, type GatewayKey } from "../checks/gateways.ts";
import { Intake } from "../intake.ts";
import { readLogs, type Anchor, type AuditReader } from "../reading/reader.ts";
import { signerOf, type Recover } from "../checks/signers.ts";
import { Spool } from "../spool.ts";
import type { Expectation, TrustedGateway } from "../trust.ts";

/** A gateway whose keys are not read from events: who it is, and its key by epoch. */
interface KnownGateway {
  readonly owner: Address;
  readonly name: string;
  readonly keys: ReadonlyMap<number, Address>;
}

/** Whose word the keys are, from the best to the least. */
export interface KeySources {
  readonly pinned: Expectation["gateways"];
  readonly node: { readonly reader: AuditReader; readonly anchor: Anchor } | undefined;
  /** Block of the registry's deployment, or an earlier one. */
  readonly fromBlock: number;
}

/**
 * The keys of the gateways of a file from a store: those that are pinned, else those that a registry proves, else those that the file
 * itself has, which is believed for them. Where two of them say otherwise of one epoch, that is a finding, and the better one counts.
 */
export class FileKeys {
  readonly #sources: KeySources;
  readonly #known = new Map<GatewayId, KnownGateway>();
  /** Number of gateways that have a key by the file's word alone. */
  #believed = 0;

  constructor(sources: KeySources) {
    this.#sources = sources;
  }

  get believed(): number {
    return this.#believed;
  }

  get known(): ReadonlyMap<GatewayId, KnownGateway> {
    return this.#known;
  }

  get trusted(): TrustedGateway[] {
    return [...this.#known].map(([gatewayId, { owner, name, keys }]) => ({
      ...{ gatewayId, owner, name },
      keys: [...keys].map(([epoch, key]) => ({ epoch, key })).toSorted((a, b) => a.epoch - b.epoch),
    }));
  }

  /** Rejects with what the node cannot answer. */
  async take({ gatewayId, keys }: ExportedGateway, findings: FindingList): Promise<void> {
    const { pinned = [], node, fromBlock } = this.#sources;
    const pin = pinned.find((gateway) => gateway.gatewayId === gatewayId);
    const onChain = node && (await keysOnChain(node.reader, node.anchor, gatewayId, fromBlock));
    // A gateway that stands in the file twice must stand there alike.
    const chosen = new Map<number, Address>(this.#known.get(gatewayId)?.keys);
    const choose = (epoch: number, key: Address): void => {
      const known = chosen.get(epoch);
      if (known === undefined) chosen.set(epoch, key);
      else if (known !== key) findings.add("TRUST_MISMATCH", { gatewayId }, `key of epoch ${epoch}`, known, key);
    };
    for (const { epoch, key } of pin?.keys ?? []) choose(epoch, key);
    for (const [epoch, key] of onChain ?? []) choose(epoch, key);
    const proven = chosen.size;
    for (const { epoch, key } of keys) choose(epoch, key);
    if (chosen.size > proven) this.#believed += 1;
    const { owner = ZERO_ADDRESS, name = "" } = pin ?? {};
    this.#known.set(gatewayId, { owner, name, keys: chosen });
  }
}

/** Keys by epoch as the gateway's registration and its owner's signed changes say; undefined if the registry does not know it. */
export async function keysOnChain(
  reader: AuditReader,
  anchor: Anchor,
  gatewayId: GatewayId,
  fromBlock: number,
): Promise<ReadonlyMap<number, Address> | undefined> {
  const findings = new FindingList();
  const gateways = new Gateways({ chainId: anchor.chainId, registry: anchor.registry }, recoverSigner, findings);
  const spool = new Spool();
  try {
    const intake = new Intake(spool);
    intake.take(await readLogs(reader, { fromBlock, toBlock: anchor.block.number, firstTopics: [gatewayId] }));
    for (const event of intake.others(anchor, findings).gatewayEvents) gateways.replay(event);
  } finally {
    spool.close();
  }
  const history = gateways.all.find((known) => known.gatewayId === gatewayId);
  return history && new Map(history.keys.filter(({ proven }) => proven).map(({ epoch, key }) => [epoch, key]));
}

/** A statement of a gateway, which its key of the epoch that it names must have signed. */
export interface Claim {
  readonly gatewayId: GatewayId;
  readonly epoch: number;
  readonly order: number;
  readonly digest: Hash;
  readonly signature: CompactSignature;
}

/**
 * The gateways of one session whose keys are known beforehand. No place in a chain says when an epoch began: it begins with the first
 * statement of the session that is signed by its key, and from then on an earlier epoch's key is none any more.
 */
export class SessionKeys extends Gateways {
  readonly #recover: Recover;
  readonly #known: ReadonlyMap<GatewayId, KnownGateway>;
  readonly #began = new Map<GatewayId, { readonly epoch: number; readonly order: number }[]>();

  constructor(domain: RegistryDomain, recover: Recover, known: ReadonlyMap<GatewayId, KnownGateway>) {
    super(domain, recover, new FindingList());
    this.#recover = recover;
    this.#known = known;
  }

  /** To be called for all statements of the session, in their order. */
  claim({ gatewayId, epoch, order, digest, signature }: Claim): void {
    const began = this.#began.get(gatewayId) ?? [];
    const current = began.at(-1)?.epoch ?? 0;
    if (epoch <= current) return;
    const key = this.#known.get(gatewayId)?.keys.get(epoch);
    if (key === undefined || signerOf(this.#recover, digest, signature) !== key) return;
    this.#began.set(gatewayId, [...began, { epoch, order }]);
  }

  override get all(): readonly GatewayHistory[] {
    return [...this.#known].map(([gatewayId, { owner, name, keys }]) => ({
      ...{ gatewayId, owner, name, endpoints: "", changes: 0, lastBlock: 0 },
      keys: [...keys].map(([epoch, key]) => ({ epoch, key, since: 0, proven: true })),
      ...{ backups: [], backupsProven: true, takeoverInterval: 0, takeoverBlock: 0 },
    }));
  }

  /** The key whose epoch had begun; before the first that is known to have begun, that one. */
  override keyAt(gatewayId: GatewayId, order: number): GatewayKey | undefined {
    const began = this.#began.get(gatewayId) ?? [];
    const epoch = (began.findLast((each) => each.order <= order) ?? began[0])?.epoch;
    const [first] = this.#known.get(gatewayId)?.keys.keys() ?? [];
    const current = epoch ?? first;
    return current === undefined ? undefined : this.keyOf(gatewayId, current);
  }

  override keyOf(gatewayId: GatewayId, epoch: number): GatewayKey | undefined {
    const key = this.#known.get(gatewayId)?.keys.get(epoch);
    return key && { epoch, key, since: 0, proven: true };
  }
}
