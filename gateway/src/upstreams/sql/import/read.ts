/** All queries of an entry: those of its folder and those of introspection, named and indexed. */
import { createHash } from 'node:crypto';
import { allocateNames } from '../../api/names.ts';
import { wordsOf } from '../../api/name-words.ts';
import type { ApiIndex, AuthScheme, Operation, Skipped } from '../../api/model.ts';
import { DIALECT_WORDS, type SqlDialect } from '../dialect.ts';
import { introspectionFor } from '../introspection/queries.ts';
import { isQuery, readQuery, type Query, type QueryFault } from '../queries/query.ts';
import type { QueryFile } from './folder.ts';

export interface ReadSettings {
  readonly dialect: SqlDialect;
  readonly hasIntrospection: boolean;
  readonly schemas: readonly string[];
  /** Where it is, without secrets; '' where that is not said. */
  readonly server: string;
  /** Names of tools by key, of earlier imports. */
  readonly knownNames: ReadonlyMap<string, string>;
}

export interface SqlSource {
  readonly index: ApiIndex;
  readonly queries: ReadonlyMap<string, Query>;
  readonly faults: readonly QueryFault[];
}

/** Grows when the same files become other plans or another index. */
const FORM = 2;
const MAX_SUMMARY = 120;

const LOGIN: AuthScheme = {
  name: 'login',
  kind: 'basic',
  words: 'user name and password of the database, in its address or in auth.basic',
  location: '',
  parameter: '',
  tokenUrl: '',
};

export function readQueries(files: readonly QueryFile[], settings: ReadSettings): SqlSource {
  const { dialect, hasIntrospection, schemas, server, knownNames } = settings;
  const read = files.map(({ file, bytes }) => readQuery(bytes.toString('utf8'), file, dialect));
  const own = hasIntrospection ? introspectionFor(dialect, schemas) : [];
  const faults = read.filter((one) => !isQuery(one));
  const queries = new Map<string, Query>();
  for (const query of [...read.filter(isQuery), ...own]) queries.set(keyOf(query), query);
  const wishes = [...queries].map(([key, { name }]) => ({
    key,
    words: wordsOf(name),
    exact: name,
  }));
  const names = allocateNames(wishes, knownNames);
  const operations = [...queries].map(([key, query]): Operation => {
    const { name = query.name, aliases = [] } = names.get(key) ?? {};
    return operationOf(key, query, name, aliases);
  });
  const digest = createHash('sha256')
    .update(JSON.stringify([FORM, dialect, schemas, server]))
    .update(JSON.stringify([...queries.values()].map(({ file, text }) => [file, text])))
    .digest('hex');
  const index: ApiIndex = {
    kind: 'sql',
    digest,
    title: DIALECT_WORDS[dialect],
    version: '',
    description: '',
    servers: server === '' ? [] : [server],
    schemes: dialect === 'sqlite' ? [] : [LOGIN],
    operations,
    skipped: faults.map(skippedOf),
    repairs: [],
  };
  return { index, queries, faults };
}

/** A file keeps its key whatever its query is called. */
function keyOf({ file, name }: Query): string {
  return file === '' ? `sql:introspection ${name}` : `sql:${file}`;
}

function operationOf(
  key: string,
  { header, name: wish, file, line, statement }: Query,
  name: string,
  aliases: readonly string[],
): Operation {
  const [sentence = ''] = header.description.split(/(?<=\.)\s/, 1);
  const summary = sentence === '' ? `The query ${wish}.` : sentence;
  return {
    key,
    name,
    aliases,
    title: header.title === '' ? titleOf(wish) : header.title,
    summary:
      summary.length > MAX_SUMMARY
        ? `${summary.slice(0, MAX_SUMMARY - 1).toWellFormed()}…`
        : summary,
    tags: header.tags,
    isDeprecated: header.isDeprecated,
    verb: statement.verb,
    place: file === '' ? wish : file,
    effects: {
      effect: header.effect,
      isIdempotent: header.effect === 'read' || header.isIdempotent,
      origin: 'operator',
    },
    auth: [],
    at: { source: file, pointer: wish, line },
  };
}

function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function skippedOf({ file, line, text }: QueryFault): Skipped {
  return { what: file, why: `${text}.`, at: { source: file, pointer: '', line } };
}
