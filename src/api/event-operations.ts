import type { LogStore } from "../store/log-store.ts";
import type { Load } from "./load.ts";
import { sessionOf } from "./log-operations.ts";
import type { Operation } from "./operation.ts";
import { READ_LOG } from "./refusals.ts";
import type { SessionEvents } from "./session-events.ts";

/** A session as it goes on. */
export function createEventOperations(deps: {
  readonly store: LogStore;
  readonly events: SessionEvents;
  readonly load: Load;
}): Operation[] {
  const { store, events, load } = deps;
  return [
    {
      ...{ name: "followSession", group: "log", method: "get", paths: ["/v1/sessions/:sessionId/events"] },
      summary: "What happens in a session, as server-sent events: entry, decision, closed.",
      headers: { "Last-Event-ID": "Goes on behind this event." },
      answer: {
        media: { "text/event-stream": "Events entry, decision, closed; comments keep it alive." },
        mayEnd: true,
      },
      refusals: [...READ_LOG, "TOO_MANY_REQUESTS"],
      handle: {
        write: async (request, response) => {
          const record = await store.session(sessionOf(request));
          if (response.headersSent) return;
          // It lives long, and has a limit of its own.
          load.release(response);
          await events.send(request, response, record);
        },
      },
    },
  ];
}
