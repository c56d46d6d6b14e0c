import { existsSync } from "node:fs";
import { LogClient } from "../client/log-client.ts";
import { GatelogError } from "../entry/errors.ts";
import { AnchorFile } from "../store/anchor-file.ts";
import type { ProofOf } from "../store/log-file-source.ts";
import { configuredAnchors, type LogOptions } from "./log-access.ts";
import type { Cleanup } from "./wiring-context.ts";

/**
 * The proofs of an anchored store: from its log API, a call for each entry, or from the file that remembers its anchors. A service that runs
 * has that file to itself. INVALID_CONFIG if the configuration has no anchored store.
 */
export function openProofs({ url, config, kind }: LogOptions, env: NodeJS.ProcessEnv, cleanup: Cleanup): ProofOf {
  if (url !== undefined) {
    const client = new LogClient({ baseUrl: url });
    return async (log) => (await client.proof(log, log.index)).inclusion;
  }
  const anchors = configuredAnchors(config ?? "", kind, env);
  if (anchors.length === 0)
    throw new GatelogError("INVALID_CONFIG", "--proofs: the configuration has no anchored store", {});
  const files = anchors.map(({ path, of }) => {
    // Opening would make one.
    if (!existsSync(path)) throw new GatelogError("INVALID_CONFIG", `there is no file ${path}`, { file: path });
    const file = new AnchorFile(path, of);
    cleanup.add(() => {
      file.close();
      return Promise.resolve();
    });
    return file;
  });
  return (entry) => {
    for (const file of files) {
      const proof = file.proof(entry);
      if (proof !== null) return Promise.resolve(proof);
    }
    return Promise.resolve(null);
  };
}
