import { isGatelogError } from "../../src/entry/errors.ts";
import type { Gateway } from "../../src/gateway/gateway.ts";
import { transferRequestSchema } from "../../src/gateway/public.ts";
import { sessionIdFor, type TransferRequest } from "../../src/gateway/request.ts";
import { ALICE, BOB, CHAIN_IDS, COINS, GATEWAY_IDS, otherThan, UNMAPPED, type Name } from "./cast.ts";
import type { Faults } from "./faults.ts";
import { ENDOWMENT } from "./sim-chain.ts";
import type { SimClock } from "./sim-clock.ts";
import type { PlannedTransfer } from "./plan.ts";

const PATIENCE_MS = 6_000;
const PAUSE_MS = 3_000;
const AMOUNT = 100;

interface ClientDeps {
  readonly clock: SimClock;
  readonly faults: Faults;
  /** Whoever runs at the moment; undefined while nobody does. */
  readonly gateway: (name: Name) => Gateway | undefined;
  readonly note: (text: string) => void;
}

/**
 * A client that asks for a transfer until it has an answer, and may ask to cancel it. Resolves when it has an answer: the session
 * is durable, or the request is refused for good.
 */
export async function runClient(transfer: PlannedTransfer, deps: ClientDeps): Promise<void> {
  const { clock, faults, note } = deps;
  const { key, from, at, cancel } = transfer;
  const sessionId = sessionIdFor(GATEWAY_IDS[from], key);
  const cancelled = cancel ? askToCancel(transfer, sessionId, deps) : undefined;
  await clock.sleep(at);
  const request = requestOf(transfer);
  for (let asked = 0; ;) {
    const gateway = deps.gateway(from);
    if (gateway && asked++ > 0) faults.happened("request-repeated", key);
    const answer = await withinPatience(deps, gateway?.transfer(request));
    if (answer !== "no answer") {
      note(`client: ${key} is ${answer}`);
      break;
    }
    await clock.sleep(PAUSE_MS);
  }
  await cancelled;
}

async function askToCancel(transfer: PlannedTransfer, sessionId: string, deps: ClientDeps): Promise<void> {
  await deps.clock.sleep(transfer.cancel?.at ?? 0);
  const by = transfer.cancel?.by ?? "origin";
  const name = by === "origin" ? transfer.from : otherThan(transfer.from);
  const answer = await withinPatience(deps, deps.gateway(name)?.cancel(sessionId));
  if (answer === "taken") deps.faults.happened(`cancel-by-${by}`, transfer.key);
}

async function withinPatience(
  { clock, note }: ClientDeps,
  call: Promise<unknown> | undefined,
): Promise<"taken" | "refused" | "no answer"> {
  const answered = call?.then(
    () => "taken" as const,
    (error: unknown) => {
      const isFinal = isGatelogError(error) && error.disposition === "reject";
      note(`client: ${isGatelogError(error) ? `${error.code}: ${error.message}` : String(error)}`);
      return isFinal ? ("refused" as const) : ("no answer" as const);
    },
  );
  if (answered === undefined) return "no answer";
  return Promise.race([answered, clock.sleep(PATIENCE_MS).then(() => "no answer" as const)]);
}

function requestOf({ key, from, asset }: PlannedTransfer): TransferRequest {
  const to = otherThan(from);
  return transferRequestSchema.parse({
    idempotencyKey: key,
    asset: {
      standard: "erc20",
      address: asset === "unmapped" ? UNMAPPED : COINS[from],
      amount: String(asset === "too much" ? 2 * ENDOWMENT : AMOUNT),
    },
    originator: ALICE,
    beneficiary: BOB,
    destination: { gatewayId: GATEWAY_IDS[to], networkId: `eip155:${CHAIN_IDS[to]}` },
  });
}
