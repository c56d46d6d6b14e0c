import { createHash } from "node:crypto";

/** Colours by use. Every text on every ground that it stands on has a contrast of 4.5 or more (WCAG 2, AA). */
export const PALETTE = {
  light: {
    page: "#ffffff",
    panel: "#f4f5f7",
    line: "#cdd2d9",
    text: "#16191d",
    muted: "#545b66",
    link: "#0a4f9e",
    sound: "#0b5c35",
    soundPanel: "#e6f4ec",
    findings: "#9d1219",
    findingsPanel: "#fdebec",
    unknown: "#6f4700",
    unknownPanel: "#fdf3df",
  },
  dark: {
    page: "#14171b",
    panel: "#1f242a",
    line: "#424a54",
    text: "#e8eaed",
    muted: "#aab2bd",
    link: "#8fc1ff",
    sound: "#7fdcaa",
    soundPanel: "#12301f",
    findings: "#ffa3a6",
    findingsPanel: "#3d1518",
    unknown: "#f3c878",
    unknownPanel: "#352710",
  },
} as const;

function variables(scheme: keyof typeof PALETTE): string {
  return Object.entries(PALETTE[scheme])
    .map(([name, colour]) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:${colour}`)
    .join(";");
}

const STYLE = `
:root { color-scheme: light dark; ${variables("light")} }
@media (prefers-color-scheme: dark) { :root { ${variables("dark")} } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: var(--text); background: var(--page);
  margin: 0 auto; max-width: 68rem; padding: 1.5rem 1.25rem 4rem; overflow-wrap: anywhere }
h1 { font-size: 1rem; font-weight: 600; margin: 0; color: var(--muted) }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-bottom: .25rem; border-bottom: 2px solid var(--line) }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem }
p { margin: .4rem 0 } ul, ol { margin: .4rem 0; padding-left: 1.4rem }
code, pre { font: .86em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem; white-space: pre-wrap; margin: .4rem 0 }
a { color: var(--link) } small, .muted { color: var(--muted) } small { font-size: .86em } i { font-style: normal; color: var(--muted) }
header { display: flex; justify-content: space-between; gap: 1rem; flex-wrap: wrap; color: var(--muted); margin-bottom: .75rem }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0 0 }

.verdict { border: 2px solid; border-left-width: 12px; border-radius: 8px; padding: 1rem 1.25rem 1.1rem }
.verdict .word { font-size: 2.1rem; line-height: 1.15; font-weight: 750; margin: 0; padding: 0; border: 0; display: flex; align-items: center; gap: .75rem }
.verdict svg { width: 2.2rem; height: 2.2rem; flex: none }
.verdict .what { font-size: 1.12rem; color: var(--text); margin: .5rem 0 0 } .verdict .first { color: var(--text); font-weight: 600 }
.verdict ul { color: var(--text) } .verdict.sound a, .verdict.findings a, .verdict.unknown a { color: inherit }
.sound { color: var(--sound) } .findings { color: var(--findings) } .unknown { color: var(--unknown) }
.verdict.sound { background: var(--sound-panel) } .verdict.findings { background: var(--findings-panel) }
.verdict.unknown { background: var(--unknown-panel) }
svg { fill: none; stroke: currentColor; stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round }

.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7.8rem, 1fr)); gap: .75rem; margin: 1rem 0 0 }
.figures > div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .85rem; display: flex; flex-direction: column-reverse; justify-content: flex-end }
.figures dt { color: var(--muted); font-size: .86em } .figures dd { margin: 0 } .figures dd b { font-size: 1.45rem; line-height: 1.2; display: block }

table { border-collapse: collapse; width: 100%; font-size: .92em; margin: .5rem 0 }
caption { text-align: left; color: var(--muted); padding-bottom: .25rem }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); min-width: 3.2rem }
thead th { border-bottom: 2px solid var(--line); font-weight: 600; white-space: nowrap; overflow-wrap: normal } tbody th { font-weight: 400 }
td > small, th > small { display: block } .number { text-align: right; font-variant-numeric: tabular-nums } th.number, td.number { padding-right: 1rem }
.checks th { width: 10rem; font-weight: 600 } .scroll { overflow-x: auto }
.badge { display: inline-block; border: 1.5px solid currentColor; border-radius: 999px; padding: 0 .55em; font-size: .86em; font-weight: 650; white-space: nowrap }
.plain { color: var(--text) }

