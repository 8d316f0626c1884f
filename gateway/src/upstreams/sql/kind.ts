/** Databases whose queries are written down in files, and become tools. */
import { Refusal } from '../../kernel/index.ts';
import { keepingOf } from '../api/bundles/of-upstream.ts';
import type { Bundles } from '../api/bundles/store.ts';
import type { ApiDeps, ApiEntry, ApiKind, ApiSettings, Opened, ReadDeps } from '../api/kind.ts';
import type { Api } from '../api/model.ts';
import type { PreviewSubject } from '../api/preview/report.ts';
import type { UpstreamConfig } from '../schema.ts';
import { SqlApi } from './api.ts';
import { planOf } from './call/plan.ts';
import { sqlConfig, type SqlConfig } from './config-schema.ts';
import { DIALECT_WORDS, dialectOf } from './dialect.ts';
import { openDatabase } from './drivers/open.ts';
import { checkQueries } from './import/check.ts';
import { FollowedFolder, type FollowSettings } from './import/follow.ts';
import { filesOf, keepSource, keptSource, readSource } from './import/load.ts';
import type { QueryFile } from './import/folder.ts';
import type { SqlSource } from './import/read.ts';

export const sqlKind: ApiKind = {
  settings,
  open,
  read,
  withSource: (config, source) => ({ ...config, sql: withSource(configOf(config), source) }),
  kept,
};

function configOf({ sql }: UpstreamConfig): SqlConfig {
  if (sql === undefined) throw new Error('the entry has no section "sql"');
  return sqlConfig(sql);
}

function withSource(config: SqlConfig, source: string): SqlConfig {
  return dialectOf(source) === undefined
    ? { ...config, queries: source }
    : { ...config, url: source };
}

function settings(config: UpstreamConfig): ApiSettings {
  const { mode, maxListTokens, profile, outputSchema, projections = {} } = configOf(config);
  return {
    mode: mode ?? config.mode ?? 'auto',
    maxListTokens,
    profile,
    listsOutput: outputSchema === 'relaxed',
    projections: new Map(
      Object.entries(projections).map(([name, text]) => [`sql:${name}.sql`, text]),
    ),
  };
}

async function open(
  { id, config }: ApiEntry,
  deps: ApiDeps,
  signal: AbortSignal,
): Promise<Api | Refusal> {
  const sql = configOf(config);
  const { url } = sql;
  const kindsOfAuth = Object.keys(config.auth ?? {});
  if (kindsOfAuth.some((one) => one !== 'basic')) {
    return invalid(`upstreams.${id}.auth: a database takes basic, a user name and a password.`);
  }
  if (url === undefined || dialectOf(url) === undefined) {
    return invalid(`upstreams.${id}.sql.url has to say which database it is.`);
  }
  const { directory, log, clock, renew } = deps;
  const files = await filesOf(sql, directory);
  if (typeof files === 'string') return invalid(files);
  const { bundles } = keepingOf(id, deps);
  const source = readSource(sql, files, bundles.names(id));
  for (const { file, line, text } of source.faults) {
    log('warn', 'a query cannot be used', { upstream: id, file, line, why: text });
  }
  const [first] = source.faults;
  if (first !== undefined && source.queries.size === 0) {
    return invalid(`${first.file}, line ${first.line}: ${first.text}.`);
  }
  await keepSource(bundles, id, sql, files, source);
  const login = config.auth?.basic;
  const database = await openDatabase(url, sql, { directory, login, wayOut: deps.wayOut });
  const checked = await checkQueries(source, database, sql, signal);
  for (const { file, line, text } of checked) {
    log('warn', 'the database does not take a query', { upstream: id, file, line, why: text });
  }
  return followed(
    { id, config: sql, directory, clock, log, bundles, database },
    source,
    files,
    renew,
  );
}

/** Its folder is looked at until it is closed, or another in its place is. */
function followed(
  settings: Omit<FollowSettings, 'onRenewed'>,
  source: SqlSource,
  files: readonly QueryFile[],
  renew: ApiDeps['renew'],
): Api {
  const { config, database } = settings;
  const dialect = dialectOf(config.url ?? '') ?? 'postgres';
  const close = async (): Promise<void> => {
    await folder?.close();
    await database.close();
  };
  const apiOf = (now: SqlSource): SqlApi =>
    new SqlApi(now, dialect, config, { run: (run) => database.run(run), close });
  const folder =
    config.queries === undefined || renew === undefined
      ? undefined
      : new FollowedFolder({ ...settings, onRenewed: (now) => renew(apiOf(now)) }, files, source);
  return apiOf(source);
}

function invalid(text: string): Refusal {
  return new Refusal('upstream_invalid', { text });
}

async function read(
  config: UpstreamConfig,
  knownNames: ReadonlyMap<string, string>,
  { directory, wayOut, signal }: ReadDeps,
): Promise<Opened> {
  const sql = configOf(config);
  const files = await filesOf(sql, directory);
  // Alone, a path that is no folder of queries may be anything.
  const why = sql.url === undefined ? 'other' : 'unreadable';
  if (typeof files === 'string') return { kind: 'fault', why, text: files, line: 0 };
  const source = readSource(sql, files, knownNames);
  const [first] = source.faults;
  if (first !== undefined && source.queries.size === 0) {
    const text = `${first.file}, line ${first.line}: ${first.text}.`;
    return { kind: 'fault', why: 'broken', text, line: first.line };
  }
  if (sql.url === undefined) return { kind: 'subject', subject: subjectOf(source, sql) };
  const database = await openDatabase(sql.url, sql, {
    directory,
    login: config.auth?.basic,
    wayOut,
  });
  try {
    const checked = await checkQueries(source, database, sql, signal);
    return { kind: 'subject', subject: subjectOf(source, sql, checked) };
  } finally {
    await database.close();
  }
}

function subjectOf(
  { index, queries }: SqlSource,
  { url = '' }: SqlConfig,
  checked: Awaited<ReturnType<typeof checkQueries>> = [],
): PreviewSubject {
  const why = new Map(checked.map(({ key, line, text }) => [key, `Line ${line}: ${text}`]));
  const dialect = dialectOf(url);
  return {
    format: dialect === undefined ? 'SQL' : `SQL for ${DIALECT_WORDS[dialect]}`,
    index,
    plan: (key) => {
      const query = queries.get(key);
      return why.get(key) ?? (query === undefined ? 'There is no such query.' : planOf(key, query));
    },
    repairs: () => [],
    serverOf: () => '',
  };
}

function kept(bundles: Bundles, { id, config }: ApiEntry): PreviewSubject | undefined {
  const sql = configOf(config);
  const source = keptSource(bundles, id, sql);
  return source === undefined ? undefined : subjectOf(source, sql);
}
