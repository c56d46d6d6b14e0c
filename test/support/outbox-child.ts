import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { SignedEntry } from "../../src/entry/entry.ts";
import type { SessionOpening } from "../../src/entry/session.ts";
import { Outbox } from "../../src/store/outbox.ts";
import { OutboxedLogStore } from "../../src/store/outboxed-log-store.ts";
import { SqliteLogStore } from "../../src/store/sqlite-log-store.ts";
import { sampleDirectory, sampleGateway } from "./sample-log.ts";
import { FlakyStore } from "./store-doubles.ts";

/** Appends two entries through an outbox and kills its own process at the second: before or after the store got it. */
const [folder = "", when = ""] = process.argv.slice(2);
const input = JSON.parse(await text(process.stdin)) as {
  opening: SessionOpening;
  entries: (SignedEntry & { payload: string })[];
};
const entries = input.entries.map((entry) => ({
  ...entry,
  payload: Uint8Array.from(Buffer.from(entry.payload, "hex")),
}));

class MortalStore extends FlakyStore {
  override async append(appended: readonly SignedEntry[]): Promise<void> {
    const last = appended.some((entry) => entry.index === entries.length - 1);
    if (last && when === "before it submits") process.kill(process.pid, "SIGKILL");
    await super.append(appended);
    if (last) process.kill(process.pid, "SIGKILL");
  }
}

const directory = sampleDirectory(sampleGateway("origin"), sampleGateway("destination"));
const disk = new SqliteLogStore({ directory }, { path: join(folder, "log.sqlite") });
const store = new OutboxedLogStore({
  store: new MortalStore(disk),
  outbox: new Outbox({ path: join(folder, "outbox.sqlite") }),
});
await store.openSession(input.opening);
for (const entry of entries) await store.append([entry]);
