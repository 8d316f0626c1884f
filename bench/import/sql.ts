/**
 * Judges folders of queries: every `.sql` file must be a tool, and a real database must prepare what
 * becomes of it. A `schema.sql` makes that database for the queries beside and below it: SQLite, or
 * PostgreSQL where its first line is `-- dialect: postgres`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Ajv2020 } from 'ajv/dist/2020.js';
import pg from 'pg';
import { loadOfflineSql } from '../../gateway/src/upstreams/index.ts';
import { startPostgres } from '../../test/kit/postgres-server.ts';

type Open = Awaited<ReturnType<typeof loadOfflineSql>>;
type Query = Exclude<Awaited<ReturnType<Open>>, string>['queries'][number];

/** Asks a database; an empty text means that it takes the statement and as many values. */
interface Preparer extends AsyncDisposable {
  faultOf(query: Query): Promise<string>;
}

const SCHEMA = 'schema.sql';
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** Judges all folders of queries in one and prints the figures; a miss ends the process with 1. */
export async function judgeSql(folder: string, say: (text: string) => void): Promise<boolean> {
  if (statSync(folder).isFile()) return false;
  const { sets, left } = setsIn(folder);
  if (sets.length + left.length === 0) return false;
  const open = await loadOfflineSql();
  let files = left.length;
  let usable = 0;
  say(`SQL: ${sets.length} folders with a ${SCHEMA}`);
  for (const set of sets) {
    const judged = await judge(set, open);
    files += judged.files;
    usable += judged.files - judged.faults.length;
    const good = judged.files - judged.faults.length;
    const name = relative(folder, set) || basename(set);
    say(`  ${name}: ${good} of ${judged.files} queries are tools that ${judged.by} prepares`);
    for (const fault of judged.faults) say(`    ${fault}`);
  }
  for (const file of left)
    say(`  ${relative(folder, file)}: there is no ${SCHEMA} to prepare it with`);
  say(`  queries ${files}, usable ${usable}`);
  if (usable < files) process.exitCode = 1;
  return true;
}

/** Folders with a schema, and files that belong to none. */
function setsIn(folder: string): { readonly sets: string[]; readonly left: string[] } {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (entries.some(({ name }) => name === SCHEMA)) return { sets: [folder], left: [] };
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => setsIn(join(folder, name)));
  const own = entries.filter((entry) => entry.isFile() && /\.sql$/i.test(entry.name));
  return {
    sets: below.flatMap(({ sets }) => sets).toSorted(),
    left: [...own.map(({ name }) => join(folder, name)), ...below.flatMap(({ left }) => left)],
  };
}

async function judge(
  folder: string,
  open: Open,
): Promise<{ readonly files: number; readonly faults: string[]; readonly by: string }> {
  const schema = readFileSync(join(folder, SCHEMA), 'utf8');
  const isPostgres = /^-- *dialect: *postgres(?:ql)? *$/im.test(schema.split('\n', 1)[0] ?? '');
  const opened = await open(folder, isPostgres ? 'postgres' : 'sqlite');
  if (typeof opened === 'string') throw new Error(`${folder}: ${opened}`);
  const faults = opened.faults.map(({ file, line, text }) => `${file}:${line}: ${text}`);
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
  await using preparer = isPostgres ? await inPostgres(schema) : inSqlite(schema);
  for (const query of opened.queries) {
    const fault = toolFault(query.tool, ajv) || (await preparer.faultOf(query));
    if (fault !== '') faults.push(`${query.file}: ${fault}`);
  }
  const files = opened.faults.length + opened.queries.length;
  return { files, faults, by: isPostgres ? 'PostgreSQL' : 'SQLite' };
}

function toolFault(tool: Query['tool'], ajv: Ajv2020): string {
  if (typeof tool === 'string') return tool;
  const { name, inputSchema } = tool;
  if (typeof name !== 'string' || !NAME.test(name)) return 'its name does not fit';
  try {
    ajv.compile(JSON.parse(JSON.stringify(inputSchema)));
    return '';
  } catch (error) {
    return `its schema: ${wordsOf(error)}`;
  }
}

function inSqlite(schema: string): Preparer {
  const database = new DatabaseSync(':memory:');
  database.exec(schema);
  const explain = (query: Query, count: number): string => {
    try {
      // What is only explained is prepared and bound, and not run.
      database.prepare(`EXPLAIN ${query.sql}`).all(...Array.from({ length: count }, () => null));
      return '';
    } catch (error) {
      return wordsOf(error);
    }
  };
  return {
    faultOf: async (query) => {
      const { length } = query.order;
      const fault = explain(query, length);
      if (fault !== '') return fault;
      return explain(query, length + 1) === '' ? 'it takes more values than it declares' : '';
    },
    [Symbol.asyncDispose]: async () => database.close(),
  };
}

async function inPostgres(schema: string): Promise<Preparer> {
  const server = await startPostgres();
  const client = new pg.Client(server.url);
  await client.connect();
  await client.query(schema);
  return {
    faultOf: async (query) => {
      try {
        await client.query(`prepare judged as ${query.sql}`);
        const { rows } = await client.query(
          `select cardinality(parameter_types) as n from pg_prepared_statements where name = 'judged'`,
        );
        await client.query('deallocate judged');
        const expected = query.order.length;
        return rows[0]?.n === expected ? '' : `it takes ${rows[0]?.n} values, not ${expected}`;
      } catch (error) {
        const at = error instanceof Error && 'position' in error ? Number(error.position) : 0;
        const offset = at - 1 - 'prepare judged as '.length;
        const where = offset < 0 ? '' : `line ${query.lineAt(offset)}: `;
        return `${where}${wordsOf(error)}`;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await server[Symbol.asyncDispose]();
    },
  };
}

function wordsOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 200);
}
