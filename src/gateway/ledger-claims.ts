import { isJsonObject } from "../entry/canonical.ts";
import { GatelogError } from "../entry/errors.ts";
import type { LedgerView } from "../ledger/ledger.ts";
import type { SessionState } from "../protocol/state.ts";

/**
 * The view of the own ledger, unless the node that gave it is behind a block that this gateway's log calls final: then NODE_UNREACHABLE,
 * because such a node knows nothing yet of what the log says is done. A process pins what it has seen itself; whoever takes over from
 * it has the log alone. The peer's claims are not asked: they could hold up this side for ever.
 */
export function notBehindLog(view: LedgerView, { own, facts }: SessionState): LedgerView {
  const claims = [...own.marks.values()].flatMap(({ mark, payload }) => {
    const block = mark.startsWith("done-") && isJsonObject(payload) ? payload["blockNumber"] : undefined;
    return typeof block === "number" ? [block] : [];
  });
  const expected = Math.max(0, ...claims);
  if (view.blockNumber >= expected) return view;
  throw new GatelogError(
    "NODE_UNREACHABLE",
    "the node is behind a block that the own log calls final; it is asked again",
    {
      sessionId: facts.sessionId,
      expected,
      actual: view.blockNumber,
    },
  );
}
