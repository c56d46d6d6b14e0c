import { ZERO_ADDRESS, type Address, type GatewayId } from "../../entry/hex.ts";
import { gatewayIdOf, statementDigest, type RegistryDomain, type Statements } from "../../entry/statements.ts";
import type { CompactSignature } from "../../entry/signature.ts";
import type { FindingList, Subject } from "../findings.ts";
import type {
  BackupsSet,
  EndpointsSet,
  GatewayEvent,
  GatewayRegistered,
  KeyRotated,
  OwnerChange,
  PrimaryChanged,
} from "../reading/events.ts";
import type { GatewayWord } from "../reading/reader.ts";
import { signerOf, type Recover } from "./signers.ts";
import { checkRight, checkSigned } from "./successions.ts";

/** A key and the epoch in which it was the gateway's. */
export interface GatewayKey {
  readonly epoch: number;
  readonly key: Address;
  /** Place of the event that made it current. */
  readonly since: number;
  /** False if the event that says so is not signed as it must be, or without the right to it: nothing can be proven with the key, and nothing disproven. */
  readonly proven: boolean;
}

export interface GatewayHistory {
  readonly gatewayId: GatewayId;
  readonly owner: Address;
  readonly name: string;
  readonly endpoints: string;
  /** Ascending; the epoch is the place in the list, from 1. */
  readonly keys: readonly GatewayKey[];
  /** Number of the owner's changes. */
  readonly changes: number;
  readonly lastBlock: number;
  /** Who may take over, as the owner and the successions since have left it. */
  readonly backups: readonly Address[];
  /** False if the event with the list is not the owner's. */
  readonly backupsProven: boolean;
  readonly takeoverInterval: number;
  readonly takeoverBlock: number;
}

/** The gateways of a registry, rebuilt from their events. */
export class Gateways {
  readonly #domain: RegistryDomain;
  readonly #recover: Recover;
  readonly #findings: FindingList;
  readonly #histories = new Map<GatewayId, GatewayHistory>();
  /** Of every change and succession: no two have the same. */
  readonly #signatures = new Set<CompactSignature>();

  constructor(domain: RegistryDomain, recover: Recover, findings: FindingList) {
    this.#domain = domain;
    this.#recover = recover;
    this.#findings = findings;
  }

