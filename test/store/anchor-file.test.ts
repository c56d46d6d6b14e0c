import { expect } from "chai";
import { id } from "ethers";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { toHex } from "../../src/entry/hex.ts";
import { AnchorFile } from "../../src/store/anchor-file.ts";
import { sampleGateway, sampleSigner } from "../support/sample-log.ts";
import { temporaryFolder } from "../support/store-stages.ts";

const { gatewayId } = sampleGateway("gateway 0");
const IDENTITY = { chainId: 31339, registry: sampleSigner("registry").address, gatewayId };
const SESSION = "0b9c4a4e-6a55-4f6f-9b0e-1f5d0c6d7e8f";

const OF_SESSION = `WHERE session_id = '${SESSION}'`;

const hashOf = (index: number) => toHex(id(`entry ${index}`));
const runOf = (first: number, count: number) => ({
  sessionId: SESSION,
  gatewayId,
  first,
  entryHashes: Array.from({ length: count }, (_, at) => hashOf(first + at)),
});
const entryAt = (index: number) => ({ sessionId: SESSION, gatewayId, index, entryHash: hashOf(index) });

describe("AnchorFile", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let path: string;
  let file: AnchorFile;

  beforeEach(async () => {
    folder = await temporaryFolder();
    path = join(folder.path, "anchors.sqlite");
    file = new AnchorFile(path, IDENTITY);
  });
  afterEach(async () => {
    file.close();
    await folder.remove();
  });

  /** Changes the file behind the program's back. */
  function tamper(...statements: string[]): void {
    file.close();
    const db = new DatabaseSync(path);
    try {
      for (const statement of statements) db.exec(statement);
    } finally {
      db.close();
      file = new AnchorFile(path, IDENTITY);
    }
  }

  it("keeps what an anchor covers, and where it stands, when it is opened again", () => {
    expect(file.nextIndex()).to.equal(null);
    const formed = file.form(7, [runOf(0, 3)], 12);
    const place = { transactionHash: hashOf(99), block: 5 };
    file.place(7, place, false);
    file.finish(SESSION);
    file.close();
    file = new AnchorFile(path, IDENTITY);
    expect(file.notFinal()).to.deep.equal([{ ...formed, place }]);
    expect(formed).to.deep.include({ index: 7, entries: 3, notedAt: 12, place: null, final: false });
    expect(file.covered(SESSION, gatewayId)).to.equal(3);
    expect(file.nextIndex()).to.equal(8);
    expect(file.isFinished(SESSION)).to.equal(true);
    expect(file.find(entryAt(2))?.anchor.index).to.equal(7);
    expect(file.find(entryAt(3))).to.equal(null);
    file.place(7, place, true);
    expect(file.notFinal()).to.deep.equal([]);
  });

  it("takes no entry twice, leaves none out, and changes nothing when it refuses", () => {
    file.form(0, [runOf(0, 3)], 0);
    for (const first of [0, 2, 4])
      expect(() => file.form(1, [{ ...runOf(0, 1), sessionId: "other" }, runOf(first, 2)], 0))
        .to.throw()
        .with.property("code", "INVARIANT_BROKEN");
    expect(() => file.form(0, [runOf(3, 1)], 0))
      .to.throw()
      .with.property("code", "INVARIANT_BROKEN");
    expect(file.notFinal()).to.have.length(1);
    expect(file.covered("other", gatewayId)).to.equal(0);
    file.form(1, [runOf(3, 2)], 0);
    expect(file.covered(SESSION, gatewayId)).to.equal(5);
  });

  it("gives no proof for another entry than the one that was anchored", () => {
    file.form(0, [runOf(0, 3)], 0);
    expect(() => file.find({ ...entryAt(1), entryHash: hashOf(8) }))
      .to.throw()
      .with.property("code", "CORRUPT_STORE");
  });

  it("has triggers against changes, and finds those that were made all the same", () => {
    file.form(0, [runOf(0, 3)], 0);
    expect(() => tamper("UPDATE anchor SET root = 'x'")).to.throw("never changed");
    expect(() => tamper("UPDATE run SET length = 4")).to.throw("stays in its anchor");
    tamper("DROP TRIGGER root_stays", `UPDATE anchor SET root = '${hashOf(50)}'`);
    expect(() => file.find(entryAt(0)))
      .to.throw()
      .with.property("code", "CORRUPT_STORE");
  });

  for (const [what, change, read] of [
    [
      "the number of entries of a run",
      `UPDATE run SET length = length + 8 ${OF_SESSION}`,
      () => file.covered(SESSION, gatewayId),
    ],
    ["the anchor of a run", `UPDATE run SET anchor = 1 ${OF_SESSION}`, () => file.find(entryAt(0))],
    ["the first entry of a run", `UPDATE run SET first = 1 ${OF_SESSION}`, () => file.find(entryAt(2))],
    ["a place in an anchor", `UPDATE run SET position = 1 ${OF_SESSION}`, () => file.find(entryAt(0))],
    [
      "the gateway of a run",
      `UPDATE run SET gateway_id = '${hashOf(60)}' ${OF_SESSION}`,
      () => file.covered(SESSION, hashOf(60)),
    ],
    ["the root of an anchor", `UPDATE anchor SET root = '${hashOf(50)}' WHERE id = 0`, () => file.notFinal()],
    ["the leaves of an anchor", "UPDATE anchor SET leaves = zeroblob(96) WHERE id = 0", () => file.notFinal()],
  ] as const)
    it(`reads no row as valid that was changed (${what}), and is read-only then`, () => {
      file.form(0, [runOf(0, 3)], 0);
      file.form(1, [{ ...runOf(0, 3), sessionId: "other" }], 0);
      tamper("DROP TRIGGER root_stays", "DROP TRIGGER run_stays", change);
      for (const work of [read, () => file.form(2, [{ ...runOf(0, 1), sessionId: "third" }], 0)])
        expect(work).to.throw().with.property("code", "CORRUPT_STORE");
    });

  it("forgets what it has formed, and only while none of it was seen on the chain", () => {
    file.form(0, [runOf(0, 3)], 0);
    file.finish(SESSION);
    file.beginAgain();
    expect([file.covered(SESSION, gatewayId), file.nextIndex(), file.isFinished(SESSION)]).to.deep.equal([
      0,
      null,
      false,
    ]);
    file.form(4, [runOf(0, 2)], 0);
    expect(file.find(entryAt(1))?.path).to.deep.equal([hashOf(0)]);
    expect(file.wasSeen()).to.equal(false);
    for (const final of [false, true]) {
      file.place(4, { transactionHash: hashOf(99), block: 5 }, final);
      expect(file.wasSeen()).to.equal(true);
      expect(() => file.beginAgain())
        .to.throw()
        .with.property("code", "INVARIANT_BROKEN");
      expect(() => tamper("DELETE FROM run")).to.throw("stays in its anchor");
      expect(() => tamper("DELETE FROM anchor")).to.throw("never removed");
    }
    expect(file.covered(SESSION, gatewayId)).to.equal(2);
  });

  it("is one process's, gateway's and registry's", () => {
    expect(() => new AnchorFile(path, IDENTITY))
      .to.throw()
      .with.property("code", "STORE_UNAVAILABLE");
    file.close();
    for (const other of [{ chainId: 1 }, { registry: sampleSigner("x").address }, { gatewayId: hashOf(1) }])
      expect(() => new AnchorFile(path, { ...IDENTITY, ...other }))
        .to.throw()
        .with.property("code", "INVALID_CONFIG");
    file = new AnchorFile(path, IDENTITY);
  });
});
