import { closeSync, createReadStream, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { REGISTRY_VIEWS } from "../../src/audit/reading/rpc-reader.ts";
import type { GatewayWord, LogWord, RawLog, SessionWord } from "../../src/audit/reading/reader.ts";
import { sessionIdToBytes16, type Address, type GatewayId, type Hash, type SessionId } from "../../src/entry/hex.ts";
import { DECISIONS } from "../../src/entry/statements.ts";
import { Copier, type Copy } from "./copies.ts";
import type { RealTransfer } from "./template.ts";

/** Sessions whose blocks are the same ones: gateways move many assets at a time. */
const SIDE_BY_SIDE = 8;
/** Bytes that are written at once. */
const WRITE_SIZE = 4 * 2 ** 20;

const [EVENTS, VIEWS, BLOCKS, ABOUT] = ["events.json", "views.jsonl", "blocks.bin", "about.json"];
/** The first sessions, whose hashes are in `About`. */
const KNOWN_SESSIONS = 1_000;

/** What there is to know of a registry that was written. A registry with fewer sessions is its beginning. */
export interface About {
  readonly chainId: number;
  readonly registry: string;
  readonly genesisHash: string;
  /** Events of a session, and how many of them are entries. */
  readonly eventsOfSession: number;
  readonly entriesOfSession: number;
  /** Signatures of a session, those of entries and all others. */
  readonly signaturesOfSession: number;
  readonly sessions: number;
  readonly firstBlock: number;
  readonly blocksOfGroup: number;
  readonly gateways: readonly { readonly gatewayId: GatewayId; readonly key: Address }[];
  readonly known: readonly { readonly sessionId: SessionId; readonly sessionHash: Hash }[];
}

/** The last block of a registry that holds this many sessions. */
export function lastBlockOf({ firstBlock, blocksOfGroup }: About, sessions: number): number {
  return firstBlock + Math.ceil(sessions / SIDE_BY_SIDE) * blocksOfGroup - 1;
}

/** As many as fit into whole groups, at least one: a session is whole or not there. */
export function sessionsFor({ entriesOfSession }: Pick<About, "entriesOfSession">, entries: number): number {
  return Math.max(1, Math.round(entries / entriesOfSession / SIDE_BY_SIDE)) * SIDE_BY_SIDE;
}

export function readAbout(folder: string): About {
  return JSON.parse(readFileSync(join(folder, ABOUT), "utf8")) as About;
}

/**
 * Writes what a node would say of a registry with these many sessions, each a copy of a real one: its events as JSON-RPC gives them, block
 * by block, and what its views answer.
 */
export async function writeRegistry(
  folder: string,
  transfer: RealTransfer,
  sessions: number,
  onProgress: (done: number) => void,
): Promise<About> {
  const copier = new Copier(transfer);
  const firstBlock = (transfer.gatewayLogs.at(-1)?.blockNumber ?? 0) + 1;
  const known: About["known"][number][] = [];
  const about: About = {
    ...{ chainId: transfer.domain.chainId, registry: transfer.domain.registry, genesisHash: transfer.genesisHash },
    ...{ eventsOfSession: transfer.logs.length, entriesOfSession: transfer.entries },
    ...{ signaturesOfSession: transfer.signatures, sessions, firstBlock, blocksOfGroup: copier.blocks, known },
    gateways: [...transfer.gateways].map(([gatewayId, { key }]) => ({ gatewayId, key })),
  };
  const out = new Output(folder);
  out.calls(gatewayCalls(transfer));
  out.blocks(transfer.gatewayLogs, firstBlock);
  for (let done = 0; done < sessions; done += SIDE_BY_SIDE) {
    const start = firstBlock + (done / SIDE_BY_SIDE) * copier.blocks;
    const copies: Copy[] = [];
    for (let each = done; each < Math.min(sessions, done + SIDE_BY_SIDE); each += 1)
      copies.push(await copier.copy(`session ${each}`, start));
    if (known.length < KNOWN_SESSIONS)
      known.push(...copies.map(({ sessionId, sessionHash }) => ({ sessionId, sessionHash })));
    out.calls(copies.flatMap(sessionCalls));
    out.blocks(
      copies.flatMap(({ logs }) => logs),
      start + copier.blocks,
    );
    onProgress(done);
  }
  out.close();
  writeFileSync(join(folder, ABOUT), JSON.stringify(about));
  return about;
}

/** Two files and an index: where the events of each block begin. */
class Output {
  readonly #folder: string;
  readonly #events: number;
  readonly #views: number;
  readonly #starts: number[] = [];
  #size = 0;
  #block = 0;
  #pending: string[] = [];
  #pendingSize = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.#events = openSync(join(folder, EVENTS), "w");
    this.#views = openSync(join(folder, VIEWS), "w");
  }

  calls(calls: readonly (readonly [call: string, answer: string])[]): void {
    writeSync(this.#views, calls.map((call) => `${JSON.stringify(call)}\n`).join(""));
  }

  /** Those of all blocks up to, and without, this one. */
  blocks(logs: readonly RawLog[], end: number): void {
    const byBlock = Map.groupBy(logs, ({ blockNumber }) => blockNumber);
    for (; this.#block < end; this.#block += 1) {
      this.#starts.push(this.#size);
      for (const [place, log] of (byBlock.get(this.#block) ?? []).entries()) this.#write(`${asNodesSay(log, place)},`);
    }
  }

  close(): void {
    this.#flush();
    this.#starts.push(this.#size);
    closeSync(this.#events);
    closeSync(this.#views);
    writeFileSync(join(this.#folder, BLOCKS), new Uint8Array(Float64Array.from(this.#starts).buffer));
  }

  #write(text: string): void {
    this.#pending.push(text);
    // Hex and names alone: a character is a byte.
    this.#size += text.length;
    this.#pendingSize += text.length;
    if (this.#pendingSize > WRITE_SIZE) this.#flush();
  }

  #flush(): void {
    writeSync(this.#events, this.#pending.join(""));
    this.#pending = [];
    this.#pendingSize = 0;
  }
}

function asNodesSay({ address, topics, data, blockNumber, transactionHash }: RawLog, place: number): string {
  const blockHash = `0x${blockNumber.toString(16).padStart(64, "0")}`;
  return JSON.stringify({
    ...{ address: address.toLowerCase(), blockHash, blockNumber: quantity(blockNumber), data },
    ...{ logIndex: quantity(place), removed: false, topics, transactionHash, transactionIndex: quantity(place) },
  });
}

export function quantity(value: number): string {
  return `0x${value.toString(16)}`;
}

function view(name: string, args: readonly unknown[], answer: readonly unknown[]): readonly [string, string] {
  return [REGISTRY_VIEWS.encodeFunctionData(name, args), REGISTRY_VIEWS.encodeFunctionResult(name, answer)];
}

function sessionCalls({ sessionId, sessionHash, session, heads }: Copy): (readonly [string, string])[] {
  const id = sessionIdToBytes16(sessionId);
  return [
    view("sessionOf", [id], [sessionValues(session)]),
    view("decisionOf", [id], [DECISIONS[session.decision]]),
    ...[...heads].map(([gatewayId, word]) => view("logOf", [sessionHash, gatewayId], logValues(word))),
  ];
}

function gatewayCalls({ gateways }: RealTransfer): (readonly [string, string])[] {
  return [
    view("decisionOf", [`0x${"00".repeat(16)}`], [DECISIONS.NONE]),
    ...[...gateways].flatMap(([gatewayId, word]) => [
      view("gatewayOf", [gatewayId], [gatewayValues(word)]),
      view("anchorsOf", [gatewayId], [0, 0]),
    ]),
  ];
}

function sessionValues(word: SessionWord): readonly unknown[] {
  const { openBlock, decidedBlock, closedBlock, deadline, decision, votedYes, votedNo, burned, openLogs } = word;
  return [openBlock, decidedBlock, closedBlock, deadline, DECISIONS[decision], votedYes, votedNo, burned, openLogs];
}

function logValues({ length, lastEntryHash, lastBlock, open, closed }: LogWord): readonly unknown[] {
  return [length, lastEntryHash, lastBlock, open, closed];
}

function gatewayValues(word: GatewayWord): readonly unknown[] {
  const { owner, key, epoch, changes, lastBlock, takeoverInterval, takeoverBlock, backups } = word;
  return [owner, key, epoch, changes, lastBlock, takeoverInterval, takeoverBlock, backups];
}

/** What was written, for whoever answers in a node's place. */
export class WrittenRegistry {
  readonly about: About;
  readonly #events: number;
  readonly #starts: Float64Array;
  readonly #views: ReadonlyMap<string, string>;

  private constructor(folder: string, views: ReadonlyMap<string, string>) {
    this.about = readAbout(folder);
    this.#events = openSync(join(folder, EVENTS), "r");
    const bytes = readFileSync(join(folder, BLOCKS));
    this.#starts = new Float64Array(new Uint8Array(bytes).buffer);
    this.#views = views;
  }

  static async open(folder: string): Promise<WrittenRegistry> {
    const views = new Map<string, string>();
    for await (const line of createInterface({ input: createReadStream(join(folder, VIEWS)) })) {
      const [call, answer] = JSON.parse(line) as [string, string];
      views.set(call, answer);
    }
    return new WrittenRegistry(folder, views);
  }

  answer(call: string): string | undefined {
    return this.#views.get(call);
  }

  /** Where the events of these blocks stand in the file, which is open as `descriptor`: a comma is behind each. */
  placeOf(fromBlock: number, toBlock: number): { readonly start: number; readonly end: number } {
    const at = (block: number): number => this.#starts[Math.min(block, this.#starts.length - 1)] ?? 0;
    return { start: at(fromBlock), end: at(toBlock + 1) };
  }

  get descriptor(): number {
    return this.#events;
  }
}
