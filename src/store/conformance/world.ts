import { randomBytes } from "node:crypto";
import { bytesToHex, type GatewayId } from "../../entry/hex.ts";
import { keySigner } from "../../entry/signature.ts";
import { MemoryGatewayDirectory } from "../memory-gateway-directory.ts";
import type { KitGateway } from "./stage.ts";

/** Makes the key of a stage's gateway, counted from 0, for an epoch. Of one gateway the id is always the same. */
export type GatewayMaker = (number: number, epoch: number) => KitGateway;

/** UNIX seconds. */
const BEGINNING = 1_700_000_000;

/** What a stage needs beside its store: gateways in a directory that the kit changes, and a clock that it moves. */
export class KitWorld {
  /** For the store. */
  readonly directory = new MemoryGatewayDirectory();
  readonly #make: GatewayMaker;
  readonly #numbers = new Map<GatewayId, number>();
  #seconds = BEGINNING;

  /** @param make New keys by default. */
  constructor(make: GatewayMaker = newKeys()) {
    this.#make = make;
  }

  /** For a store that keeps a register: UNIX seconds. */
  readonly clock = (): number => this.#seconds;

  /** The world's part of a `ConformanceStage`; of private logs, unless `log` is given another value. */
  stage() {
    return {
      directory: this.directory,
      log: null,
      createGateway: () => this.#createGateway(),
      rotateKey: (gateway: KitGateway) => this.#rotateKey(gateway),
      now: () => Promise.resolve(this.#seconds),
      advance: (seconds: number) => {
        this.#seconds += seconds;
        return Promise.resolve();
      },
    };
  }

  #createGateway(): Promise<KitGateway> {
    const gateway = this.#make(this.#numbers.size, 1);
    this.#numbers.set(gateway.gatewayId, this.#numbers.size);
    this.directory.register(gateway.gatewayId, gateway.signer.address);
    return Promise.resolve(gateway);
  }

  #rotateKey({ gatewayId, epoch }: KitGateway): Promise<KitGateway> {
    const number = this.#numbers.get(gatewayId);
    if (number === undefined) return Promise.reject(new Error("not a gateway of this stage"));
    const successor = this.#make(number, epoch + 1);
    this.directory.rotateKey(gatewayId, successor.signer.address);
    return Promise.resolve(successor);
  }
}

const BYTES = 32;

function newKeys(): GatewayMaker {
  const ids: GatewayId[] = [];
  const word = () => bytesToHex(randomBytes(BYTES));
  return (number, epoch) => ({ gatewayId: (ids[number] ??= word()), epoch, signer: keySigner(word()) });
}
