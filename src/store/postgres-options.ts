import type { ConnectionOptions } from "node:tls";
import type { ClientConfig } from "pg";
import { GatelogError } from "../entry/errors.ts";

export interface PostgresOptions {
  /**
   * `postgres://USER@HOST[:PORT]/DATABASE`, without password and parameters. A HOST that begins with an encoded slash (`%2F`)
   * is the folder of a Unix socket.
   */
  readonly url: string;
  readonly password?: string | undefined;
  /** Tables are kept under this name; two stores of different schemas know nothing of each other. */
  readonly schema?: string | undefined;
  /**
   * PEM. With it, and whenever the host is not this machine, the connection is TLS and the server's certificate must lead to
   * `ca` (default: the roots that Node trusts) and bear the host's name.
   */
  readonly tls?: PostgresTls | undefined;
  /** Lets passwords and logs travel in the clear to another machine. */
  readonly plaintext?: boolean | undefined;
  /** Connections to the server at most. */
  readonly connections?: number | undefined;
}

export interface PostgresTls {
  readonly ca?: string | undefined;
  /** Certificate and key of this client, where the server asks for one. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export const DEFAULT_SCHEMA = "gatelog";
export const DEFAULT_CONNECTIONS = 8;
const MAX_CONNECTIONS = 100;

/** Until a connection is there: to the server, or a free one of the pool. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The server gives up a statement behind this, */
const STATEMENT_TIMEOUT_MS = 10_000;
/** and a wait for a lock, which another host may hold, */
const LOCK_TIMEOUT_MS = 4_000;
/** and a transaction whose client has gone silent, so that its locks end. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
/** This side gives up an answer behind this: a server that is cut off says nothing any more. */
const ANSWER_TIMEOUT_MS = 15_000;
/** Above it the system asks whether the other side is still there. */
const KEEP_ALIVE_DELAY_MS = 10_000;

/** Schema changes may take longer than anything else. */
const MIGRATION_TIMEOUT_MS = 10 * 60_000;

const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const DEFAULT_PORT = 5_432;

export interface PostgresAddress {
  /** `USER@HOST:PORT/DATABASE`, for people. */
  readonly text: string;
  /** As every client takes it. */
  readonly client: ClientConfig;
  /** The same with the time that schema changes need. */
  readonly migration: ClientConfig;
  readonly schema: string;
  /** As statements write it: the name may be a word of SQL. */
  readonly quotedSchema: string;
  /** Where the tables are: the same for all who name them, whatever their account, and however they spell the host. */
  readonly place: string;
  readonly connections: number;
  /** Nobody reads along: TLS, or a connection that does not leave this machine. */
  readonly isConfidential: boolean;
}

/** INVALID_CONFIG, with the `member` that is wrong, unless all is well formed, and safe or said to be unsafe. */
export function postgresAddress(options: PostgresOptions): PostgresAddress {
  const { user, host, port, database } = parseUrl(options.url);
  const { schema = DEFAULT_SCHEMA, connections = DEFAULT_CONNECTIONS, password, tls, plaintext = false } = options;
  if (!SCHEMA_NAME.test(schema) || schema.startsWith("pg_"))
    throw wrong("a schema's name has small letters, digits and underscores, and does not begin with pg_", {
      ...{ member: "schema", schema },
    });
  if (!Number.isInteger(connections) || connections < 2 || connections > MAX_CONNECTIONS)
    throw wrong(`connections are from 2 to ${MAX_CONNECTIONS}`, { member: "connections", connections });
  if (plaintext && tls !== undefined) throw wrong("tls and plaintext exclude each other", { member: "plaintext" });
  const isLocal = isThisMachine(host);
  const isTls = tls !== undefined || !(isLocal || plaintext);
  const config: ClientConfig = {
    user,
    host,
    port,
    database,
    // A function, so that no printed object shows it. Given even where there is none, so that neither the environment nor a
    // password file of this account stands in; it is called when the server asks.
    password: () => {
      if (password === undefined)
        throw wrong("the server asks for a password, and none is given", { member: "password", user, host });
      return password;
    },
    ssl: isTls ? tlsOptions(tls ?? {}) : false,
    application_name: "gatelog",
    client_encoding: "UTF8",
    // Every name is written with its schema. (And something must be given here, or the environment would be asked.)
    options: "-c search_path=pg_catalog",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  };
  const patient = { statement_timeout: MIGRATION_TIMEOUT_MS, lock_timeout: MIGRATION_TIMEOUT_MS };
  return {
    text: `${user}@${host}:${port}/${database}`,
    client: {
      ...config,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
    },
    migration: { ...config, ...patient, query_timeout: MIGRATION_TIMEOUT_MS },
    schema,
    quotedSchema: `"${schema}"`,
    place: `${isLoopback(host) ? "localhost" : host.toLowerCase().replace(/\.$/, "")}:${port}/${database} ${schema}`,
    connections,
    isConfidential: isTls || isLocal,
  };
}

/** verify-full: the chain and the name. Node checks both unless told otherwise. */
function tlsOptions({ ca, cert, key }: PostgresTls): ConnectionOptions {
  if ((cert === undefined) !== (key === undefined)) throw wrong("tls.cert and tls.key go together", { member: "tls" });
  return {
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

function parseUrl(text: string): { user: string; host: string; port: number; database: string } {
  // The text itself is not repeated in an error: it may hold a password.
  if (!URL.canParse(text)) throw wrong(EXPECTED_URL, { member: "url" });
  const url = new URL(text);
  const database = decoded(url.pathname.slice(1));
  const [user, host] = [decoded(url.username), decoded(url.hostname).replace(/^\[|\]$/g, "")];
  if (url.password !== "")
    throw wrong("a password does not stand in the url: give its file or variable", { member: "url" });
  const isPostgres = url.protocol === "postgres:" || url.protocol === "postgresql:";
  if (!isPostgres || user === "" || host === "" || database === "" || database.includes("/"))
    throw wrong(EXPECTED_URL, { member: "url" });
  if (url.search !== "" || url.hash !== "") throw wrong(`${EXPECTED_URL}, without parameters`, { member: "url" });
  return { user, host, port: url.port === "" ? DEFAULT_PORT : Number(url.port), database };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new GatelogError("INVALID_CONFIG", EXPECTED_URL, { member: "url" }, { cause });
  }
}

const EXPECTED_URL = "the url of a database is postgres://USER@HOST[:PORT]/DATABASE";

function isThisMachine(host: string): boolean {
  return host.startsWith("/") || isLoopback(host);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function wrong(message: string, context: Record<string, string | number>): GatelogError {
  return new GatelogError("INVALID_CONFIG", message, context);
}
