/** Who has called, and when last. */
import { sql, type Kysely } from 'kysely';
import type { PrincipalSeenRow, Tables } from './tables.ts';

/** A principal as it was when it was seen last; times in milliseconds since 1970. */
export interface SeenPrincipal {
  readonly id: string;
  readonly kind: string;
  readonly verifiedBy: string;
  readonly user: string;
  readonly agent: string;
  readonly team: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface PrincipalsSeen {
  /** Notes principals, all in one transaction; the first time of those who are known stays. */
  note(principals: readonly SeenPrincipal[]): Promise<void>;
  find(id: string): Promise<SeenPrincipal | undefined>;
  /** By id, those behind `afterId`, `max` at most; `text` is looked for in id, user, agent and team. */
  list(afterId: string, max: number, text: string): Promise<readonly SeenPrincipal[]>;
}

/** Principals that are kept; those who were seen longest ago go first. */
const MAX_KEPT = 100_000;
const ROWS_PER_STATEMENT = 200;
const NAMES = sql`lower(id || char(0) || user || char(0) || agent || char(0) || team)`;

export class PrincipalSeenTable implements PrincipalsSeen {
  private readonly db: Kysely<Tables>;
  private readonly maxKept: number;

  constructor(db: Kysely<Tables>, maxKept = MAX_KEPT) {
    this.db = db;
    this.maxKept = maxKept;
  }

  async note(principals: readonly SeenPrincipal[]): Promise<void> {
    if (principals.length === 0) return;
    await this.db.transaction().execute(async (db) => {
      for (let at = 0; at < principals.length; at += ROWS_PER_STATEMENT) {
        const rows = principals.slice(at, at + ROWS_PER_STATEMENT).map(rowOf);
        await db
          .insertInto('principal_seen')
          .values(rows)
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet((row) => ({
              kind: row.ref('excluded.kind'),
              verified_by: row.ref('excluded.verified_by'),
              user: row.ref('excluded.user'),
              agent: row.ref('excluded.agent'),
              team: row.ref('excluded.team'),
              groups: row.ref('excluded.groups'),
              scopes: row.ref('excluded.scopes'),
              last_ms: row.ref('excluded.last_ms'),
            })),
          )
          .execute();
      }
      await sql`
        delete from principal_seen where id in (
          select id from principal_seen order by last_ms desc limit -1 offset ${this.maxKept}
        )`.execute(db);
    });
  }

  async find(id: string): Promise<SeenPrincipal | undefined> {
    const row = await this.db
      .selectFrom('principal_seen')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : seenOf(row);
  }

  async list(afterId: string, max: number, text: string): Promise<readonly SeenPrincipal[]> {
    const rows = await this.db
      .selectFrom('principal_seen')
      .selectAll()
      .where('id', '>', afterId)
      .where(sql<boolean>`(${text} = '' or instr(${NAMES}, ${text.toLowerCase()}) > 0)`)
      .orderBy('id')
      .limit(max)
      .execute();
    return rows.map(seenOf);
  }
}

function rowOf(seen: SeenPrincipal): PrincipalSeenRow {
  const { verifiedBy, groups, scopes, firstMs, lastMs, ...rest } = seen;
  return {
    ...rest,
    verified_by: verifiedBy,
    groups: JSON.stringify(groups),
    scopes: JSON.stringify(scopes),
    first_ms: firstMs,
    last_ms: lastMs,
  };
}

function seenOf(row: PrincipalSeenRow): SeenPrincipal {
  const { verified_by: verifiedBy, first_ms: firstMs, last_ms: lastMs, ...rest } = row;
  const [groups, scopes] = [textsIn(row.groups), textsIn(row.scopes)];
  return { ...rest, verifiedBy, groups, scopes, firstMs, lastMs };
}

function textsIn(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
