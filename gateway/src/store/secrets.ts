/** Secrets, sealed: what stands here is of no use without the key that is kept elsewhere. */
import { sql, type Kysely } from 'kysely';
import type { SecretTableRow, Tables } from './tables.ts';

/** One version of a secret; time in milliseconds since 1970. */
export interface SealedSecret {
  readonly name: string;
  readonly version: number;
  /** The envelope, as the vault wrote it. */
  readonly sealed: string;
  readonly createdMs: number;
  readonly createdBy: string;
}

/** What may be changed while nobody else writes. */
export interface SecretWriter {
  all(): Promise<readonly SealedSecret[]>;
  /** Puts a version in the place of all others of its name. */
  put(secret: SealedSecret): Promise<void>;
  /** Exchanges the envelope of a version. */
  reseal(name: string, version: number, sealed: string): Promise<void>;
  /** @returns whether there was one */
  remove(name: string): Promise<boolean>;
}

export interface Secrets {
  /** All secrets, by name. */
  all(): Promise<readonly SealedSecret[]>;
  /**
   * Runs `work` in one transaction, in which nobody else changes anything; what it did is on the
   * disk when this resolves, and nothing of it where it rejects.
   */
  change<T>(work: (writer: SecretWriter) => Promise<T>): Promise<T>;
  /** A number that changes whenever anybody else has changed the database. */
  version(): Promise<number>;
}

export class SecretTable implements Secrets {
  private readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  all(): Promise<readonly SealedSecret[]> {
    return readAll(this.db);
  }

  async change<T>(work: (writer: SecretWriter) => Promise<T>): Promise<T> {
    // A key may be thrown away because of what is written here, so it has to survive a power cut.
    await sql`pragma synchronous = full`.execute(this.db);
    try {
      return await this.db.transaction().execute((db) => work(writerOn(db)));
    } finally {
      await sql`pragma synchronous = normal`.execute(this.db);
    }
  }

  async version(): Promise<number> {
    const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(this.db);
    return rows[0]?.data_version ?? 0;
  }
}

function writerOn(db: Kysely<Tables>): SecretWriter {
  return {
    all: () => readAll(db),
    put: async (secret) => {
      await db.deleteFrom('secret').where('name', '=', secret.name).execute();
      await db.insertInto('secret').values(rowOf(secret)).execute();
    },
    reseal: async (name, version, sealed) => {
      await db
        .updateTable('secret')
        .set({ sealed })
        .where('name', '=', name)
        .where('version', '=', version)
        .execute();
    },
    remove: async (name) => {
      const { numDeletedRows } = await db
        .deleteFrom('secret')
        .where('name', '=', name)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

async function readAll(db: Kysely<Tables>): Promise<readonly SealedSecret[]> {
  const rows = await db
    .selectFrom('secret')
    .selectAll()
    .orderBy('name')
    .orderBy('version')
    .execute();
  return rows.map(({ name, version, sealed, created_ms, created_by }) => ({
    name,
    version,
    sealed,
    createdMs: created_ms,
    createdBy: created_by,
  }));
}

function rowOf({ createdMs, createdBy, ...rest }: SealedSecret): SecretTableRow {
  return { ...rest, created_ms: createdMs, created_by: createdBy };
}
