import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createPrivateKey } from "node:crypto";
import { SignedChangesReader } from "../chain/signed-changes-reader.ts";
import type { RegistryAccess } from "../chain/register-gateway.ts";
import { GatelogError } from "../entry/errors.ts";
import type { GatewayId, SessionId } from "../entry/hex.ts";
import type { DigestSigner } from "../entry/signature.ts";
import { gatewayIdOf } from "../entry/statements.ts";
import { publicKeyOf } from "../gateway/backups.ts";
import type { CertifiedGateway } from "../gateway/credentials/certificate-rule.ts";
import { LearningCredentials, type SuccessionRule } from "../gateway/credentials/learning-credentials.ts";
import { recallBackups } from "../gateway/credentials/recall.ts";
import { RegistryCredentials } from "../gateway/credentials/registry-credentials.ts";
import { ownerListSchema, StatementRule, takeoverCredentials } from "../gateway/credentials/statement-rule.ts";
import { systemClock, type GatewayPorts } from "../gateway/ports.ts";
import { learnsKeys } from "../store/log-store.ts";
import { resolveFrom, type GatewayConfig } from "./config.ts";
import { readJsonFile } from "./files.ts";
import type { WiringContext } from "./wiring-context.ts";

type Judging = Pick<GatewayPorts, "credentials" | "recall" | "succession">;

/**
 * Who judges peers' backups, and what this process shows for its own right. With a registry that it reaches itself its events and
 * their signatures; behind an API what that says; without a registry what the backups can show, and what the copies of the
 * peers' logs have kept of backups that were believed before.
 */
export async function wireCredentials(
  config: GatewayConfig,
  { store, directory, signer, observe }: Pick<GatewayPorts, "store" | "directory" | "signer" | "observe">,
  registry: RegistryAccess | null,
  { configFile }: Pick<WiringContext, "configFile">,
): Promise<Judging> {
  if (registry)
    return { credentials: new RegistryCredentials(new SignedChangesReader(registry.chain, registry.registry)) };
  if (!learnsKeys(directory)) return {};
  const credentials = new LearningCredentials(directory, await rulesOf(config, configFile), () => systemClock.now());
  const onRefused = (sessionId: SessionId, { code, message }: GatelogError): void => {
    observe({ type: "trouble", sessionId, code, message: `a backup that was believed before: ${message}` });
  };
  const own = gatewayIdOf(config.owner, config.name);
  const recall = (among?: readonly SessionId[]) =>
    recallBackups({ store, directory, credentials, onRefused }, own, among);
  await recall();
  return { credentials, recall, ...(await ownSuccession(config, signer, configFile)) };
}

/** One rule for each gateway: what its peer has configured, and not what the backup likes to show. */
async function rulesOf(config: GatewayConfig, configFile: string) {
  const byStatements = new Map<string, SuccessionRule>([["statements", new StatementRule()]]);
  const certified = certifiedPeers(config, configFile);
  if (certified.size === 0) return () => byStatements;
  const byCertificates = new Map([["x509", await certificateRule(certified)]]);
  return (gatewayId: GatewayId) => (certified.has(gatewayId) ? byCertificates : byStatements);
}

/** X.509 is loaded where it is configured, and nowhere else: it is large. */
async function certificateRule(certified: ReadonlyMap<GatewayId, CertifiedGateway>): Promise<SuccessionRule> {
  const { CertificateRule } = await import("../gateway/credentials/certificate-rule.ts");
  return new CertificateRule(certified);
}

function certifiedPeers({ peers }: GatewayConfig, configFile: string): ReadonlyMap<GatewayId, CertifiedGateway> {
  const known = new Map<GatewayId, CertifiedGateway>();
  for (const { owner, name, certificates } of peers) {
    if (certificates === undefined) continue;
    const { primary, roots, revocations } = certificates;
    known.set(gatewayIdOf(owner, name), {
      certificate: readPem(primary, configFile),
      roots: roots.map((file) => readPem(file, configFile)),
      // Read each time: an authority replaces its list.
      revocations: () => Promise.all(revocations.map((file) => readList(resolveFrom(configFile, file)))),
    });
  }
  return known;
}

/** What the configuration has this process show for its right to its epoch. */
async function ownSuccession(
  { owner, name, epoch, succession }: GatewayConfig,
  signer: DigestSigner,
  configFile: string,
): Promise<Pick<Judging, "succession">> {
  if (succession === undefined || epoch === undefined) return {};
  const gatewayId = gatewayIdOf(owner, name);
  const shown = async () => {
    if ("ownerList" in succession) {
      const file = resolveFrom(configFile, succession.ownerList);
      const list = readJsonFile(file, ownerListSchema, "INVALID_CONFIG");
      if (list === undefined) throw new GatelogError("INVALID_CONFIG", `there is no file ${file}`, { file });
      return takeoverCredentials(signer, list, epoch - 1);
    }
    const { certificateCredentials } = await import("../gateway/credentials/certificate-rule.ts");
    const pems = succession.certificates.map((file) => readPem(file, configFile));
    const key = createPrivateKey(readPem(succession.certificateKey, configFile));
    return certificateCredentials({ gatewayId, epoch, publicKey: await publicKeyOf(signer) }, pems, key);
  };
  const credentials = await shown();
  return { succession: (begun) => (begun === epoch ? { kind: null, credentials } : undefined) };
}

function readPem(file: string, configFile: string): string {
  const resolved = resolveFrom(configFile, file);
  try {
    return readFileSync(resolved, "utf8");
  } catch (cause) {
    throw new GatelogError("INVALID_CONFIG", `${resolved} cannot be read`, { file: resolved }, { cause });
  }
}

/** Nobody can say who is revoked while the list cannot be read. */
async function readList(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new GatelogError(
      "STORE_UNAVAILABLE",
      `the list of revoked certificates ${file} cannot be read`,
      { file },
      { cause },
    );
  }
}
