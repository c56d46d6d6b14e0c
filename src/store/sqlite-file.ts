import { closeSync, fsync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from "node:sqlite";
import { promisify } from "node:util";
import { GatelogError, isGatelogError } from "../entry/errors.ts";
import { refusedOr } from "./attempt.ts";
import { sqliteFault } from "./sqlite-faults.ts";

export interface SqliteSchema {
  /** Tells our files apart from each other and from anybody else's. */
  readonly applicationId: number;
  /** A newer file is refused: an older program must not write what it does not understand. */
  readonly version: number;
  readonly create: string;
}

export interface SqliteOptions {
  /** One process at a time: a second one gets STORE_UNAVAILABLE. */
  readonly exclusive?: boolean;
  /** fsync; a test has one that fails, as no disk does on request. */
  readonly syncFile?: (descriptor: number) => Promise<void>;
}

export type Row = Record<string, SQLOutputValue>;

/** How long a writer waits for another process that writes to the same file. */
const BUSY_TIMEOUT_MS = 5_000;
/** How long a process waits for the one before it to let go of a file that only one may have. */
const EXCLUSIVE_TIMEOUT_MS = 1_000;

/**
 * One SQLite file of ours, with a write-ahead log. A transaction is on disk when `transaction` returns (synchronous=FULL), at the
 * price of an fsync that stalls the event loop. Behind `groupedTransaction` it is on disk once `sync` has resolved: one fsync, off
 * the event loop, for all that was committed before it. Limitations: it trusts the disk to keep what it says it has written.
 */
export class SqliteFile {
  readonly #db: DatabaseSync;
  readonly #path: string;
  #damage: string | null = null;
  /** The write-ahead log, once there was something to sync. SQLite keeps its locks elsewhere. */
  #walDescriptor: number | null = null;
  /** Something was committed that no fsync was begun behind. */
  #isDirty = false;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #lost: GatelogError | null = null;
  readonly #syncFile: (descriptor: number) => Promise<void>;
  readonly #version: () => unknown;
  #lastVersion: unknown;

  /** Opens the file or creates it. A damaged one that can still be read is opened read-only (see `damage`); CORRUPT_STORE if not. */
  constructor(path: string, schema: SqliteSchema, options: SqliteOptions = {}) {
    this.#path = path;
    this.#syncFile = options.syncFile ?? promisify(fsync);
    try {
      mkdirSync(dirname(path), { recursive: true });
      const timeout = options.exclusive ? EXCLUSIVE_TIMEOUT_MS : BUSY_TIMEOUT_MS;
      this.#db = new DatabaseSync(path, { timeout, enableForeignKeyConstraints: true });
    } catch (error) {
      throw this.#ours(error);
    }
    try {
      this.guard(() => this.#prepare(schema, options.exclusive ?? false));
      const version = this.statement("PRAGMA data_version");
      this.#version = () => version.get()?.["data_version"];
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** Why the file is read-only, or null. */
  get damage(): string | null {
    return this.#damage;
  }

  statement(sql: string): SqliteStatement {
    return this.guard(() => {
      const statement = this.#db.prepare(sql);
      return {
        run: (...values) => this.guard(() => Number(statement.run(...values).lastInsertRowid)),
        get: (...values) => this.guard(() => statement.get(...values)),
        all: (...values) => this.guard(() => statement.all(...values)),
      };
    });
  }

  /**
   * Runs the work in one transaction; when it returns, the transaction is on disk, and when it throws, nothing is. CORRUPT_STORE where
   * the work met damage: nothing is added to a file that is known to be damaged.
   */
  transaction<T>(work: () => T): T {
    this.checkWritable();
    this.guard(() => this.#db.exec("BEGIN IMMEDIATE"));
    try {
      const result = work();
      this.checkWritable();
      this.guard(() => this.#db.exec("COMMIT"));
      return result;
    } catch (error) {
      // A failed commit may have ended the transaction already.
      if (this.#db.isTransaction) this.guard(() => this.#db.exec("ROLLBACK"));
      throw error;
    }
  }

  /** As `transaction`, but without an fsync: after a crash of the machine the work may be undone. */
  laxTransaction<T>(work: () => T): T {
    this.guard(() => this.#db.exec("PRAGMA synchronous = NORMAL"));
    try {
      return this.transaction(work);
    } finally {
      this.guard(() => this.#db.exec("PRAGMA synchronous = FULL"));
    }
  }

  /** As `laxTransaction`, and a `sync` behind it makes it durable. */
  groupedTransaction<T>(work: () => T): T {
    this.#isDirty = true;
    return this.laxTransaction(work);
  }

  /** Within a transaction: what the work gives; or our error that it threw, and then nothing of it is done. See `transaction` for damage. */
  nested<T>(work: () => T): T | GatelogError {
    this.checkWritable();
    this.guard(() => this.#db.exec("SAVEPOINT nested"));
    const result = refusedOr(work);
    // What fills the disk may have ended the whole transaction: what came now would be one of its own.
    if (result instanceof GatelogError && !this.#db.isTransaction) throw result;
    this.guard(() =>
      this.#db.exec(result instanceof GatelogError ? "ROLLBACK TO nested; RELEASE nested" : "RELEASE nested"),
    );
    return result;
  }

  /** Whether another process has written to the file since this was last asked. */
  hasChanged(): boolean {
    const version = this.#version();
    const hasChanged = version !== this.#lastVersion;
    this.#lastVersion = version;
    return hasChanged;
  }

  /** Resolves once all that was committed before the call is on disk. Calls that come while an fsync is under way share the next. */
  sync(): Promise<void> {
    this.#isDirty = true;
    return this.settled();
  }

  /**
   * As `sync`, but where nothing has been committed since the last fsync there is none. Once an fsync has failed it rejects for good:
   * what the disk has not taken it may never take, and say so only once. What is on the disk, the next process will see.
   */
  settled(): Promise<void> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    if (!this.#isDirty) return this.#running ?? Promise.resolve();
    this.#next ??= this.#syncNext(this.#running ?? Promise.resolve());
    return this.#next;
  }

  async #syncNext(running: Promise<void>): Promise<void> {
    await running.catch(() => undefined); // whose failure it is has been told
    this.#running = this.#next;
    this.#next = null;
    this.#isDirty = false;
    try {
      if (this.#lost !== null) throw this.#lost;
      this.#walDescriptor ??= this.#openWal();
      await this.#syncFile(this.#walDescriptor);
    } catch (error) {
      this.#lost ??= this.damaged(`the disk did not take what was written: ${String(error)}`);
      throw this.#lost;
    } finally {
      this.#running = null;
    }
  }

  #openWal(): number {
    return this.guard(() => {
      const descriptor = openSync(`${this.#path}-wal`, "r");
      syncFolder(dirname(this.#path)); // SQLite does so at its own first fsync, which may be a long way off
      return descriptor;
    });
  }

  checkWritable(): void {
    if (this.#damage !== null) throw this.#corrupt(this.#damage);
  }

  /** Notes the damage, after which the file is read-only, and returns the error to throw. */
  damaged(reason: string): GatelogError {
    if (this.#damage === null) {
      this.#damage = reason;
      this.#db.exec("PRAGMA query_only = ON");
    }
    return this.#corrupt(reason);
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
    if (this.#walDescriptor !== null) closeSync(this.#walDescriptor);
    this.#walDescriptor = null;
  }

  #prepare(schema: SqliteSchema, exclusive: boolean): void {
    if (exclusive) this.#db.exec("PRAGMA locking_mode = EXCLUSIVE");
    this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    const applicationId = this.#pragma("application_id");
    const version = this.#pragma("user_version");
    if (applicationId === 0 && version === 0) {
      this.#create(schema);
      return;
    }
    if (applicationId !== schema.applicationId)
      throw new GatelogError("INVALID_CONFIG", `${this.#path} is a file of another kind`, {
        path: this.#path,
        expected: schema.applicationId,
        actual: applicationId,
      });
    if (version !== schema.version) {
      const hint =
        version > schema.version
          ? "run a newer one"
          : "name another file; what is in this one, the program that wrote it can export";
      throw new GatelogError(
        "INVALID_CONFIG",
        `${this.#path} has schema version ${version}; this program knows ${schema.version}: ${hint}`,
        { path: this.#path, expected: schema.version, actual: version },
      );
    }
    const verdict = this.#db.prepare("PRAGMA integrity_check(1)").get()?.["integrity_check"];
    if (verdict !== "ok") this.damaged(`SQLite's check says: ${String(verdict)}`);
    // Taken now, and not with the first write, so that a second process fails at its start.
    else if (exclusive) this.#db.exec("BEGIN IMMEDIATE; COMMIT");
  }

  #create(schema: SqliteSchema): void {
    this.transaction(() => {
      // Another process may have created it while this one waited for the lock.
      if (this.#pragma("user_version") === schema.version) return;
      this.#db.exec(schema.create);
      this.#db.exec(`PRAGMA application_id = ${schema.applicationId}; PRAGMA user_version = ${schema.version}`);
    });
    syncFolder(dirname(this.#path));
  }

  #pragma(name: "application_id" | "user_version"): number {
    return Number(this.#db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  }

  /** Runs the work and turns SQLite's errors into ours. */
  guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const ours = this.#ours(error);
      if (ours !== error && error instanceof Error && isGatelogError(ours, "CORRUPT_STORE"))
        this.damaged(error.message);
      throw ours;
    }
  }

  /** SQLite's error as one of ours; any other as it is. */
  #ours(error: unknown): unknown {
    const kind = sqliteFault(error);
    if (kind === null || !(error instanceof Error)) return error;
    if (kind === "CORRUPT_STORE") return this.#corrupt(error.message, error);
    return new GatelogError(kind, `${this.#path}: ${error.message}`, { path: this.#path }, { cause: error });
  }

  #corrupt(reason: string, cause?: unknown): GatelogError {
    return new GatelogError(
      "CORRUPT_STORE",
      `${this.#path} is damaged and read-only: ${reason}`,
      { path: this.#path, reason },
      { cause },
    );
  }
}

export interface SqliteStatement {
  /** Returns the id of the inserted row. */
  run(...values: SQLInputValue[]): number;
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
}

/** A new file is durable only when its folder's entry is. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
