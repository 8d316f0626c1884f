/** Who is signed in with a browser, and what counts only once. Neither ids nor tokens are kept. */
import type { Kysely } from 'kysely';
import type { LoginSessionRow, Tables } from './tables.ts';

/** Times in milliseconds since 1970. */
export interface LoginSession {
  /** SHA-256 of the id that the browser has, hexadecimal. */
  readonly hash: string;
  readonly issuer: string;
  readonly subject: string;
  /** "sid" of the provider; '' where it gave none. */
  readonly sid: string;
  /** What the provider says about the person, as JSON text. */
  readonly claims: string;
  readonly createdMs: number;
  readonly seenMs: number;
  readonly expiresMs: number;
}

/** Whose sessions are meant; texts are '' where there is none. */
export interface EndedLogin {
  readonly issuer: string;
  readonly subject: string;
  /** Beside a subject: this sign-in, and those of the subject that name none. */
  readonly sid: string;
}

export interface LoginSessions {
  /** Adds one; of those of the same person the oldest beyond `most` end, as do those that expired. */
  insert(session: LoginSession, most: number): Promise<void>;
  find(hash: string): Promise<LoginSession | undefined>;
  /** Notes when it was used last. */
  seen(hash: string, seenMs: number): Promise<void>;
  end(hash: string): Promise<void>;
  /** @returns how many have ended */
  endAll(ended: EndedLogin): Promise<number>;
  /**
   * Takes what counts once, and remembers it until it would not count anyway.
   * @returns false where it was taken before
   */
  takeOnce(hash: string, expiresMs: number, nowMs: number): Promise<boolean>;
  /** It was taken for nothing. */
  giveBack(hash: string): Promise<void>;
}

export class LoginSessionTable implements LoginSessions {
  private readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async insert(session: LoginSession, most: number): Promise<void> {
    const { issuer, subject, createdMs } = session;
    await this.db.transaction().execute(async (db) => {
      await db.deleteFrom('login_session').where('expires_ms', '<=', createdMs).execute();
      await db.insertInto('login_session').values(rowOf(session)).execute();
      const kept = db
        .selectFrom('login_session')
        .select('hash')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .orderBy('created_ms', 'desc')
        .orderBy('hash')
        .limit(most);
      await db
        .deleteFrom('login_session')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .where('hash', 'not in', kept)
        .execute();
    });
  }

  async find(hash: string): Promise<LoginSession | undefined> {
    const row = await this.db
      .selectFrom('login_session')
      .selectAll()
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row === undefined ? undefined : sessionOf(row);
  }

  async seen(hash: string, seenMs: number): Promise<void> {
    await this.db
      .updateTable('login_session')
      .set({ seen_ms: seenMs })
      .where('hash', '=', hash)
      .execute();
  }

  async end(hash: string): Promise<void> {
    await this.db.deleteFrom('login_session').where('hash', '=', hash).execute();
  }

  async endAll({ issuer, subject, sid }: EndedLogin): Promise<number> {
    if (subject === '' && sid === '') return 0;
    let ending = this.db.deleteFrom('login_session').where('issuer', '=', issuer);
    if (subject !== '') ending = ending.where('subject', '=', subject);
    if (sid !== '') ending = ending.where('sid', 'in', subject === '' ? [sid] : [sid, '']);
    const { numDeletedRows } = await ending.executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  async takeOnce(hash: string, expiresMs: number, nowMs: number): Promise<boolean> {
    return await this.db.transaction().execute(async (db) => {
      await db.deleteFrom('login_once').where('expires_ms', '<=', nowMs).execute();
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('login_once')
        .values({ hash, expires_ms: expiresMs })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      return numInsertedOrUpdatedRows > 0n;
    });
  }

  async giveBack(hash: string): Promise<void> {
    await this.db.deleteFrom('login_once').where('hash', '=', hash).execute();
  }
}

function rowOf(session: LoginSession): LoginSessionRow {
  const { hash, issuer, subject, sid, claims } = session;
  return {
    hash,
    issuer,
    subject,
    sid,
    claims,
    created_ms: session.createdMs,
    seen_ms: session.seenMs,
    expires_ms: session.expiresMs,
  };
}

function sessionOf(row: LoginSessionRow): LoginSession {
  const { hash, issuer, subject, sid, claims } = row;
  return {
    hash,
    issuer,
    subject,
    sid,
    claims,
    createdMs: row.created_ms,
    seenMs: row.seen_ms,
    expiresMs: row.expires_ms,
  };
}
