import type { Json } from "../../src/entry/canonical.ts";
import type { RegistryWorld, WorldSession } from "./registry-world.ts";
import { Teller, TO_BURN, TO_END, TO_VOTE, type Line } from "./stories.ts";

type Role = Line[0];

/** A line of a story, or something that is done beside the logs. */
export type Act =
  | Line
  | { readonly say: Line; readonly payload: Json }
  | { readonly decide: "COMMIT" | "ABORT"; readonly signed: boolean }
  | { readonly close: Role };

const COMMIT: Act = { decide: "COMMIT", signed: true };
const CLOSED: readonly Act[] = [{ close: "origin" }, { close: "destination" }];

/** RECOVER to RECOVER-SUCCESS, whoever came back. */
function handshake(role: Role): readonly Act[] {
  const peer = role === "origin" ? "destination" : "origin";
  return [
    [role, "init-recover", "recover"],
    [peer, "ack-recover-update", "recover-update", "message"],
    [role, "ack-recover-update-ack", "recover-update-ack", "message"],
    [peer, "ack-recover-success", "recover-success", "message"],
  ];
}

export function peerState(role: Role, state: string): Act {
  return { say: [role, state === "RECOVERED" ? "done-peer" : "fail-peer", "peer"], payload: { state } };
}

const GONE: readonly string[] = ["SUSPECT", "CRASHED_WAIT", "CRASHED_DEFINITELY"];
const goneFor = (role: Role) => GONE.map((state) => peerState(role, state));

function rollback(role: Role, actions: readonly string[], list: readonly string[], refused = false): readonly Act[] {
  const ofAction = (action: string): Act[] => [
    [role, `exec-rollback-${action}`, "rollback"],
    ...(refused ? [[role, `fail-rollback-${action}`, "rollback"] as const] : []),
    [role, `done-rollback-${action}`, "rollback"],
  ];
  return [
    { say: [role, "init-rollback", "rollback"], payload: { rollbackList: [...list] } },
    ...actions.flatMap(ofAction),
    [role, "done-rollback", "rollback"],
    [role, "ack-rollback", "rollback-ack"],
  ];
}

const TOLD: readonly Act[] = [...TO_VOTE, ...TO_BURN, COMMIT];
const ASSIGNED = TO_END.slice(
  0,
  TO_END.findIndex(([, mark]) => mark === "done-commit-final"),
);
const COMPLETED = TO_END.filter(([role], index) => role === "origin" && index >= ASSIGNED.length);
const ENDED = TO_END.slice(-2);
/** An entry that answers nobody. */
const unanswered = (lines: readonly Line[]): Line[] => lines.map(([role, mark, step]) => [role, mark, step]);
const CANCELLED_BY_CLOCK: readonly Act[] = [
  ...TO_END.slice(0, 4),
  ["destination", "fail-assign", "assign"],
  ...rollback("destination", [], ["CANCEL"]),
];

/** Sessions with which something went wrong, and which ended as they should: nothing is to be found in their logs. */
export const SOUND_STORIES = {
  "both came back, one of them twice, and the transfer was committed": [
    ...handshake("destination"),
    ...TO_VOTE,
    ["origin", "init-recover", "recover"],
    ...handshake("origin"),
    peerState("destination", "SUSPECT"),
    peerState("destination", "CRASHED_WAIT"),
    peerState("destination", "RECOVERED"),
    peerState("destination", "CRASHED_DEFINITELY"),
    peerState("destination", "RECOVERED"),
    ...TO_BURN,
    COMMIT,
    ...TO_END,
    ...CLOSED,
  ],
  "a handshake of three messages, and one that nobody answered": [
    ...TO_VOTE,
    ...handshake("origin").slice(0, 2),
    ["origin", "ack-recover-success", "recover-success", "message"],
    ["destination", "init-recover", "recover"],
    ["origin", "ack-recover-success", "recover-success", "message"],
    ["origin", "init-recover", "recover"],
    ...TO_BURN,
    COMMIT,
    ...TO_END,
    ...CLOSED,
  ],
  "the destination was gone for good behind COMMIT": [
    ...TOLD,
    ...TO_END.slice(0, 1),
    ...goneFor("origin"),
    ...unanswered(COMPLETED),
    { close: "origin" },
  ],
  "the origin was gone for good behind COMMIT": [
    ...TOLD,
    ...unanswered(ASSIGNED.filter(([role]) => role === "destination")),
    ...goneFor("destination"),
    ...unanswered(ENDED),
    { close: "destination" },
  ],
  "the clock cancelled the mint, and both went back": [
    ...TOLD,
    ...CANCELLED_BY_CLOCK,
    ...rollback("origin", ["recreate"], ["UNLOCK", "RECREATE"], true),
    ...CLOSED,
  ],
  "the clock cancelled the mint of a destination that was gone": [
    ...TOLD,
    ...TO_END.slice(0, 1),
    ...goneFor("origin"),
    ...rollback("origin", ["recreate"], ["UNLOCK", "RECREATE"]),
    { close: "origin" },
  ],
  "aborted with burn and mint, and each compensation was refused once": [
    ...TO_VOTE,
    ...TO_BURN,
    { decide: "ABORT", signed: true },
    ...rollback("destination", ["cancel"], ["CANCEL"], true),
    ...handshake("origin"),
    ...rollback("origin", ["recreate"], ["UNLOCK", "RECREATE"], true),
    ...CLOSED,
  ],
  "the request was lost before it was logged": [
    { decide: "ABORT", signed: true },
    ...rollback("origin", [], []),
    ...rollback("destination", [], []),
    ...CLOSED,
  ],
  "disputed, and taken up again by an operator": [
    ...TO_VOTE,
    ["origin", "init-recover-dispute", "recover-dispute"],
    ["destination", "init-recover", "recover"],
    ["origin", "ack-recover-update", "recover-update", "message"],
    peerState("origin", "SUSPECT"),
    ...handshake("origin"),
    ...TO_BURN,
    COMMIT,
    ...TO_END,
    ...CLOSED,
  ],
} as const satisfies Readonly<Record<string, readonly Act[]>>;

/** Tells a story, act by act. */
export async function tellStory(world: RegistryWorld, session: WorldSession, story: readonly Act[]): Promise<void> {
  const teller = new Teller(world, session);
  for (const act of story)
    if ("decide" in act) await world.decide(session, act.decide, act.signed);
    else if ("close" in act) await world.closeLog(session, partyOf(session, act.close));
    else if ("say" in act) await teller.tell([act.say], () => ({ payload: act.payload }));
    else await teller.tell([act], (mark) => (mark === "ack-prepare" ? { vote: "yes" } : {}));
}

function partyOf({ origin, destination }: WorldSession, role: Role) {
  if (role === "origin") return origin;
  if (destination === null) throw new Error("a transfer has two sides");
  return destination;
}
