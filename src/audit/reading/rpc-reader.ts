import { getAddress, Interface, type Result } from "ethers";
import { z } from "zod";
import { GatelogError } from "../../entry/errors.ts";
import {
  hexSchema,
  sessionIdToWord,
  toHex,
  type Address,
  type GatewayId,
  type Hash,
  type SessionId,
} from "../../entry/hex.ts";
import type { Decision } from "../../entry/statements.ts";
import { callForWords, decisionIn, logWordIn, sessionWordIn, type AnswerWords, type View } from "./answer-words.ts";
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
const [LOG_OF, SESSION_OF, DECISION_OF] = [viewOf("logOf"), viewOf("sessionOf"), viewOf("decisionOf")];
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
    return logWordIn(await this.#words(LOG_OF, [sessionHash, gatewayId], block));
  }

  async sessionOf(sessionId: SessionId, block: number): Promise<SessionWord> {
    return sessionWordIn(await this.#words(SESSION_OF, [sessionIdToWord(sessionId)], block));
  }

  async decisionOf(sessionId: SessionId, block: number): Promise<Decision> {
    return decisionIn(await this.#words(DECISION_OF, [sessionIdToWord(sessionId)], block));
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

  #words(view: View, args: readonly Hash[], block: number): Promise<AnswerWords> {
    return callForWords(this.#rpc, this.#options.registry, view, args, block);
  }

  #view(name: string, args: readonly unknown[], block: number): Promise<Result> {
    return callView(this.#rpc, this.#options.registry, REGISTRY_VIEWS, name, args, block);
  }
}

function viewOf(name: string): View {
  return { name, selector: REGISTRY_VIEWS.getFunction(name)?.selector ?? "0x" };
}

const numberSchema = z.bigint().max(BigInt(Number.MAX_SAFE_INTEGER)).transform(Number);
const addressSchema = z.string().transform((text) => toHex(getAddress(text)));
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
