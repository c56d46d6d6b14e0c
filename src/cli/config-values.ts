import { isIPv4 } from "node:net";
import { z } from "zod";
import { addressSchema } from "../entry/hex.ts";

/** Kinds of values that several members of a configuration have. */

/** A private key is never written into a configuration: the configuration says where it lies. */
export const keySourceSchema = z.union(
  [
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/, "a name of an environment variable") }),
  ],
  "file with a path, or env with the name of a variable in capitals",
);
export type KeySource = z.infer<typeof keySourceSchema>;

export const finalitySchema = z.union(
  [z.literal("instant"), z.literal("finalized"), z.strictObject({ depth: z.int().min(1).max(10_000) })],
  "instant, finalized, or depth with a number of blocks",
);

export const urlSchema = z.url({ protocol: /^https?$/, error: "an http or https URL" });

export const logSchema = z.strictObject({
  chainId: z.int().positive(),
  registry: addressSchema,
});

export const duration = z
  .int()
  .positive()
  .max(365 * 24 * 3_600_000);

const LISTEN = /^(\[[0-9a-f:]+\]|[^:\s]+):([0-9]{1,5})$/;
const MAX_PORT = 65_535;

/** `host:port` where nobody else can reach it; port 0 takes a free one. */
export const listenSchema = z.string().superRefine((text, context) => {
  const fault = faultOf(text);
  if (fault !== null) context.addIssue({ code: "custom", message: fault });
});

const MAX_HOSTS = 16;
const HOST = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;

/** Host names, beside loopback, that a service is reached by: of a proxy before it. */
export const hostsSchema = z
  .array(z.string().regex(HOST, "a host name, without scheme and port"))
  .max(MAX_HOSTS, `at most ${MAX_HOSTS} host names`)
  .default([]);

/** Of a text that `listenSchema` has taken. */
export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const [, host = "", port = ""] = LISTEN.exec(text) ?? [];
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function faultOf(text: string): string | null {
  if (!LISTEN.test(text)) return "host:port is expected, such as 127.0.0.1:8548";
  const { host, port } = parseListen(text);
  if (port > MAX_PORT) return `${port} is no port: at most ${MAX_PORT}`;
  if (host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."))) return null;
  return `${host} is no loopback address: this version has no authentication, and listens where nobody else can reach it`;
}
