import type { RegistryDomain } from "../entry/statements.ts";
import type { FindingList } from "./findings.ts";
import type { Gateways } from "./checks/gateways.ts";
import type { Recover } from "./checks/signers.ts";

/** What every check has at hand. */
export interface Inquiry {
  readonly domain: RegistryDomain;
  readonly gateways: Gateways;
  readonly recover: Recover;
  readonly findings: FindingList;
}
