import type { KitGateway } from "../../src/store/conformance.ts";
import { MemoryGatewayDirectory } from "../../src/store/memory-gateway-directory.ts";
import { sampleGateway, type SampleGateway } from "./sample-log.ts";

/** Gateways in a directory that the test changes, and a clock that it moves. */
export class StageWorld {
  readonly directory = new MemoryGatewayDirectory();
  readonly #gateways = new Map<string, SampleGateway>();
  readonly #prefix: string;
  #seconds = 1_700_000_000;

  /** @param prefix Of the gateways' names, so that those of two worlds in one store are different. */
  constructor(prefix = "") {
    this.#prefix = prefix;
  }

  readonly clock = (): number => this.#seconds;

  createGateway(): Promise<KitGateway> {
    const gateway = sampleGateway(`${this.#prefix}gateway ${this.#gateways.size}`);
    this.#gateways.set(gateway.gatewayId, gateway);
    this.directory.register(gateway.gatewayId, gateway.signer.address);
    return Promise.resolve(gateway);
  }

  rotateKey({ gatewayId, epoch }: KitGateway): Promise<KitGateway> {
    const known = this.#gateways.get(gatewayId);
    if (known === undefined) throw new Error("not a gateway of this stage");
    const successor = sampleGateway(known.name, epoch + 1);
    this.directory.rotateKey(gatewayId, successor.signer.address);
    return Promise.resolve(successor);
  }

  now(): Promise<number> {
    return Promise.resolve(this.#seconds);
  }

  advance(seconds: number): Promise<void> {
    this.#seconds += seconds;
    return Promise.resolve();
  }

  /** The world's part of a stage. */
  stage() {
    return {
      directory: this.directory,
      log: null,
      createGateway: () => this.createGateway(),
      rotateKey: (gateway: KitGateway) => this.rotateKey(gateway),
      now: () => this.now(),
      advance: (seconds: number) => this.advance(seconds),
    };
  }
}
