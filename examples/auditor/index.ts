// An auditor in thirty lines: reads a log registry from a node, holds it against ledgers, and leaves one page that it has signed.
//   AUDITOR_KEY=0x… node examples/auditor/index.ts report.html RPC_URL REGISTRY [NAME=URL,ESCROW…]
// In a project of your own: "gatelog/verify" and "gatelog/package.json". What a verdict means: docs/AUDIT.md.
import { writeFileSync } from "node:fs";
import gatelog from "../../package.json" with { type: "json" };
import * as audit from "../../src/audit/public.ts";

process.on("uncaughtException", (error) => (console.error(error.message), process.exit(2))); // 1 would be findings.
const finality = "finalized";
const [file = "report.html", url = "", registry = "", ...ledgers] = process.argv.slice(2);
const signer = audit.keySigner(audit.toHex(process.env["AUDITOR_KEY"] ?? ""));
const log = new audit.RpcReader(audit.httpJsonRpc(url), { registry: audit.addressSchema.parse(registry), finality });
const besides = ledgers.map((ledger) => {
  const [, name = "", node = "", escrow] = /^([^=]+)=(.+),(0x[0-9a-fA-F]{40})$/.exec(ledger) ?? [];
  return new audit.RpcLedgerReader(audit.httpJsonRpc(node), {
    name,
    escrow: audit.addressSchema.parse(escrow),
    finality,
  });
});
const verification = await audit.verify(log, { ledgers: besides, stories: true });
console.log(audit.renderText(verification));

// How others repeat it; an address that holds a secret does not belong in a report.
const command = ["gatelog", "verify", "--rpc-url", url, "--log-registry", registry, "--finality", finality];
command.push(...ledgers.flatMap((ledger) => ["--ledger", ledger]));
const made = { at: new Date().toISOString(), by: gatelog.version, command };
const report = await audit.toReportFile(audit.toReport(verification), made, signer);
writeFileSync(file, audit.renderHtml(report, gatelog.version), { mode: 0o600 });
process.exitCode = { sound: 0, findings: 1, "could-not-tell": 2 }[verification.verdict];
