/** API keys: whom each stands for, and whether it still does. The keys themselves are not kept. */
import { sql, type Kysely } from 'kysely';
import type { ApiKeyRow, Tables } from './tables.ts';

/** What is known of a key; times in milliseconds since 1970. */
export interface ApiKey {
  readonly id: string;
  /** The key that this one has taken over from, through all rotations; its own id where from none. */
  readonly firstId: string;
  readonly name: string;
  readonly user: string;
  readonly agent: string;
  readonly team: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly createdMs: number;
  readonly expiresMs: number | undefined;
  readonly revokedMs: number | undefined;
  /** Id of the key that has taken over; '' while none has. */
  readonly replacedBy: string;
  /** `2026-01-31` (UTC); '' where it was never used. */
  readonly lastUsedDay: string;
}

/** A key with the SHA-256 of its whole text, hexadecimal. */
export interface KeptApiKey extends ApiKey {
  readonly hash: string;
}

/** Whether a key still counts. */
export type ApiKeyState = Pick<ApiKey, 'id' | 'expiresMs' | 'revokedMs'>;

export interface ApiKeys {
  insert(key: KeptApiKey): Promise<void>;
  find(id: string): Promise<KeptApiKey | undefined>;
  /** All keys, the oldest first. */
  list(): Promise<readonly ApiKey[]>;
  /** The states of those of these keys that there are. */
  states(ids: readonly string[]): Promise<readonly ApiKeyState[]>;
  /** Adds the successor of a key, whose own time ends at `oldEndsMs`; both or nothing. */
  replace(oldId: string, oldEndsMs: number, successor: KeptApiKey): Promise<void>;
  expireAt(id: string, expiresMs: number): Promise<void>;
  /** Revokes for good; a key that is revoked already keeps its time. */
  revoke(id: string, revokedMs: number): Promise<void>;
  /** Notes the day on which keys were used last. */
  used(ids: readonly string[], day: string): Promise<void>;
  /** A number that changes whenever anybody else has changed the database. */
  version(): Promise<number>;
}

const ROWS_PER_STATEMENT = 500;

export class ApiKeyTable implements ApiKeys {
  private readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async insert(key: KeptApiKey): Promise<void> {
    await this.db.insertInto('api_key').values(rowOf(key)).execute();
  }

  async find(id: string): Promise<KeptApiKey | undefined> {
    const row = await this.db
      .selectFrom('api_key')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : { ...keyOf(row), hash: row.hash };
  }

  async list(): Promise<readonly ApiKey[]> {
    const rows = await this.db
      .selectFrom('api_key')
      .selectAll()
      .orderBy('created_ms')
      .orderBy('id')
      .execute();
    return rows.map(keyOf);
  }

  async states(ids: readonly string[]): Promise<readonly ApiKeyState[]> {
    const states: ApiKeyState[] = [];
    for (let at = 0; at < ids.length; at += ROWS_PER_STATEMENT) {
      const rows = await this.db
        .selectFrom('api_key')
        .select(['id', 'expires_ms', 'revoked_ms'])
        .where('id', 'in', ids.slice(at, at + ROWS_PER_STATEMENT))
        .execute();
      for (const row of rows) states.push(stateOf(row));
    }
    return states;
  }

  async replace(oldId: string, oldEndsMs: number, successor: KeptApiKey): Promise<void> {
    await this.db.transaction().execute(async (db) => {
      await db.insertInto('api_key').values(rowOf(successor)).execute();
      await db
        .updateTable('api_key')
        .set({ replaced_by: successor.id, expires_ms: oldEndsMs })
        .where('id', '=', oldId)
        .execute();
    });
  }

  async expireAt(id: string, expiresMs: number): Promise<void> {
    await this.db
      .updateTable('api_key')
      .set({ expires_ms: expiresMs })
      .where('id', '=', id)
      .execute();
  }

  async revoke(id: string, revokedMs: number): Promise<void> {
    await this.db
      .updateTable('api_key')
      .set({ revoked_ms: revokedMs })
      .where('id', '=', id)
      .where('revoked_ms', 'is', null)
      .execute();
  }

  async used(ids: readonly string[], day: string): Promise<void> {
    for (let at = 0; at < ids.length; at += ROWS_PER_STATEMENT) {
      await this.db
        .updateTable('api_key')
        .set({ last_used_day: day })
        .where('id', 'in', ids.slice(at, at + ROWS_PER_STATEMENT))
        .execute();
    }
  }

  async version(): Promise<number> {
    const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(this.db);
    return rows[0]?.data_version ?? 0;
  }
}

function rowOf(key: KeptApiKey): ApiKeyRow {
  return {
    id: key.id,
    first_id: key.firstId,
    name: key.name,
    hash: key.hash,
    user: key.user,
    agent: key.agent,
    team: key.team,
    groups: JSON.stringify(key.groups),
    scopes: JSON.stringify(key.scopes),
    created_ms: key.createdMs,
    expires_ms: key.expiresMs ?? null,
    revoked_ms: key.revokedMs ?? null,
    replaced_by: key.replacedBy,
    last_used_day: key.lastUsedDay,
  };
}

function keyOf(row: ApiKeyRow): ApiKey {
  return {
    ...stateOf(row),
    firstId: row.first_id,
    name: row.name,
    user: row.user,
    agent: row.agent,
    team: row.team,
    groups: textsIn(row.groups),
    scopes: textsIn(row.scopes),
    createdMs: row.created_ms,
    replacedBy: row.replaced_by,
    lastUsedDay: row.last_used_day,
  };
}

function stateOf(row: Pick<ApiKeyRow, 'id' | 'expires_ms' | 'revoked_ms'>): ApiKeyState {
  return {
    id: row.id,
    expiresMs: row.expires_ms ?? undefined,
    revokedMs: row.revoked_ms ?? undefined,
  };
}

function textsIn(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
