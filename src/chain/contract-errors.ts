import { Interface, toUtf8String, type ErrorDescription, type Result } from "ethers";
import { GatelogError, type ErrorCode, type ErrorContext } from "../entry/errors.ts";
import { sessionIdFromBytes16, ZERO_ADDRESS, type Hex } from "../entry/hex.ts";
import { DECISIONS } from "../entry/statements.ts";
import { FACTS } from "../entry/terms.ts";
import { AssetEscrowArtifact } from "./generated/contracts/AssetEscrow.ts";
import { GatelogERC20Artifact } from "./generated/contracts/GatelogERC20.ts";
import { GatelogERC721Artifact } from "./generated/contracts/GatelogERC721.ts";
import { LogRegistryArtifact } from "./generated/contracts/LogRegistry.ts";

/** What each error of our contracts is called everywhere else. */
export const CONTRACT_ERRORS: Readonly<Record<string, readonly [code: ErrorCode, message: string]>> = {
  GatewayRegistryUnknownGateway: ["UNKNOWN_GATEWAY", "the registry does not know the gateway"],
  GatewayRegistryAlreadyRegistered: ["IDEMPOTENCY_CONFLICT", "the gateway is registered already"],
  GatewayRegistryForeignSignature: ["FOREIGN_SIGNATURE", "the statement is not signed by the gateway's owner"],
  GatewayRegistryWrongChange: ["WRONG_INDEX", "the statement was signed over another number of changes"],
  GatewayRegistryInvalidKey: ["MALFORMED", "the key is zero or the current one"],
  GatewayRegistryInvalidSize: ["TOO_LARGE", "name or endpoints are empty or too long"],

  LogRegistrySessionExists: ["SESSION_EXISTS", "the session exists already"],
  LogRegistryUnknownSession: ["UNKNOWN_SESSION", "the registry does not know the session"],
  LogRegistryInvalidSession: ["INVALID_SESSION", "the session facts contradict each other"],
  LogRegistryUnknownLog: ["UNKNOWN_LOG", "the session has no such log: other facts, or a gateway that is no party"],
  LogRegistryLogClosed: ["LOG_CLOSED", "the log is closed"],
  LogRegistryWrongIndex: ["WRONG_INDEX", "the entry is not the next of its log"],
  LogRegistryWrongHead: ["WRONG_HEAD", "lastEntryHash is not the head of the log"],
  LogRegistryStaleEpoch: ["STALE_EPOCH", "the epoch is not the gateway's current one"],
  LogRegistryForeignSignature: ["FOREIGN_SIGNATURE", "not signed by the gateway's current key"],
  LogRegistryInvalidHeader: ["INVALID_ENTRY", "the entry's header is invalid"],
  LogRegistryPayloadTooLarge: ["TOO_LARGE", "the payload is too large"],
  LogRegistryFactsTooLarge: ["TOO_LARGE", "the session facts are too large"],
  LogRegistryLogFull: ["TOO_LARGE", "the log is full"],
  LogRegistryUnsignedRun: ["INVALID_SIGNATURE", "the run of entries ends without a signature"],
  LogRegistryNoRegister: ["NO_REGISTER", "the session has no register of decisions on this chain"],
  LogRegistryAlreadyDecided: ["ALREADY_DECIDED", "the decision was written before"],
  LogRegistryDecisionWithoutGround: ["DECISION_WITHOUT_GROUND", "the decision has no ground yet"],
  LogRegistryEmptyAnchor: ["MALFORMED", "an anchor has a root and at least one entry"],
  LogRegistryAnchorExists: ["WRONG_INDEX", "the gateway has an anchor of this index: compare the roots"],
  LogRegistryWrongAnchorIndex: ["WRONG_INDEX", "the anchor is not the gateway's next one"],

  AssetEscrowConflict: ["LEDGER_CONFLICT", "the escrow's state excludes the action"],
  AssetEscrowUnmappedToken: ["UNMAPPED_TOKEN", "the escrow does not map the token"],
  AssetEscrowGasTooLow: ["TRANSACTION_FAILED", "too little gas to deliver the asset"],
  AssetEscrowWrongLedger: ["LEDGER_REJECTED", "the terms name another ledger"],
  AssetEscrowInvalidTerms: ["LEDGER_REJECTED", "the terms are incomplete or contradict each other"],
  AssetEscrowInvalidMapping: ["LEDGER_REJECTED", "the mapping of the token cannot be meant"],
  AssetEscrowTokenMapped: ["LEDGER_REJECTED", "the token is mapped already"],
  AssetEscrowUnauthorized: ["LEDGER_REJECTED", "no key, certificate or clock gives the right to the action"],
  AssetEscrowGatewayNotAdmitted: ["LEDGER_REJECTED", "the escrow's administrator has not admitted the key"],
  AssetEscrowInvalidCertificate: ["LEDGER_REJECTED", "the certificate does not give the right to the action"],
  AssetEscrowWrongSignatureCount: ["LEDGER_REJECTED", "the certificate has the wrong number of signatures"],
  AssetEscrowWrongAmount: ["LEDGER_REJECTED", "the token moved another amount than asked"],
  AssetEscrowLockExpired: ["LEDGER_REJECTED", "the lock would be born expired"],
  AssetEscrowNothingToClaim: ["LEDGER_REJECTED", "there is nothing to claim"],
  AssetEscrowInvalidRecipient: ["LEDGER_REJECTED", "the recipient cannot hold the asset"],
  AssetEscrowVaultEmpty: ["LEDGER_REJECTED", "the vault does not hold the asset"],
  AssetEscrowUnexpectedToken: ["LEDGER_REJECTED", "the escrow did not ask for the token"],

  ERC20InsufficientBalance: ["LEDGER_REJECTED", "the owner's balance is too small"],
  ERC20InsufficientAllowance: ["LEDGER_REJECTED", "the owner has not approved the escrow for the amount"],
  ERC721InsufficientApproval: ["LEDGER_REJECTED", "the owner has not approved the escrow for the token"],
  ERC721IncorrectOwner: ["LEDGER_REJECTED", "the token has another owner"],
  ERC721NonexistentToken: ["LEDGER_REJECTED", "the token does not exist"],
};

