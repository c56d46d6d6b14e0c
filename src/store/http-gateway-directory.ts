import type { GatewayId } from "../entry/hex.ts";
import type { HttpClientOptions } from "../client/http-client.ts";
import { LogClient } from "../client/log-client.ts";
import { isVerdict } from "./http-verdicts.ts";
import type { GatewayDirectory, GatewayRecord } from "./log-store.ts";
import { GatelogError } from "../entry/errors.ts";

/**
 * Keys as a log API tells them. It is as trustworthy as that service: whoever must not trust it reads the keys from the
 * registry, and then the service cannot alter what the keys have signed.
 */
export class HttpGatewayDirectory implements GatewayDirectory {
  readonly #client: LogClient;

  constructor(options: HttpClientOptions) {
    this.#client = new LogClient({ ...options, isVerdict });
  }

  async gateway(gatewayId: GatewayId): Promise<GatewayRecord> {
    const record = await this.#client.gateway(gatewayId);
    if (record.gatewayId !== gatewayId)
      throw new GatelogError("STORE_UNAVAILABLE", "the service answers with another gateway", {
        expected: gatewayId,
        actual: record.gatewayId,
      });
    return record;
  }
}
