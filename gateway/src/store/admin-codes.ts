/** The one-time code that makes the first administrator. There is one at most; only its hash is kept. */
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export interface AdminCodes {
  /** Puts a code in the place of any other. @param hash SHA-256 of the code, hexadecimal */
  put(hash: string, expiresMs: number): Promise<void>;
  /** Uses the code up; of several at once, one hears true. @returns whether it was good */
  use(hash: string, nowMs: number): Promise<boolean>;
}

/** The one row. */
const ID = 1;

export class AdminCodeTable implements AdminCodes {
  private readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async put(hash: string, expiresMs: number): Promise<void> {
    await this.db
      .insertInto('admin_code')
      .values({ id: ID, hash, expires_ms: expiresMs })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ hash, expires_ms: expiresMs }))
      .execute();
  }

  async use(hash: string, nowMs: number): Promise<boolean> {
    const { numDeletedRows } = await this.db
      .deleteFrom('admin_code')
      .where('hash', '=', hash)
      .where('expires_ms', '>', nowMs)
      .executeTakeFirst();
    return numDeletedRows === 1n;
  }
}
