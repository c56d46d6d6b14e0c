import { getAddress, Interface, type Result } from "ethers";
import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import {
  hexSchema,
  sessionIdToBytes16,
  toHex,
  type Address,
  type GatewayId,
  type Hash,
  type SessionId,
} from "../../entry/hex.ts";
import { DECISIONS, type Decision } from "../../entry/statements.ts";
import { NodeRefusal, type JsonRpc } from "./json-rpc.ts";
import { RangedLogs } from "./ranged-logs.ts";
import type {
  Anchor,
  AnchorsWord,
  AuditReader,
  BlockInfo,
  GatewayWord,
  LogQuery,
  LogPart,
  LogWord,
  SessionWord,
} from "./reader.ts";
import {
  blockOf,
  callView,
  chainIdOf,
  finalBlockOf,
  parseAnswer,
  requireCode,
  requireKind,
  type Finality,
} from "./rpc-calls.ts";

export interface RpcReaderOptions {
  readonly registry: Address;
  /** `instant` unless given. */
  readonly finality?: Finality;
  /** Chain that the URL must lead to; another one is WRONG_CHAIN. */
  readonly chainId?: number;
}

/** The registry's views, declared here a second time on purpose: the auditor reads chains by itself. */
export const REGISTRY_VIEWS = new Interface([
  "function logOf(bytes32 sessionHash, bytes32 gatewayId) view returns (uint32 length, bytes24 lastEntryHash, uint32 lastBlock, bool open, bool closed)",
  "function sessionOf(bytes16 sessionId) view returns (tuple(uint32 openBlock, uint32 decidedBlock, uint32 closedBlock, uint64 deadline, uint8 decision, bool votedYes, bool votedNo, bool burned, uint8 openLogs))",
  "function decisionOf(bytes16 sessionId) view returns (uint8)",
  "function gatewayOf(bytes32 gatewayId) view returns (tuple(address owner, address key, uint32 epoch, uint32 changes, uint32 lastBlock, uint32 takeoverInterval, uint32 takeoverBlock, address[] backups))",
  "function anchorsOf(bytes32 gatewayId) view returns (uint32 count, uint32 lastBlock)",
  "function anchorOf(bytes32 gatewayId, uint32 index) view returns (bytes32)",
  "error GatewayRegistryUnknownGateway(bytes32 gatewayId)",
]);

const UNKNOWN_GATEWAY = REGISTRY_VIEWS.getError("GatewayRegistryUnknownGateway")?.selector ?? "0x";
const NO_SESSION = "00000000-0000-0000-0000-000000000000";

/** Reads a registry over JSON-RPC. */
export class RpcReader implements AuditReader {
  readonly #rpc: JsonRpc;
  readonly #options: RpcReaderOptions;
  readonly #logs: RangedLogs;

  constructor(rpc: JsonRpc, options: RpcReaderOptions) {
    this.#rpc = rpc;
    this.#options = options;
    this.#logs = new RangedLogs(rpc, options.registry);
  }

  async anchor(): Promise<Anchor> {
    const { registry, finality = "instant", chainId: expected } = this.#options;
    const chainId = await chainIdOf(this.#rpc);
    if (expected !== undefined && chainId !== expected)
      throw new GatelogError("WRONG_CHAIN", `the node serves chain ${chainId}, not ${expected}`, {
        expected,
        actual: chainId,
      });
    const genesis = await this.blockOf(0);
    const block = await finalBlockOf(this.#rpc, finality);
    await requireCode(this.#rpc, registry, block.number);
    // Any other contract fails here, and not only once there are events to ask about.
    await requireKind("log registry", registry, () => this.decisionOf(NO_SESSION, block.number));
    return { chainId, genesisHash: genesis.hash, registry, block };
  }

  logs(query: LogQuery): AsyncIterable<LogPart> {
    return this.#logs.read(query);
  }

  async logOf(sessionHash: Hash, gatewayId: GatewayId, block: number): Promise<LogWord> {
    const result = await this.#view("logOf", [sessionHash, gatewayId], block);
    return parseAnswer(logWordSchema, result.toObject(), "logOf");
  }

  async sessionOf(sessionId: SessionId, block: number): Promise<SessionWord> {
    const result = await this.#view("sessionOf", [sessionIdToBytes16(sessionId)], block);
    return parseAnswer(sessionWordSchema, struct(result), "sessionOf");
  }

  async decisionOf(sessionId: SessionId, block: number): Promise<Decision> {
    const result = await this.#view("decisionOf", [sessionIdToBytes16(sessionId)], block);
    return parseAnswer(decisionSchema, result.toArray()[0], "decisionOf");
  }

  async gatewayOf(gatewayId: GatewayId, block: number): Promise<GatewayWord | null> {
    try {
      return parseAnswer(gatewayWordSchema, struct(await this.#view("gatewayOf", [gatewayId], block)), "gatewayOf");
    } catch (error) {
      if (error instanceof NodeRefusal && error.data?.startsWith(UNKNOWN_GATEWAY)) return null;
      throw error;
    }
  }

  async anchorsOf(gatewayId: GatewayId, block: number): Promise<AnchorsWord> {
    const result = await this.#view("anchorsOf", [gatewayId], block);
    return parseAnswer(anchorsWordSchema, result.toObject(), "anchorsOf");
  }

  async anchorOf(gatewayId: GatewayId, index: number, block: number): Promise<Hash> {
    const result = await this.#view("anchorOf", [gatewayId, index], block);
    return parseAnswer(hexSchema, result.toArray()[0], "anchorOf");
  }

  blockOf(block: number): Promise<BlockInfo> {
    return blockOf(this.#rpc, block);
  }

  #view(name: string, args: readonly unknown[], block: number): Promise<Result> {
    return callView(this.#rpc, this.#options.registry, REGISTRY_VIEWS, name, args, block);
  }
}

const numberSchema = z.bigint().max(BigInt(Number.MAX_SAFE_INTEGER)).transform(Number);
const addressSchema = z.string().transform((text) => toHex(getAddress(text)));
const decisionByCode = new Map<number, Decision>(
  // Object.entries forgets that the names are the type's.
  Object.entries(DECISIONS).map(([name, code]) => [code, name as Decision]),
);
const decisionSchema = numberSchema.transform((code, context): Decision => {
  const decision = decisionByCode.get(code);
  if (decision !== undefined) return decision;
  context.addIssue({ code: "custom", message: "a decision" });
  return z.NEVER;
});
const logWordSchema = z.object({
  length: numberSchema,
  lastEntryHash: hexSchema,
  lastBlock: numberSchema,
  open: z.boolean(),
  closed: z.boolean(),
});
const sessionWordSchema = z.object({
  openBlock: numberSchema,
  decidedBlock: numberSchema,
  closedBlock: numberSchema,
  deadline: numberSchema,
  decision: decisionSchema,
  votedYes: z.boolean(),
  votedNo: z.boolean(),
  burned: z.boolean(),
  openLogs: numberSchema,
});
const gatewayWordSchema = z.object({
  owner: addressSchema,
  key: addressSchema,
  epoch: numberSchema,
  changes: numberSchema,
  lastBlock: numberSchema,
  takeoverInterval: numberSchema,
  takeoverBlock: numberSchema,
  backups: z.array(addressSchema),
});
const anchorsWordSchema = z.object({ count: numberSchema, lastBlock: numberSchema });
const structSchema = z
  .instanceof(Object)
  .pipe(z.custom<Result>((value) => typeof value === "object" && value !== null && "toObject" in value));

/** The members of a view's only return value, a struct. */
function struct(result: Result): unknown {
  return structSchema.parse(result.toArray()[0]).toObject();
}