const ESCROW_STATE_NAMES = [
  "NONE",
  "LOCKED",
  "BURNED",
  "UNLOCKED",
  "RECREATED",
  "REFUSED",
  "MINTED",
  "ASSIGNED",
  "CANCELLED",
];
/** Enum arguments, by error and argument: names instead of numbers. */
const ENUM_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  "AssetEscrowConflict.actual": ESCROW_STATE_NAMES,
  "AssetEscrowInvalidCertificate.expected": ["NONE", ...Object.keys(FACTS)],
  "AssetEscrowInvalidCertificate.actual": ["NONE", ...Object.keys(FACTS)],
  "LogRegistryAlreadyDecided.actual": Object.keys(DECISIONS),
};

const sources = [LogRegistryArtifact, AssetEscrowArtifact, GatelogERC20Artifact, GatelogERC721Artifact];
const contractInterfaces = sources.map(({ abi }) => new Interface(abi));

/** The error that a contract reverted with, with its code and its arguments as context. */
export function contractError(data: Hex | undefined, cause?: unknown): GatelogError {
  const known = data === undefined ? undefined : describe(data);
  if (known === undefined)
    return unnamed(
      "the contract reverts without a reason that is known here",
      { reverted: true, data: data ?? "0x" },
      cause,
    );
  const row = CONTRACT_ERRORS[known.name];
  const context = { ...namedArguments(known), error: known.name, reverted: true };
  if (row === undefined)
    return unnamed(`the contract reverts with ${known.signature}`, { ...context, data: data ?? "0x" }, cause);
  const [code, message] = row;
  // A signature that recovers to nobody is none.
  const noSignature = code === "FOREIGN_SIGNATURE" && known.args["actual"] === ZERO_ADDRESS;
  return new GatelogError(noSignature ? "INVALID_SIGNATURE" : code, message, context, { cause });
}

/** A reason that is not in the table: the context has the revert's `data`. */
function unnamed(message: string, context: ErrorContext, cause: unknown): GatelogError {
  return new GatelogError("TRANSACTION_FAILED", message, context, { cause });
}

/** Hex digits of a selector, with 0x. */
const SELECTOR_LENGTH = 10;

function describe(data: Hex): ErrorDescription | undefined {
  if (data.length < SELECTOR_LENGTH) return undefined;
  for (const each of contractInterfaces) {
    const description = each.parseError(data);
    if (description) return description;
  }
  return undefined;
}

function namedArguments({ name, fragment, args }: ErrorDescription): ErrorContext {
  const context: Record<string, string | number | boolean> = {};
  for (const [place, input] of fragment.inputs.entries())
    context[input.name] = plain(`${name}.${input.name}`, input.type, args, place);
  return context;
}

function plain(path: string, type: string, args: Result, place: number): string | number | boolean {
  const value: unknown = args[place];
  if (typeof value === "bigint") {
    const names = ENUM_ARGUMENTS[path];
    if (names) return names[Number(value)] ?? value.toString();
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
  }
  if (typeof value === "boolean") return value;
  const text = String(value);
  if (type === "bytes16") return sessionIdFromBytes16(text);
  if (path.endsWith(".member")) return toUtf8String(text).replaceAll("\0", "");
  if (type === "bytes4") return actionName(text) ?? text;
  return text;
}

function actionName(selector: string): string | undefined {
  for (const each of contractInterfaces) {
    const name = each.getFunction(selector)?.name;
    if (name !== undefined) return name;
  }
  return undefined;
}
