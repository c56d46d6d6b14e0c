import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Drafts from "../../src/protocol/drafts.ts";
import type * as Payloads from "../../src/protocol/payloads.ts";
import type * as Recovery from "../../src/protocol/recovery.ts";
import type * as Table from "../../src/protocol/recovery-table.ts";
import type * as State from "../../src/protocol/state.ts";
import type * as Step from "../../src/protocol/step.ts";

// The pure core, through one door: GATELOG_CORE names another copy of `src/protocol`, as the mutation proof does that takes
// one safeguard out of it. Types are always those of this tree.

const folder = resolve(process.env["GATELOG_CORE"] ?? `${import.meta.dirname}/../../src/protocol`);
const load = (file: string): Promise<unknown> => import(pathToFileURL(`${folder}/${file}`).href);

export const { apply, fold, next } = (await load("step.ts")) as typeof Step;
export const { initialState } = (await load("state.ts")) as typeof State;
export const { draft, peerStateOf } = (await load("drafts.ts")) as typeof Drafts;
export const { setupPayload } = (await load("payloads.ts")) as typeof Payloads;
export const { besideTransfer, sendRecovery } = (await load("recovery.ts")) as typeof Recovery;
export const { RECOVERY_TABLE, rowFor, situationOf } = (await load("recovery-table.ts")) as typeof Table;
