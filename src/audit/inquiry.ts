import type { RegistryDomain } from "../entry/statements.ts";
import type { FindingList } from "./findings.ts";
import type { Gateways, Recover } from "./gateways.ts";

/** What every check has at hand. */
export interface Inquiry {
  readonly domain: RegistryDomain;
  readonly gateways: Gateways;
  readonly recover: Recover;
  readonly findings: FindingList;
}
