import type { GatewayId } from "../entry/hex.ts";
import { gatewayRecordSchema } from "../entry/wire.ts";
import { HttpClient, type HttpClientOptions } from "./http-client.ts";
import type { GatewayDirectory, GatewayRecord } from "./log-store.ts";
import { GatelogError } from "../entry/errors.ts";

/**
 * Keys as a log API tells them. It is as trustworthy as that service: whoever must not trust it reads the keys from the
 * registry, and then the service cannot alter what the keys have signed.
 */
export class HttpGatewayDirectory implements GatewayDirectory {
  readonly #client: HttpClient;

  constructor(options: HttpClientOptions) {
    this.#client = new HttpClient(options);
  }

  async gateway(gatewayId: GatewayId): Promise<GatewayRecord> {
    const record = await this.#client.get(`/gateways/${gatewayId}`, gatewayRecordSchema);
    if (record.gatewayId !== gatewayId)
      throw new GatelogError("STORE_UNAVAILABLE", "the service answers with another gateway", {
        expected: gatewayId,
        actual: record.gatewayId,
      });
    return record;
  }
}
