/** What was used, by the hour: of whom, of what, and through which endpoint. */
import type { Kysely } from 'kysely';
import type { Tables, UsageRow } from './tables.ts';

interface Amounts {
  readonly calls: number;
  readonly refusals: number;
  readonly errors: number;
  readonly resultBytes: number;
  readonly tokens: number;
  readonly cost: number;
}

/** What was used within an hour that began at `hourMs` (milliseconds since 1970). */
export interface UsedHour extends Amounts {
  readonly hourMs: number;
  readonly principal: string;
  readonly user: string;
  readonly team: string;
  readonly agent: string;
  readonly item: string;
  readonly endpoint: string;
}

/** What sums are made of. */
export type UsageView = 'principal' | 'user' | 'team' | 'agent' | 'item' | 'endpoint';

export interface UsageSum extends Amounts {
  /** '' where there is none. */
  readonly name: string;
}

export interface UsageHours {
  /** Adds to what is kept, all in one transaction. */
  add(hours: readonly UsedHour[]): Promise<void>;
  /** Sums over the hours that began at `sinceMs` or later, most calls first, `max` at most. */
  sums(by: UsageView, sinceMs: number, max: number): Promise<readonly UsageSum[]>;
  /** Forgets hours that began before a time, and the oldest ones while there are too many rows. */
  forget(beforeMs: number, maxRows: number): Promise<void>;
}

const ROWS_PER_STATEMENT = 200;
const KEY = ['hour_ms', 'principal', 'user', 'team', 'agent', 'item', 'endpoint'] as const;

export class UsageTable implements UsageHours {
  private readonly db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.db = db;
  }

  async add(hours: readonly UsedHour[]): Promise<void> {
    await this.db.transaction().execute(async (db) => {
      for (let at = 0; at < hours.length; at += ROWS_PER_STATEMENT) {
        const rows = hours.slice(at, at + ROWS_PER_STATEMENT).map(rowOf);
        await db
          .insertInto('usage')
          .values(rows)
          .onConflict((conflict) =>
            conflict.columns(KEY).doUpdateSet((old) => ({
              calls: old('usage.calls', '+', old.ref('excluded.calls')),
              refusals: old('usage.refusals', '+', old.ref('excluded.refusals')),
              errors: old('usage.errors', '+', old.ref('excluded.errors')),
              result_bytes: old('usage.result_bytes', '+', old.ref('excluded.result_bytes')),
              tokens: old('usage.tokens', '+', old.ref('excluded.tokens')),
              cost: old('usage.cost', '+', old.ref('excluded.cost')),
            })),
          )
          .execute();
      }
    });
  }

  async sums(by: UsageView, sinceMs: number, max: number): Promise<readonly UsageSum[]> {
    const rows = await this.db
      .selectFrom('usage')
      .select((select) => [
        select.ref(by).as('name'),
        select.fn.sum<number>('calls').as('calls'),
        select.fn.sum<number>('refusals').as('refusals'),
        select.fn.sum<number>('errors').as('errors'),
        select.fn.sum<number>('result_bytes').as('resultBytes'),
        select.fn.sum<number>('tokens').as('tokens'),
        select.fn.sum<number>('cost').as('cost'),
      ])
      .where('hour_ms', '>=', sinceMs)
      .groupBy(by)
      .orderBy('calls', 'desc')
      .orderBy('name')
      .limit(max)
      .execute();
    return rows;
  }

  async forget(beforeMs: number, maxRows: number): Promise<void> {
    await this.db.deleteFrom('usage').where('hour_ms', '<', beforeMs).execute();
    // Rows are counted from the newest on; the hour in which there are too many goes as well.
    const first = await this.db
      .selectFrom('usage')
      .select('hour_ms')
      .orderBy('hour_ms', 'desc')
      .offset(maxRows)
      .limit(1)
      .executeTakeFirst();
    if (first === undefined) return;
    await this.db.deleteFrom('usage').where('hour_ms', '<=', first.hour_ms).execute();
  }
}

function rowOf({ hourMs, resultBytes, ...rest }: UsedHour): UsageRow {
  return { ...rest, hour_ms: hourMs, result_bytes: resultBytes };
}
