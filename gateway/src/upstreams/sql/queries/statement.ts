/** One SQL statement whose `:name` parameters became placeholders of its database. */
import type { SqlDialect } from '../dialect.ts';
import { tokenize, type Token } from './tokenize.ts';

export interface Statement {
  /** As the database gets it; it never holds a value. */
  readonly sql: string;
  /** Names of parameters in the order of the values that are bound. */
  readonly order: readonly string[];
  /** What it begins with, in capitals: `SELECT`. */
  readonly verb: string;
  /** Places of the text where the placeholders stand, to find a line again. */
  readonly edits: readonly { readonly end: number; readonly shift: number }[];
}

export interface StatementFault {
  readonly text: string;
  /** Offset in what was given. */
  readonly at: number;
}

const READS: ReadonlySet<string> = new Set([
  'SELECT',
  'WITH',
  'VALUES',
  'TABLE',
  'SHOW',
  'EXPLAIN',
]);
const WRITES: ReadonlySet<string> = new Set([
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'REPLACE',
  'CALL',
]);

/**
 * Reads one statement. Refuses several of them, what is no query (`BEGIN`, `SET`, `CREATE`, …),
 * placeholders of the database's own, and strings and comments that never end.
 */
export function readStatement(text: string, dialect: SqlDialect): Statement | StatementFault {
  const tokens = tokenize(text, dialect);
  const open = tokens.find(({ kind }) => kind === 'open');
  if (open !== undefined) {
    return { text: 'a string, quoted name or comment begins here and never ends', at: open.start };
  }
  const code = tokens.filter(({ kind }) => kind !== 'comment');
  const end = code.findIndex(({ kind }) => kind === 'semicolon');
  const own = end < 0 ? code : code.slice(0, end);
  const [first] = own;
  if (first === undefined) return { text: 'there is no SQL statement', at: code[0]?.start ?? 0 };
  const second = code.slice(own.length).find(({ kind }) => kind !== 'semicolon');
  if (second !== undefined) {
    return {
      text: 'a second statement begins here; write each into a file of its own',
      at: second.start,
    };
  }
  const verb = verbOf(text, own);
  if (!READS.has(verb) && !WRITES.has(verb)) {
    const known = [...READS, ...WRITES].join(', ');
    return { text: `a query begins with one of ${known}`, at: first.start };
  }
  const hidden = dialect === 'mysql' ? mysqlEscape(text, tokens, own) : undefined;
  return hidden ?? foreignPlaceholder(text, own, dialect) ?? bind(text, own, dialect, verb);
}

/** The first word, behind opening parentheses. */
function verbOf(text: string, tokens: readonly Token[]): string {
  for (const { kind, start, end } of tokens) {
    if (kind === 'word') return text.slice(start, end).toUpperCase();
    if (text.slice(start, end) !== '(') return '';
  }
  return '';
}

/** What MySQL does in spite of a transaction that cannot write: files of the server, code in comments. */
function mysqlEscape(
  text: string,
  tokens: readonly Token[],
  own: readonly Token[],
): StatementFault | undefined {
  const comment = tokens.find(({ start }) => /^\/\*M?!/i.test(text.slice(start, start + 4)));
  if (comment !== undefined) {
    return { text: 'the server would carry this comment out; write it as SQL', at: comment.start };
  }
  const words = own.filter(({ kind }) => kind === 'word');
  const at = words.findIndex(({ start, end }, index) => {
    const next = words[index + 1];
    const following = next === undefined ? '' : text.slice(next.start, next.end);
    return /^into$/i.test(text.slice(start, end)) && /^(?:out|dump)file$/i.test(following);
  });
  const found = words[at];
  return found === undefined
    ? undefined
    : { text: 'a query cannot write files of the server', at: found.start };
}

/**
 * `?` is an operator of PostgreSQL; `$1` has no meaning that could be kept anywhere, and a `$` beside a
 * placeholder of ours would begin a string.
 */
function foreignPlaceholder(
  text: string,
  tokens: readonly Token[],
  dialect: SqlDialect,
): StatementFault | undefined {
  for (const { start, end, kind } of tokens) {
    if (kind !== 'other') continue;
    const own = text.slice(start, end);
    const isAt = own === '@' && dialect === 'sqlite';
    if (own === '$' || isAt || (own === '?' && dialect !== 'postgres')) {
      return { text: 'write parameters as :name and declare them by "-- param"', at: start };
    }
  }
  return undefined;
}

/** Beside a placeholder it would be read as one word with it. */
const PART_OF_WORD = /[\w$\u0080-\uffff]/;

function bind(
  text: string,
  tokens: readonly Token[],
  dialect: SqlDialect,
  verb: string,
): Statement {
  const order: string[] = [];
  const edits: { end: number; shift: number }[] = [];
  const from = tokens[0]?.start ?? 0;
  let sql = '';
  let at = from;
  for (const { kind, start, end } of tokens) {
    if (kind !== 'parameter') continue;
    const name = text.slice(start + 1, end);
    const before = PART_OF_WORD.test(text.charAt(start - 1)) ? ' ' : '';
    const behind = PART_OF_WORD.test(text.charAt(end)) ? ' ' : '';
    sql += text.slice(at, start) + before + placeholder(name, order, dialect) + behind;
    at = end;
    edits.push({ end: sql.length, shift: end - from - sql.length });
  }
  sql += text.slice(at, tokens.at(-1)?.end ?? at);
  return { sql, order, verb, edits };
}

/** MySQL's placeholders have no numbers, so that a value used twice is bound twice. */
function placeholder(name: string, order: string[], dialect: SqlDialect): string {
  const known = order.indexOf(name);
  if (known < 0 || dialect === 'mysql') order.push(name);
  if (dialect === 'mysql') return '?';
  const number = (known < 0 ? order.length - 1 : known) + 1;
  return `${dialect === 'postgres' ? '$' : '?'}${number}`;
}

/** The offset in the statement as written of one in the SQL that the database got. */
export function writtenOffset({ edits }: Statement, offset: number): number {
  const before = edits.findLast(({ end }) => end <= offset);
  return offset + (before?.shift ?? 0);
}
