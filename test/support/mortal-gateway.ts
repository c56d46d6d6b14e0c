// A gateway or log API that a test can stop or kill at each of its fault points. Takes its orders over Node's own channel to the
// process that spawned it, and is loaded before it is told what to start, so that a restart costs no loading.

import { startApi } from "../../src/cli/commands/api.ts";
import { startGateway } from "../../src/cli/commands/gateway.ts";
import { createProgress, printAnswer, printFailure } from "../../src/cli/output.ts";
import type { Command, Report } from "./mortal-gateway-control.ts";
import { Points } from "./mortal-gateway-points.ts";
import { faultSeams } from "./mortal-gateway-seams.ts";

const points = new Points(report);

process.on("message", (command: Command) => {
  if (command.type === "go") points.go(command.id);
  else {
    points.obey(command);
    if (command.type === "start") start(command);
    else report({ type: "obeyed" });
  }
});
report({ type: "loaded" });

/** Ends as the command line does. */
function start({ kind, config }: Extract<Command, { type: "start" }>): void {
  const context = { progress: createProgress({ quiet: true }), env: process.env };
  const run = { gateway: startGateway, api: startApi }[kind];
  run(context, { config }, faultSeams(points))
    .then(
      (answer) => printAnswer(answer, { json: true }),
      (error: unknown) => printFailure(error, { json: true }),
    )
    // The open channel is all that is left to keep the process alive.
    .finally(() => process.disconnect());
}

function report(what: Report): void {
  process.send?.(what);
}
