/** The queries of an entry as an API: plans made at once, values bound for each call. */
import { ownMember, type Json, type JsonObject } from '../../kernel/index.ts';
import type {
  Api,
  ApiCall,
  ApiIndex,
  CheckedArguments,
  OperationPlan,
  Reply,
} from '../api/model.ts';
import { failureOf } from './call/failure.ts';
import { planOf } from './call/plan.ts';
import { replyOf } from './call/reply.ts';
import type { SqlConfig } from './config-schema.ts';
import type { SqlDialect } from './dialect.ts';
import type { Database } from './drivers/database.ts';
import type { SqlSource } from './import/read.ts';
import type { Query } from './queries/query.ts';
import { sessionFor } from './principals/session.ts';
import { boundOf, isMisfit, type Bound } from './queries/types.ts';

const GONE = 'The database has no such query any more.';

export type SqlLimits = Pick<SqlConfig, 'maxRows' | 'maxBytes' | 'role' | 'settings'>;

export class SqlApi implements Api {
  readonly index: ApiIndex;
  private readonly queries: ReadonlyMap<string, Query>;
  private readonly dialect: SqlDialect;
  private readonly limits: SqlLimits;
  private readonly database: Pick<Database, 'run' | 'close'>;
  private readonly plans = new Map<string, OperationPlan>();

  constructor(
    source: SqlSource,
    dialect: SqlDialect,
    limits: SqlLimits,
    database: Pick<Database, 'run' | 'close'>,
  ) {
    this.index = source.index;
    this.queries = source.queries;
    this.dialect = dialect;
    this.limits = limits;
    this.database = database;
  }

  plan(key: string): OperationPlan | string {
    const known = this.plans.get(key);
    if (known !== undefined) return known;
    const query = this.queries.get(key);
    if (query === undefined) return GONE;
    const plan = planOf(key, query);
    this.plans.set(key, plan);
    return plan;
  }

  async call(key: string, args: CheckedArguments, call: ApiCall): Promise<Reply> {
    const query = this.queries.get(key);
    if (query === undefined) return { kind: 'broken', reason: 'upstream_unavailable', text: GONE };
    const values = withDefaults(args.values, query);
    const bound = bindValues(values, query, this.dialect);
    if ('kind' in bound) return bound;
    const session = sessionFor(this.limits, call.principal);
    if (typeof session === 'string') {
      return { kind: 'broken', reason: 'upstream_credentials_unavailable', text: session };
    }
    const maxBytes = Math.min(this.limits.maxBytes, call.maxAnswerBytes);
    const ran = await this.database.run({
      sql: query.statement.sql,
      values: bound.values,
      session,
      writes: query.header.effect !== 'read',
      maxRows: this.limits.maxRows,
      maxBytes,
      timeoutMs: call.timeoutMs,
      signal: call.signal,
    });
    if (ran.kind === 'fault') return failureOf(ran, query, maxBytes);
    if (ran.cut === '') return replyOf(ran, query, values);
    const isNothing = query.header.effect !== 'read' || ran.rows.length === 0;
    if (!isNothing) return replyOf(ran, query, values);
    const fault = {
      kind: 'fault',
      fault: 'too_large',
      text: '',
      value: -1,
      columns: [],
      offset: -1,
    } as const;
    return failureOf(fault, query, maxBytes);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

function withDefaults(values: JsonObject, { header }: Query): JsonObject {
  const missing = header.params.flatMap(({ name, defaultValue }): [string, Json][] =>
    defaultValue === undefined || Object.hasOwn(values, name) ? [] : [[name, defaultValue]],
  );
  return missing.length === 0 ? values : { ...values, ...Object.fromEntries(missing) };
}

/** The values in the order of the placeholders. */
export function bindValues(
  values: JsonObject,
  { statement, header }: Query,
  dialect: SqlDialect,
): { readonly values: readonly Bound[] } | Extract<Reply, { readonly kind: 'unsendable' }> {
  const bound: Bound[] = [];
  for (const name of statement.order) {
    const param = header.params.find((one) => one.name === name);
    const value = ownMember(values, name) ?? null;
    const made = param === undefined ? null : boundOf(value, param.type, dialect);
    if (isMisfit(made)) return { kind: 'unsendable', argument: name, text: `${made.text}.` };
    bound.push(made);
  }
  return { values: bound };
}