  get all(): readonly GatewayHistory[] {
    return [...this.#histories.values()];
  }

  /** The key that was current at this place, if the gateway was registered. */
  keyAt(gatewayId: GatewayId, order: number): GatewayKey | undefined {
    return this.#histories.get(gatewayId)?.keys.findLast((key) => key.since < order);
  }

  keyOf(gatewayId: GatewayId, epoch: number): GatewayKey | undefined {
    return this.#histories.get(gatewayId)?.keys[epoch - 1];
  }

  replay(event: GatewayEvent): void {
    if (event.kind === "GatewayRegistered") this.#register(event);
    else if (event.kind === "PrimaryChanged") this.#succeed(event);
    else this.#change(event);
  }

  /** Compares a gateway's replay with what the registry holds of it. */
  checkHead(gatewayId: GatewayId, word: GatewayWord | null): void {
    const history = this.#histories.get(gatewayId);
    const subject = { gatewayId };
    if (word === null) {
      if (history !== undefined) this.#findings.add("REGISTRY_ALTERED", subject, "gateway", "none", "registered");
      return;
    }
    if (history === undefined) {
      this.#findings.add("REGISTRY_INCOMPLETE", subject, "registration", "GatewayRegistered", "none");
      return;
    }
    if (word.changes > history.changes) {
      this.#findings.add("REGISTRY_INCOMPLETE", subject, "number of changes", word.changes, history.changes);
      return;
    }
    if (word.epoch > history.keys.length) {
      this.#findings.add("REGISTRY_INCOMPLETE", subject, "number of epochs", word.epoch, history.keys.length);
      return;
    }
    const current = history.keys.at(-1);
    const pairs = [
      ["number of changes", word.changes, history.changes],
      ["owner", word.owner, history.owner],
      ["epoch", word.epoch, current?.epoch],
      ["key", word.key, current?.key],
      ["block of the last change", word.lastBlock, history.lastBlock],
      ["backups", word.backups.join(), history.backups.join()],
      ["interval between takeovers", word.takeoverInterval, history.takeoverInterval],
      ["block of the last takeover", word.takeoverBlock, history.takeoverBlock],
    ] as const;
    for (const [what, expected, found] of pairs)
      if (expected !== found) this.#findings.add("HEAD_MISMATCH", subject, what, expected, found);
  }

  #register(event: GatewayRegistered): void {
    const { owner, name, key, endpoints, at } = event;
    const derived = gatewayIdOf(owner, name);
    const statement = { owner, name, key, endpoints };
    const signer = this.#signer("RegisterGateway", statement, event.signature);
    // What the owner signed is the owner's, whatever id stands beside it.
    const gatewayId = signer === owner ? derived : event.gatewayId;
    const subject = { gatewayId, block: at.block, order: at.order };
    if (this.#histories.has(gatewayId)) {
      this.#findings.add("EVENT_DOUBLED", subject, "GatewayRegistered", "one", "another");
      return;
    }
    if (derived !== event.gatewayId)
      this.#findings.add("REGISTRY_ALTERED", subject, "gateway id of owner and name", derived, event.gatewayId);
    const proven = this.#isOwner(subject, owner, "RegisterGateway", signer);
    const first = { epoch: 1, key, since: at.order, proven };
    this.#histories.set(gatewayId, {
      gatewayId,
      owner,
      name,
      endpoints,
      keys: [first],
      changes: 1,
      lastBlock: at.block,
      backups: [],
      backupsProven: true,
      takeoverInterval: 0,
      takeoverBlock: 0,
    });
  }

  /** What stands before this event; a finding if that is nothing. */
  #before({ gatewayId, at, kind }: OwnerChange | PrimaryChanged): GatewayHistory | undefined {
    const history = this.#histories.get(gatewayId);
    const subject = { gatewayId, block: at.block, order: at.order };
    if (history === undefined)
      this.#findings.add("REGISTRY_INCOMPLETE", subject, `registration before ${kind}`, "GatewayRegistered", "none");
    return history;
  }

  #change(event: OwnerChange): void {
    const { gatewayId, at, change, previousBlock } = event;
    const subject = { gatewayId, block: at.block, order: at.order };
    const history = this.#before(event);
    if (history === undefined) return;
    const isAgain = this.#isAgain(event);
    if (change < history.changes) {
      const code = isAgain ? "EVENT_DOUBLED" : "REGISTRY_ALTERED";
      this.#findings.add(code, subject, `number of change of ${event.kind}`, history.changes, change);
      return;
    }
    if (change > history.changes)
      this.#findings.add("REGISTRY_INCOMPLETE", subject, `number of change of ${event.kind}`, history.changes, change);
    else if (previousBlock !== history.lastBlock)
      this.#findings.add("REGISTRY_ALTERED", subject, "block of the change before", history.lastBlock, previousBlock);
    const next = { ...history, changes: change + 1, lastBlock: at.block };
    this.#histories.set(gatewayId, this.#changed(next, event));
  }

  #changed(history: GatewayHistory, event: OwnerChange): GatewayHistory {
    switch (event.kind) {
      case "KeyRotated":
        return this.#rotated(history, event);
      case "EndpointsSet":
        return this.#moved(history, event);
      case "BackupsSet":
        return this.#listed(history, event);
    }
  }

  #rotated(history: GatewayHistory, event: KeyRotated): GatewayHistory {
    const { gatewayId, key, change, epoch: named, at } = event;
    const subject = { gatewayId, block: at.block, order: at.order };
    const epoch = history.keys.length + 1;
    if (named !== epoch) this.#findings.add("REGISTRY_ALTERED", subject, "epoch", epoch, named);
    if (key === ZERO_ADDRESS) this.#findings.add("REGISTRY_ALTERED", subject, "key", "a key", key);
    const proven = this.#isOwner(
      subject,
      history.owner,
      "RotateKey",
      this.#signer("RotateKey", { gatewayId, key, change }, event.signature),
    );
    const backups = history.backups.filter((each) => each !== key);
    return { ...history, backups, keys: [...history.keys, { epoch, key, since: at.order, proven }] };
  }

  #listed(history: GatewayHistory, event: BackupsSet): GatewayHistory {
    const { gatewayId, backups, takeoverInterval, change, at } = event;
    const subject = { gatewayId, block: at.block, order: at.order };
    const statement = { gatewayId, backups, takeoverInterval, change };
    const signer = this.#signer("SetBackups", statement, event.signature);
    const backupsProven = this.#isOwner(subject, history.owner, "SetBackups", signer);
    return { ...history, backups, backupsProven, takeoverInterval };
  }

  /** A takeover or handover. One of an epoch that has begun already is one too many, and nothing follows from it. */
  #succeed(event: PrimaryChanged): void {
    const { gatewayId, at, key, former, planned, previousBlock } = event;
    const subject = { gatewayId, block: at.block, order: at.order };
    const history = this.#before(event);
    if (history === undefined) return;
    const epoch = history.keys.length + 1;
    const current = history.keys.at(-1)?.key ?? ZERO_ADDRESS;
    const isAgain = this.#isAgain(event);
    if (event.epoch < epoch) {
      const code = isAgain ? "EVENT_DOUBLED" : "PRIMARY_ALTERED";
      this.#findings.add(code, subject, "epoch that begins", epoch, event.epoch);
      return;
    }
    if (event.epoch > epoch)
      this.#findings.add("REGISTRY_INCOMPLETE", subject, "epoch that begins", epoch, event.epoch);
    else if (previousBlock !== history.lastBlock)
      this.#findings.add("PRIMARY_ALTERED", subject, "block of the change before", history.lastBlock, previousBlock);
    if (former !== current) this.#findings.add("PRIMARY_ALTERED", subject, "former primary", current, former);
    const signed = checkSigned(event, { domain: this.#domain, recover: this.#recover }, this.#findings);
    const proven = signed && checkRight(event, history, this.#findings);
    this.#histories.set(gatewayId, {
      ...history,
      keys: [...history.keys, { epoch, key, since: at.order, proven }],
      lastBlock: at.block,
      backups: [...history.backups.filter((each) => each !== key), former],
      takeoverBlock: planned ? history.takeoverBlock : at.block,
    });
  }

  /** Whether one with this signature stands already. */
  #isAgain({ signature }: OwnerChange | PrimaryChanged): boolean {
    const isAgain = this.#signatures.has(signature);
    this.#signatures.add(signature);
    return isAgain;
  }

  #moved(history: GatewayHistory, event: EndpointsSet): GatewayHistory {
    const { gatewayId, endpoints, change, at } = event;
    const subject = { gatewayId, block: at.block, order: at.order };
    this.#isOwner(
      subject,
      history.owner,
      "SetEndpoints",
      this.#signer("SetEndpoints", { gatewayId, endpoints, change }, event.signature),
    );
    return { ...history, endpoints };
  }

  #signer<Name extends keyof Statements>(
    name: Name,
    statement: Statements[Name],
    signature: CompactSignature,
  ): Address | undefined {
    return signerOf(this.#recover, statementDigest(this.#domain, name, statement), signature);
  }

  #isOwner(subject: Subject, owner: Address, statement: string, signer: Address | undefined): boolean {
    if (signer === owner) return true;
    this.#findings.add(
      "REGISTRY_ALTERED",
      subject,
      `the owner's signature of ${statement}`,
      owner,
      signer ?? "no signature",
    );
    return false;
  }
}
