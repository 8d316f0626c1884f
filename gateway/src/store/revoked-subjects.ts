/** People and sign-ins whose tokens do not count any more, whatever their issuers say. */
import { sql, type Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Times in milliseconds since 1970. */
export interface RevokedSubject {
  readonly issuer: string;
  /** "sub" of the tokens; '' for whoever signed in as `sid`. */
  readonly subject: string;
  /** "sid" of the tokens; '' for every sign-in. */
  readonly sid: string;
  /** Tokens that were issued until then do not count. */
  readonly revokedMs: number;
  /** From then on nothing is revoked by it. */
  readonly expiresMs: number;
}

export interface RevokedSubjects {
  /** Adds one; where it is there already, the later times hold. Those that are over are forgotten. */
  add(revoked: RevokedSubject, nowMs: number): Promise<void>;
  /** Those that hold. */
  list(nowMs: number): Promise<readonly RevokedSubject[]>;
}

export class RevokedSubjectTable implements RevokedSubjects {
  private readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async add(revoked: RevokedSubject, nowMs: number): Promise<void> {
    const { issuer, subject, sid, revokedMs, expiresMs } = revoked;
    await this.db.transaction().execute(async (db) => {
      await db.deleteFrom('revoked_subject').where('expires_ms', '<=', nowMs).execute();
      await db
        .insertInto('revoked_subject')
        .values({ issuer, subject, sid, revoked_ms: revokedMs, expires_ms: expiresMs })
        .onConflict((conflict) =>
          conflict.columns(['issuer', 'subject', 'sid']).doUpdateSet({
            revoked_ms: sql<number>`max(revoked_ms, ${revokedMs})`,
            expires_ms: sql<number>`max(expires_ms, ${expiresMs})`,
          }),
        )
        .execute();
    });
  }

  async list(nowMs: number): Promise<readonly RevokedSubject[]> {
    const rows = await this.db
      .selectFrom('revoked_subject')
      .selectAll()
      .where('expires_ms', '>', nowMs)
      .execute();
    return rows.map(({ issuer, subject, sid, revoked_ms, expires_ms }) => ({
      issuer,
      subject,
      sid,
      revokedMs: revoked_ms,
      expiresMs: expires_ms,
    }));
  }
}
