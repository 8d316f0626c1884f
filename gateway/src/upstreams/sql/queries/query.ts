/** A file of SQL as a query: its header and its statement, checked against each other. */
import { basename } from 'node:path';
import type { SqlDialect } from '../dialect.ts';
import { readHeader, type Header } from './header.ts';
import { readStatement, writtenOffset, type Statement } from './statement.ts';

export interface Query {
  readonly header: Header;
  /** What it is called: as its header says, else as its file is named. */
  readonly name: string;
  readonly statement: Statement;
  /** Path relative to the folder of queries; '' for the gateway's own. */
  readonly file: string;
  /** Line that the statement begins at, counted from 1. */
  readonly line: number;
  readonly text: string;
}

export interface QueryFault {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export function isQuery(read: Query | QueryFault): read is Query {
  return 'statement' in read;
}

/** Reads one file; whatever is wrong in it is told with its line. */
export function readQuery(text: string, file: string, dialect: SqlDialect): Query | QueryFault {
  const header = readHeader(text);
  if ('line' in header) return { file, ...header };
  const fault = (at: number, words: string): QueryFault => ({
    file,
    line: lineAt(text, at),
    text: words,
  });
  const statement = readStatement(text, dialect);
  if ('at' in statement) return fault(statement.at, statement.text);
  const declared = new Set(header.params.map(({ name }) => name));
  const foreign = statement.order.find((name) => !declared.has(name));
  if (foreign !== undefined) {
    const at = text.search(new RegExp(`(?<![:\\w]):${foreign}\\b`));
    return fault(Math.max(at, 0), `:${foreign} is not declared; add "-- param ${foreign} <type>"`);
  }
  const problem = unfit(header, statement);
  if (problem !== undefined) return { file, ...problem };
  const start = text.indexOf(statement.sql.slice(0, 6));
  const name = header.name === '' ? basename(file).replace(/\.sql$/i, '') : header.name;
  return { header, name, statement, file, line: lineAt(text, Math.max(start, 0)), text };
}

function unfit({ params, page, effect }: Header, { order, verb }: Statement) {
  const idle = params.find(({ name }) => !order.includes(name));
  if (idle !== undefined) {
    return { line: idle.line, text: `:${idle.name} is declared, but the statement has none` };
  }
  const needed =
    page === null ? [] : [page.limit, page.style === 'offset' ? page.offset : page.after];
  const missing = needed.find((name) => !order.includes(name));
  if (missing !== undefined)
    return { line: 1, text: `page names :${missing}, which is no parameter` };
  const isWrite = /^(?:INSERT|UPDATE|DELETE|MERGE|REPLACE|CALL)$/.test(verb);
  if (isWrite && effect === 'read') {
    return { line: 1, text: `${verb} writes; declare it by "-- writes" or "-- destroys"` };
  }
  return undefined;
}

/** The line of the file that an offset of the SQL, as the database got it, stands in. */
export function lineOf({ text, statement, line }: Query, offset: number): number {
  const start = statementStart(text, line);
  return lineAt(text, start + writtenOffset(statement, offset));
}

function statementStart(text: string, line: number): number {
  let at = 0;
  for (let count = 1; count < line; count++) at = text.indexOf('\n', at) + 1;
  return at + (/\S/.exec(text.slice(at))?.index ?? 0);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
