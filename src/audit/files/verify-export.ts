import { GatelogError } from "../../entry/errors.ts";
import type { SessionId } from "../../entry/hex.ts";
import type { ExportHeader } from "./export-format.ts";
import { ExportLines } from "./export-lines.ts";
import { ExportReader, isFromChain } from "./export-reader.ts";
import { bytesOf, sourceOf, type VerifyExportOptions } from "./export-source.ts";
import { FindingList, type Found } from "../findings.ts";
import type { Anchor, AuditReader } from "../reading/reader.ts";
import { StoreFileAudit } from "./store-file.ts";
import type { Unread, Verification } from "../verification.ts";
import { withBeside, type Beside } from "../verification-parts.ts";
import { verify } from "../verify.ts";

/**
 * The auditor without a node: checks a log that was exported to a file, by the same rules as one that is read from a chain, and says
 * what it believed of the file that nobody has proven. A file from a store has no chain: see `StoreFileAudit`.
 *
 * Errors: those of `verify` and `ExportLines`; NOT_SERVED_HERE for ledgers beside a file from a store.
 */
export async function verifyExport(path: string, options: VerifyExportOptions = {}): Promise<Verification> {
  const header = await headerOf(path);
  return isFromChain(header) ? verifyChainFile(path, options) : new StoreFileAudit(path, header, options).run();
}

async function headerOf(path: string): Promise<ExportHeader> {
  const lines = new ExportLines(bytesOf(path));
  // The header is read with the first record, or without any.
  for await (const _record of lines.records()) break;
  return lines.read.header;
}

async function verifyChainFile(path: string, options: VerifyExportOptions): Promise<Verification> {
  const { node, onBytes, expect = {}, ...rest } = options;
  const file = await ExportReader.read(path, onBytes);
  try {
    const own = await file.anchor();
    const checked = node === undefined ? undefined : await checkAgainst(node, own);
    const reader = node === undefined ? file : withHeadsOf(node, file);
    // Of any other block the file says nothing, and so nothing can be pinned.
    const isPinned = expect.block === undefined || node !== undefined || expect.block.number === own.block.number;
    const { block, ...others } = expect;
    const pins = isPinned && block !== undefined ? { ...others, block } : others;
    const verification = await verify(reader, { ...rest, expect: pins });
    const unread: Unread[] = isPinned
      ? []
      : [{ what: "pinned block", code: "NOT_FOUND", message: `the file says nothing of block ${block?.number}` }];
    const beside = { found: foundOf(file, rest.session), unread: [...file.file.unread, ...unread], trusted: {} };
    const source = sourceOf(path, file.file, notesOf(file, node !== undefined));
    const result = withBeside({ ...verification, anchors: null }, { ...beside, trusted: { source } });
    return checked === undefined ? result : withBeside(result, { ...checked, trusted: { source } });
  } finally {
    file.close();
  }
}

/** Where one session was asked for, what is wrong with others is left out. */
function foundOf({ found }: ExportReader, session: SessionId | undefined): Found {
  if (session === undefined) return found;
  const list = found.list.filter(({ finding }) => finding.sessionId === session || finding.sessionId === null);
  return { list, count: list.length };
}

/** Whether the node serves the chain that the file says to be from. WRONG_CHAIN if it is another one altogether. */
async function checkAgainst(node: AuditReader, own: Anchor): Promise<Pick<Beside, "found" | "unread">> {
  const anchor = await node.anchor();
  for (const member of ["chainId", "genesisHash", "registry"] as const)
    if (anchor[member] !== own[member])
      throw new GatelogError(
        "WRONG_CHAIN",
        `the file is of ${member} ${own[member]}, and the node's is ${anchor[member]}`,
        {
          ...{ member, expected: own[member], actual: anchor[member] },
        },
      );
  const { number, hash } = own.block;
  const findings = new FindingList();
  const unread: Unread[] = [];
  if (anchor.block.number < number)
    unread.push({
      what: `block ${number}`,
      ...{ code: "NOT_FOUND", message: `the file goes up to it, and the node's final block is ${anchor.block.number}` },
    });
  else {
    const there = await node.blockOf(number);
    if (there.hash !== hash)
      findings.add("SPLIT_VIEW", { block: number }, `hash of block ${number}, file and node`, hash, there.hash);
  }
  return { found: findings.found, unread };
}

/** Events of the file, and all else of the node, as of the file's block. Anchors are in no file. */
function withHeadsOf(node: AuditReader, file: ExportReader): AuditReader {
  return {
    anchor: () => file.anchor(),
    logs: (query) => file.logs(query),
    logOf: (...of) => node.logOf(...of),
    sessionOf: (...of) => node.sessionOf(...of),
    decisionOf: (...of) => node.decisionOf(...of),
    gatewayOf: (...of) => node.gatewayOf(...of),
    anchorsOf: () => file.anchorsOf(),
    anchorOf: () => file.anchorOf(),
    // Whether the block is still there is asked of whoever serves the chain; that it is another one than the file's is found elsewhere.
    blockOf: async (number) => {
      const { block } = file.header.source;
      return number === block.number ? block : node.blockOf(number);
    },
  };
}

function notesOf({ header }: ExportReader, hasNode: boolean): string[] {
  const { number } = header.source.block;
  const { by, at } = header.exported;
  const made = `as the file says, made by ${by ?? "nobody named"} at ${at}`;
  const scope =
    header.sessions === "all"
      ? "sessions: all that the file has, which was made of all that were opened"
      : `sessions: the ${header.sessions.length} that the file was made of, and no others of the registry`;
  return [
    hasNode
      ? `heads at block ${number} as the node says`
      : `heads, chain and times of blocks at block ${number} ${made}`,
    scope,
    "anchors, and entries that the registry refused: not in a file",
  ];
}
