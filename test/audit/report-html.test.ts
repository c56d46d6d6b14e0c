import { createHash } from "node:crypto";
import { expect } from "chai";
import { code, foreign, html } from "../../src/audit/report/html.ts";
import { renderHtml } from "../../src/audit/report/report-html.ts";
import { PALETTE } from "../../src/audit/report/report-html-style.ts";
import type { TrustedFile } from "../../src/audit/trust.ts";
import type { FindingReport, ReportFile, SessionReport } from "../../src/audit/report/report.ts";
import { audit, kindOf, recorded, withByte } from "../support/doctored.ts";
import type { Recording } from "../support/recorded-reader.ts";
import { ALICE, BOB, fileOf, HOSTILE, tellReported } from "../support/report-world.ts";
import { sampleSigner } from "../support/sample-log.ts";

describe("the report as a page", function () {
  this.timeout(30_000);
  let recording: Recording;
  let sound: ReportFile;
  let found: ReportFile;
  before(async () => {
    recording = await recorded(tellReported);
    sound = await fileOf(await audit(recording, undefined, { stories: true }), sampleSigner("auditor"));
    const place = recording.logs.findLastIndex((log) => kindOf(log) === "EntryAppended");
    const log = recording.logs[place]!;
    const doctored = recording.logs.with(place, { ...log, data: withByte(log.data, 20, 1) });
    found = await fileOf(await audit(recording, doctored, { stories: true }));
  });

  const page = (file: ReportFile): string => renderHtml(file, "1.2.3");
  /** What a reader sees, without markup and data. */
  const textOf = (markup: string): string =>
    markup
      .replaceAll(/<(script|style)\b[^]*?<\/\1>/g, "")
      .replaceAll(/<\/?(?:a|b|bdi|code|i)\b[^>]*>/g, "")
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/&lt;/g, "<")
      .replaceAll(/&gt;/g, ">")
      .replaceAll(/&#39;/g, "'")
      .replaceAll(/&amp;/g, "&")
      .replaceAll(/\s+/g, " ");

  describe("what it says", () => {
    it("begins with the verdict and what it is about, and has its parts in their order", () => {
      const text = textOf(page(sound));
      const { block, registry } = sound.trusted;
      expect(text).to.match(
        /^ ?Audit report: Sound up to block \d+ of chain 31339 Gatelog audit report 2026-01-02 03:04:05 UTC Sound Log registry/,
      );
      expect(text).to.include(
        `${registry} on chain 31339, checked up to block ${block.number}: 78 entries of 2 sessions. Nothing is wrong`,
      );
      const parts = [...page(sound).matchAll(/<h2 id="(\w+)"/g)].map(([, id]) => id);
      expect(parts).to.deep.equal([
        ...["checked", "trusted", "transfers", "timelines", "findings", "unread", "repeat", "about"],
      ]);
    });

    it("names chain, genesis, registry, block, and each key by its epoch", () => {
      const text = textOf(page(sound));
      const { genesisHash, block, gateways } = sound.trusted;
      expect(text).to.include(genesisHash).and.include(block.hash).and.include("key of epoch 2");
      for (const { gatewayId, owner, keys } of gateways)
        for (const value of [gatewayId, owner, ...keys.map(({ key }) => key)]) expect(text).to.include(value);
    });

    it("has a row for each session: outcome, ground, asset, amount, owner before and after, entries, findings", () => {
      const text = textOf(page(sound));
      expect(text).to.match(/COMMITTED signed by the origin ERC-20 250 × 10 18 0x\w{40}/);
      expect(text).to.include(`${ALICE} eip155:31337 by`).and.include(`${BOB} eip155:31338 by`);
      expect(text).to.match(/ABORTED the destination voted no not named account not known a by .+? 34 17 \+ 17 0 /);
    });

    it("has both gateways' steps side by side, with block and sequence number, the decision between them", () => {
      const markup = page(sound);
      const rows = markup.split("<tr>").map((row) => textOf(row).trim());
      expect(rows.filter((row) => /^\d+ 18:48:50\.000 1 init-setup 0\.1(?: epoch 2)?$/.test(row))).to.have.length(2);
      expect(rows.filter((row) => /^\d+ 18:48:50\.000 2 exec-setup 0\.1$/.test(row))).to.have.length(2);
      expect(rows.filter((row) => / COMMIT \(ORIGIN\)/.test(row))).to.have.length(1);
      expect(rows.filter((row) => / ABORT \(VOTE_NO\)/.test(row))).to.have.length(1);
      expect(textOf(markup)).to.match(/ack-prepare 3\.3 YES epoch 2/);
    });

    it("names each finding with its first bad entry, and marks that entry in its time line", () => {
      const text = textOf(page(found));
      expect(text).to.match(/ Findings: 1 Something is wrong\. Log registry/);
      expect(text).to.match(/First bad entry: session .{36}, .+?, index 16: entry altered/);
      expect(text).to.match(
        /1\. ENTRY_ALTERED critical entry altered .+ first bad entry index 16 .+ expected 0x\w{40} found/,
      );
      expect(text).to.match(/ not proven \(finding 1\)/);
    });

    it("gives the commands that repeat the check, and who signed", () => {
      const text = textOf(page(sound));
      expect(text).to.include(
        `gatelog verify-report report.html --auditor ${sound.signed!.auditor} --pin trusted.json`,
      );
      expect(text).to.include("gatelog verify --expect trusted.json").and.include(sound.signed!.digest);
      const quoted = { ...sound, made: { ...sound.made, command: ["gatelog", "verify", "--ledger", "a b='$(x)'"] } };
      expect(page(quoted)).to.include(
        "gatelog verify --ledger &#39;a b=&#39;\\&#39;&#39;$(x)&#39;\\&#39;&#39;&#39; --expect",
      );
    });

    it("names no chain where the log is a file of a store's, and whose word the file is", () => {
      const file: TrustedFile = {
        ...{ path: "a.jsonl", sha256: sound.trusted.genesisHash, from: "store" },
        ...{ madeAt: "then", madeBy: "Eve", program: "gatelog 0.1.0" },
      };
      const trusted = { ...sound.trusted, chainId: 0, source: { file, notes: ["Keys are the file's own."] } };
      const text = textOf(page({ ...sound, trusted }));
      expect(text)
        .to.match(/^ ?Audit report: Sound by the signatures in a file /)
        .and.not.include("chain 0");
      expect(text).to.include("made then by Eve, gatelog 0.1.0, as it says").and.include("Keys are the file's own.");
      expect(text).to.include("and the file that is named above: no gateway");
    });

    it("says of anchors what the note about the file says, and not that there are none where nobody has counted", () => {
      const file: TrustedFile = {
        ...{ path: "a.jsonl", sha256: sound.trusted.genesisHash, from: "chain" },
        ...{ madeAt: "then", madeBy: "Eve", program: "gatelog 0.1.0" },
      };
      const anchorsOf = (anchors: number | null, notes: readonly string[] = []) =>
        / Anchors (.+?) Ledgers /.exec(
          textOf(page({ ...sound, anchors, trusted: { ...sound.trusted, source: { file, notes } } })),
        )?.[1];
      expect(anchorsOf(null, ["keys: believed", "anchors: the file has no proofs"])).to.equal(
        "anchors: the file has no proofs",
      );
      expect(anchorsOf(null)).to.equal("Not looked at.");
      expect(anchorsOf(0)).to.equal("There are none.");
      expect(anchorsOf(2)).to.equal("2, each signed, against what the registry holds.");
    });

    it("counts what an earlier run had, and says that it is believed", () => {
      const earlier = { block: 7, sessions: 40, entries: 600, anchors: 0, refused: 0 };
      const on = { ...sound, entries: { total: 678, withPayload: 678 }, earlier };
      const text = textOf(page(on));
      expect(text).to.include(
        "678 entries of 42 sessions. Nothing is wrong with them. Not looked at again: 40 sessions of",
      );
      expect(text).to.match(/ sessions 1 committed, 1 aborted, 40 of an earlier run 42 /);
      expect(text).to.include("Of these 600 are believed: an earlier run had checked them, up to block 7.");
      expect(text).to.include("2 sessions, in the order of their openings");
      const idle = textOf(page({ ...on, sessions: [], outcomes: {} }));
      expect(idle)
        .to.include("678 entries of 40 sessions")
        .and.include("Not among them: 40 sessions of an earlier run, up to block 7.")
        .and.not.include("There is no session");
    });

    it("does not say sound of what could not be read", () => {
      const unread = [{ what: "heads of session x", code: "TIMEOUT", message: "no answer" }] as const;
      const text = textOf(page({ ...sound, verdict: "could-not-tell", unread }));
      expect(text).to.match(/Could not tell Nothing was found in what was read, but that was not all/);
      expect(text)
        .to.include("Not read: heads of session x (TIMEOUT)")
        .and.not.match(/\bSound\b/);
    });
  });

  describe("what it is made of", () => {
    it("loads nothing and runs nothing: a policy that allows its own style alone, by its hash", () => {
      const markup = page(sound);
      const [, style = ""] = /<style>([^]*?)<\/style>/.exec(markup) ?? [];
      const hash = createHash("sha256").update(style).digest("base64");
      expect(markup).to.include(
        `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
      );
      expect(markup).to.not.match(
        /\s(?:src|style|on\w+|srcset|action)=|url\(|@import|<(?:link|img|iframe|object|form|base)\b/,
      );
      expect([...markup.matchAll(/<script\b([^>]*)>/g)].map(([, rest]) => rest)).to.deep.equal([
        ' type="application/json" id="report"',
      ]);
      expect([...markup.matchAll(/href="([^"]*)"/g)].every(([, to]) => to!.startsWith("#"))).to.equal(true);
    });

    it("opens each element that it closes, in their order, and has each id once, and each link's target", () => {
      for (const file of [sound, found]) {
        const markup = page(file).replaceAll(/<(style|script)\b[^]*?<\/\1>/g, "");
        const open: string[] = [];
        for (const [, slash, name = "", rest = ""] of markup.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g))
          if (slash === "/") expect(open.pop()).to.equal(name);
          else if (!rest.endsWith("/")) open.push(name);
        expect(open).to.deep.equal([]);
        const ids = [...markup.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
        expect(new Set(ids).size).to.equal(ids.length);
        for (const [, target] of markup.matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g))
          expect(ids).to.include(target);
      }
    });

    it("has heads for the rows and columns of its tables, and colours of contrast 4.5 and more", () => {
      const markup = page(sound);
      for (const [table] of markup.matchAll(/<table[^]*?<\/table>/g)) {
        expect(table).to.match(/<th scope="row"/);
        expect(table).to.not.match(/<th(?! scope=)(?:\s|>)/);
      }
      for (const colours of Object.values(PALETTE)) {
        const pairs: [string, string][] = [
          ...(["page", "panel"] as const).flatMap((ground) =>
            (["text", "muted", "link", "sound", "findings", "unknown"] as const).map((text): [string, string] => [
              colours[text],
              colours[ground],
            ]),
          ),
          ...(["sound", "findings", "unknown"] as const).flatMap((mood): [string, string][] => [
            [colours[mood], colours[`${mood}Panel`]],
            [colours.text, colours[`${mood}Panel`]],
          ]),
        ];
        for (const [text, ground] of pairs) expect(contrast(text, ground), `${text} on ${ground}`).to.be.at.least(4.5);
      }
    });
  });

  describe("what it does with text of others", () => {
    it("shows markup in names as text", () => {
      const markup = page(sound);
      expect(sound.trusted.gateways.map(({ name }) => name)).to.deep.equal(Object.values(HOSTILE));
      expect(markup)
        .to.include("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
        .and.not.include("<script>alert");
      expect(markup.split("</script>")).to.have.length(2);
    });

    it("shows what cannot be seen, and what turns a line around, by its number", () => {
      expect(page(sound))
        .to.include("<bdi>\u27e8U+202E\u27e9gnp.txt</bdi>")
        .and.not.match(/<[^s][^>]*>[^<]*\u202e/);
      for (const [text, shown] of [
        ["a\u0000b\nc", "a⟨U+0000⟩b⟨U+000A⟩c"],
        ["\u200badmin\ufeff", "⟨U+200B⟩admin⟨U+FEFF⟩"],
        ["\u2067x\u2069", "⟨U+2067⟩x⟨U+2069⟩"],
        ["\ud800", "⟨U+D800⟩"],
        ["\u{e0041}", "⟨U+E0041⟩"],
        ["e\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301⟨U+0301⟩⟨U+0301⟩"],
        ["שלום نص 漢字 é", "שלום نص 漢字 é"],
        [`"'><b>&amp;`, "&quot;&#39;&gt;&lt;b&gt;&amp;amp;"],
      ] as const)
        expect(html`${text}`.markup).to.equal(shown);
    });

    it("cuts what is very long and says so", () => {
      expect(foreign("x".repeat(241)).markup).to.equal(`<bdi>${"x".repeat(240)}</bdi><i>… and 1 more characters</i>`);
      expect(code("x".repeat(240)).markup).to.not.include("more");
      const long = "<".repeat(100_000);
      const finding = { ...found.findings[0]!, found: long, what: long } as FindingReport;
      const unread = [{ what: long, code: "TIMEOUT", message: long }] as const;
      const whole = page({ ...found, findings: [finding], unread });
      expect(whole.split(/<script\b/)[0]!.length).to.be.lessThan(100_000);
    });

    it("takes any text anywhere in the report without a change of its markup", () => {
      const hostile = `${HOSTILE.markup}"'\u202e`;
      const skeleton = (markup: string) =>
        markup
          .split("<script")[0]!
          .replaceAll(/<meta[^>]*Content-Security[^>]*>|<style>[^]*<\/style>/g, "")
          .match(/<[^>]*>/g);
      const session = (each: SessionReport): SessionReport => ({
        ...each,
        transfer: each.transfer && {
          ...each.transfer,
          from: { ...each.transfer.from, networkId: hostile, asset: hostile },
        },
        timeline: each.timeline && {
          ...each.timeline,
          steps: each.timeline.steps.map((step) => (step.type === "entry" ? { ...step, mark: hostile } : step)),
        },
      });
      const withText = (text: string, file: ReportFile): ReportFile => ({
        ...file,
        made: { ...file.made, by: text, command: [text] },
        ledgers: [{ name: text, chainId: 31337, escrow: ALICE, block: 1, ofOthers: 0, tokens: [] }],
        findings: file.findings.map((each) => ({ ...each, what: text, expected: text, found: text })),
        unread: [{ what: text, code: "TIMEOUT", message: text }],
      });
      const plain = { ...found, sessions: found.sessions.map((each) => session(each)) };
      expect(skeleton(page(withText(hostile, plain)))).to.deep.equal(skeleton(page(withText("x", plain))));
      expect(page(withText(hostile, plain)).split(/<script\b/)).to.have.length(2);
    });
  });

  describe("of a large log", () => {
    it("lists sessions with findings and the newest, and says how many are left out", () => {
      const [first] = sound.sessions;
      const sessions = Array.from({ length: 600 }, (_, at) => ({
        ...first!,
        sessionId: `00000000-0000-4000-8000-${String(at).padStart(12, "0")}`,
        findings: at === 7 ? 1 : 0,
        timeline: null,
      }));
      const markup = page({ ...sound, sessions, outcomes: { COMMITTED: 700 } });
      const text = textOf(markup);
      expect(text).to.include("200 sessions left out here").and.include("700 time lines left out");
      expect(text).to.include("000000000007").and.include("000000000599").and.not.include("000000000100");
    });
  });
});

/** WCAG 2, 1.4.3. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
