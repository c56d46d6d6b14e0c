import { expect } from "chai";
import { RpcReader } from "../../src/audit/reading/rpc-reader.ts";
import { verify } from "../../src/audit/verify.ts";
import { RegistryWorld, type Party } from "../support/registry-world.ts";
import { peerState, SOUND_STORIES, tellStory, type Act } from "../support/recovery-stories.ts";
import { TO_BURN, TO_END, TO_VOTE, TRANSFER } from "../support/stories.ts";

const COMMIT: Act = { decide: "COMMIT", signed: true };
const SETUP = TO_VOTE.slice(0, 1);
const UP_TO_LOCK = TO_VOTE.slice(0, 16);
const RECOVER: Act = ["origin", "init-recover", "recover"];
const ABORTED: readonly Act[] = [{ decide: "ABORT", signed: true }, ["origin", "init-rollback", "rollback"]];

/** What is told, and what the last act of it lacks. */
const BROKEN: Readonly<Record<string, readonly [story: readonly Act[], lacking: string]>> = {
  "an answer to no RECOVER": [
    [...SETUP, ["destination", "ack-recover-update", "recover-update", "message"]],
    "init-recover of the peer",
  ],
  "an acknowledgement of what was not asked for": [
    [
      ...SETUP,
      ["destination", "init-recover", "recover"],
      ["origin", "ack-recover-update", "recover-update", "message"],
      ["destination", "ack-recover-update-ack", "recover-update-ack"],
    ],
    "ack-recover-update of the peer",
  ],
  "a RECOVER-SUCCESS that answers the transfer": [
    [...SETUP, ["destination", "ack-recover-success", "recover-success", "message"]],
    "ack-recover-update-ack or ack-recover-update or init-recover of the peer",
  ],
  "a RECOVER at another step": [[...SETUP, ["origin", "init-recover", "setup"]], "step 903, not 1"],
  "a peer that comes back and was never away": [[...SETUP, peerState("origin", "RECOVERED")], "fail-peer"],
  "a peer that is said to be what it is already": [
    [...SETUP, peerState("origin", "CRASHED_WAIT"), peerState("origin", "SUSPECT")],
    "one of the states CRASHED_DEFINITELY",
  ],
  "a peer's state that is none": [
    [...SETUP, peerState("origin", "ASLEEP")],
    "one of the states SUSPECT CRASHED_WAIT CRASHED_DEFINITELY",
  ],
  "a transfer that goes on in a dispute": [
    [
      ...TO_VOTE.slice(0, 4),
      ["origin", "init-recover-dispute", "recover-dispute"],
      ["origin", "init-proposal", "proposal"],
    ],
    "no dispute that is open",
  ],
  "a completion without the word of a destination that is there": [
    [...TO_VOTE, ...TO_BURN, COMMIT, ...TO_END.slice(0, 1), ["origin", "done-commit-final", "commit-final-ack"]],
    "ack-commit-final of the peer",
  ],
  "a completion without the word of a destination that has come back": [
    [
      ...[...TO_VOTE, ...TO_BURN, COMMIT, ...TO_END.slice(0, 1)],
      ...[peerState("origin", "CRASHED_DEFINITELY"), peerState("origin", "RECOVERED")],
      ["origin", "done-commit-final", "commit-final-ack"],
    ],
    "ack-commit-final of the peer",
  ],
  "an end without the origin's word": [
    [...TO_VOTE, ...TO_BURN, COMMIT, ...TO_END.slice(0, 6), ["destination", "exec-complete", "complete"]],
    "init-complete of the peer",
  ],
  "COMMIT undone before the destination was told": [
    [...TO_VOTE, ...TO_BURN, COMMIT, ["origin", "init-rollback", "rollback"]],
    "ABORT",
  ],
  "COMMIT undone by a destination that could have assigned": [
    [...TO_VOTE, ...TO_BURN, COMMIT, ["destination", "init-rollback", "rollback"]],
    "ABORT",
  ],
  "an unlock of what was never to be locked": [
    [...SETUP, ...ABORTED, ["origin", "exec-rollback-unlock", "rollback"]],
    "init-lock",
  ],
  "a refusal of what was not tried": [
    [...UP_TO_LOCK, ...ABORTED, ["origin", "fail-rollback-unlock", "rollback"]],
    "exec-rollback-unlock",
  ],
  "the other side's compensation": [
    [...UP_TO_LOCK, ...ABORTED, ["origin", "exec-rollback-cancel", "rollback"]],
    "an entry of the protocol instead",
  ],
  "a rollback list of what was not started": [
    [
      ...UP_TO_LOCK,
      { decide: "ABORT", signed: true },
      { say: ["origin", "init-rollback", "rollback"], payload: { rollbackList: ["UNLOCK", "RECREATE"] } },
    ],
    "rollback list of UNLOCK",
  ],
  "a compensation behind the end of the rollback": [
    [
      ...[...UP_TO_LOCK, ...ABORTED],
      ["origin", "done-rollback", "rollback"],
      ["origin", "exec-rollback-unlock", "rollback"],
    ],
    "no done-rollback",
  ],
  "an acknowledgement of a rollback that has not ended": [
    [...UP_TO_LOCK, ...ABORTED, ["origin", "ack-rollback", "rollback-ack"]],
    "done-rollback",
  ],
  "a handshake's word that is none": [
    [...SETUP, RECOVER, ["origin", "done-recover", "recover"]],
    "an entry of the protocol instead",
  ],
};

describe("order of the logs, as the auditor reads it", function () {
  this.timeout(60_000);
  let world: RegistryWorld;
  let a: Party;
  let b: Party;

  before(async () => {
    world = await RegistryWorld.open();
    a = await world.register("a");
    b = await world.register("b");
  });
  after(() => world.close());

  async function findingsIn(story: readonly Act[]) {
    const session = await world.open(a, b, TRANSFER);
    await tellStory(world, session, story);
    const reader = new RpcReader(world.rpc, { registry: world.domain.registry });
    return (await verify(reader, { session: session.facts.sessionId })).findings;
  }

  describe("finds nothing where", () => {
    for (const [name, story] of Object.entries<readonly Act[]>(SOUND_STORIES))
      it(name, async () => expect(await findingsIn(story)).to.deep.equal([]));
  });

  describe("finds", () => {
    for (const [name, [story, lacking]] of Object.entries(BROKEN))
      it(name, async () => {
        const findings = await findingsIn(story);
        expect(findings.map(({ code, expected }) => `${code} ${expected}`)).to.deep.equal([`ILLEGAL_ORDER ${lacking}`]);
      });
  });
});
