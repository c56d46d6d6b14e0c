import { KitWorld } from "../../src/store/conformance.ts";
import { sampleGateway } from "./sample-log.ts";

/** The kit's world, with gateways whose keys follow from their names. */
export class StageWorld extends KitWorld {
  /** @param prefix Of the gateways' names, so that those of two worlds in one store are different. */
  constructor(prefix = "") {
    super((number, epoch) => sampleGateway(`${prefix}gateway ${number}`, epoch));
  }
}
