import { isJsonObject } from "../entry/canonical.ts";
import { GatelogError } from "../entry/errors.ts";
import type { LedgerView } from "../ledger/ledger.ts";
import type { Mark } from "../protocol/marks.ts";
import type { SessionState } from "../protocol/state.ts";

/** Entries whose payload names a block of the own ledger; `done-record` may name one of the peer's. */
const CLAIMS: readonly Mark[] = [
  ...(["done-lock", "done-burn", "done-mint", "done-assign"] as const),
  ...(["done-rollback-unlock", "done-rollback-recreate", "done-rollback-cancel"] as const),
];

/**
 * The view of the own ledger, unless the node that gave it is behind a block that this gateway's log calls final: then NODE_UNREACHABLE,
 * because such a node knows nothing yet of what the log says is done. A process pins what it has seen itself; whoever takes over from
 * it has the log alone. The peer's claims are not asked: they could hold up this side for ever.
 */
export function notBehindLog(view: LedgerView, { own, facts }: SessionState): LedgerView {
  const blocks = CLAIMS.flatMap((mark) => {
    const payload = own.marks.get(mark)?.payload;
    const block = isJsonObject(payload) ? payload["blockNumber"] : undefined;
    return typeof block === "number" ? [block] : [];
  });
  const expected = Math.max(0, ...blocks);
  if (view.blockNumber >= expected) return view;
  throw new GatelogError(
    "NODE_UNREACHABLE",
    "the node is behind a block that the own log calls final; it is asked again",
    { sessionId: facts.sessionId, expected, actual: view.blockNumber },
  );
}
