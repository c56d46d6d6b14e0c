import { verifyTwice } from "../../src/audit/split-view.ts";
import type { SoundLog } from "../../test/support/corpus.ts";
import { RecordedReader } from "../../test/support/recorded-reader.ts";
import { Random } from "../../test/simulator/random.ts";
import { auditAnchored } from "./anchored.ts";
import { fileOf } from "./files.ts";
import type { Said } from "./mutation.ts";
import { auditCopies } from "./split-views.ts";
import { Subject } from "./subject.ts";

/** One more audit of a sound log. */
export interface OtherAudit extends Said {
  readonly way: string;
  /** It says what it must. */
  readonly isRight: boolean;
}

/** A sound log, audited in all the other ways in which mutations of it are: in none of them may anything be found. */
export async function auditOtherwise(log: SoundLog): Promise<OtherAudit[]> {
  const { recording, name } = log;
  const node = new RecordedReader(recording);
  const file = await fileOf(recording);
  const whole = [
    { way: "by two nodes", ...(await verifyTwice(node, node, { threads: 1 })) },
    { way: "as two files", ...(await auditCopies([file, file])) },
  ].map(({ way, verdict, findings }) => ({ way, verdict, findings, isRight: verdict === "sound" }));
  const anchored = await auditAnchored(new Subject(log, new Random(name.length)));
  if (anchored === null) return whole;
  // Without a chain nobody can tell where an open log ends, or what stands behind the last anchor.
  const { verdict, findings } = anchored;
  return [...whole, { way: "in an anchored store", verdict, findings, isRight: verdict !== "findings" }];
}