.transfers { table-layout: fixed; min-width: 46rem } .transfers thead th:nth-child(1) { width: 16% } .transfers thead th:nth-child(2) { width: 14% }
.transfers thead th:nth-child(3) { width: 17% } .transfers thead th:nth-child(6) { width: 8% } .transfers thead th:nth-child(7) { width: 9.5% }
.timeline { table-layout: fixed; min-width: 36rem } .timeline td, .timeline th { font-size: .95em; padding-top: .2rem; padding-bottom: .2rem }
.timeline .block { width: 6.2rem } .timeline .register { width: 23% } .timeline .row-register > * { background: var(--panel) }
.timeline td:nth-child(3) { border-left: 1px solid var(--line); border-right: 1px solid var(--line); padding-left: .6rem }
.timeline td:nth-child(4), .timeline thead th:nth-child(n + 3) { padding-left: .6rem }
.step { display: block } sup { font-size: .72em; line-height: 0; white-space: nowrap } .seq { display: inline-block; min-width: 1.9em; color: var(--muted); font-variant-numeric: tabular-nums }
.parted { table-layout: fixed; min-width: 36rem } .parted .index { width: 5.5rem } .parted .same { color: var(--muted) }
.parted .parts > * { background: var(--findings-panel); color: var(--text) } .parted pre { background: none; padding: .3rem 0; border: 0 }
.sides { table-layout: fixed; min-width: 36rem } .sides tbody th { width: 8rem; font-weight: 600 } .sides thead th:first-child { width: 8rem }
.sides.wide thead th:first-child { width: 32% } .own { min-width: 36rem } .own tbody th { white-space: nowrap }
.bad { color: var(--findings); font-weight: 600 }

.finding { border: 1px solid var(--line); border-left: 6px solid var(--findings); border-radius: 6px; padding: .6rem 1rem .8rem; margin: .75rem 0 }
.finding h3 { margin-top: 0 } .finding dl, .keys dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .4rem 0 0 }
dt { color: var(--muted) } dd { margin: 0 }
.keys { border: 1px solid var(--line); border-radius: 6px; padding: .5rem 1rem .7rem; margin: .6rem 0 }
.keys h3 { margin: 0 } footer { margin-top: 3rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--muted) }

@media print {
  :root { ${variables("light")}; color-scheme: light }
  body { font-size: 9.5pt; max-width: none; padding: 0 }
  nav { display: none } .scroll { overflow: visible } a { text-decoration: none }
  h2 { margin-top: 1.4rem } h2, h3, caption { break-after: avoid } thead { display: table-header-group }
  tr, .finding, .keys, .verdict, .figures > div, pre, li { break-inside: avoid }
  table { font-size: 8.4pt } .transfers, .timeline, .parted, .sides, .own { min-width: 0 } .figures { grid-template-columns: repeat(6, 1fr); gap: .4rem } .figures > div { padding: .4rem .5rem }
  .figures dd b { font-size: 1.15rem } .verdict, .figures > div, .timeline .row-register > *, .parted .parts > *, pre { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`;

/** On each printed page, in its margins. */
function pageRules(kind: string, title: string): string {
  const font = "font: 8pt system-ui, sans-serif; color: #545b66";
  return (
    `@page { size: A4; margin: 18mm 14mm 16mm; @top-left { content: "${title}"; ${font} } ` +
    `@bottom-left { content: "${kind}"; ${font} } ` +
    `@bottom-right { content: "Page " counter(page) " of " counter(pages); ${font} } }\n`
  );
}

/**
 * The page's style, and the policy under which nothing but that style has any effect: no script, and nothing from elsewhere.
 * @param kind Of report; with the title it stands on each printed page.
 */
export function styleOf(kind: string, printTitle: string): { readonly style: string; readonly policy: string } {
  // The title stands in a string of the style sheet: what could end it is no part of any title.
  const style = STYLE + pageRules(kind, printTitle.replaceAll(/[^\w .,:-]/g, ""));
  const hash = createHash("sha256").update(style).digest("base64");
  return { style, policy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'` };
}
