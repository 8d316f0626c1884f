/**
 * Splits SQL into what may hold a parameter and what may not: comments, strings and quoted names
 * are passed over whole, by the rules of each database. Nothing is understood beyond that.
 */
import type { SqlDialect } from '../dialect.ts';

export interface Token {
  readonly kind: 'parameter' | 'semicolon' | 'word' | 'comment' | 'other' | 'open';
  /** Offsets in the text; `end` is behind it. */
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const HASH_COMMENT = /#[^\n]*/y;
/** Of MySQL, where a backslash escapes, in strings of either quote. */
const ESCAPED_SINGLE = /'(?:[^'\\]|\\[^]|'')*'/y;
const ESCAPED_DOUBLE = /"(?:[^"\\]|\\[^]|"")*"/y;
const SINGLE = /'(?:[^']|'')*'/y;
const DOUBLE = /"(?:[^"]|"")*"/y;
const BACKTICK = /`(?:[^`]|``)*`/y;
const BRACKET = /\[[^\]]*\]/y;
const ESCAPE_STRING = /[eE]'(?:[^'\\]|\\[^]|'')*'/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\d[\w.]*/y;
const CAST = /::|:=/y;
const PARAMETER = /:[A-Za-z_]\w*/y;

/** Every token but blanks; `open` is a string, name or comment that never ends. */
export function tokenize(sql: string, dialect: SqlDialect): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < sql.length;) {
    const blank = matchAt(SPACE, sql, at);
    if (blank > at) {
      at = blank;
      continue;
    }
    const token = tokenAt(sql, at, dialect);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(sql: string, at: number, dialect: SqlDialect): Token {
  const token = (kind: Token['kind'], end: number): Token => ({ kind, start: at, end });
  const comment = commentEnd(sql, at, dialect);
  if (comment !== undefined)
    return comment < 0 ? token('open', sql.length) : token('comment', comment);
  const quoted = quotedEnd(sql, at, dialect);
  if (quoted !== undefined) return quoted < 0 ? token('open', sql.length) : token('other', quoted);
  if (sql[at] === ';') return token('semicolon', at + 1);
  for (const [kind, pattern] of [
    ['other', CAST],
    ['parameter', PARAMETER],
    ['word', WORD],
    ['other', NUMBER],
  ] as const) {
    const end = matchAt(pattern, sql, at);
    if (end > at) return token(kind, end);
  }
  return token('other', at + 1);
}

/** Undefined where there is no comment; -1 where it never ends. */
function commentEnd(sql: string, at: number, dialect: SqlDialect): number | undefined {
  const two = sql.slice(at, at + 2);
  // MySQL wants a blank or the end of the line behind the two dashes.
  if (two === '--' && (dialect !== 'mysql' || /\s|^$/.test(sql.charAt(at + 2)))) {
    return matchAt(LINE_COMMENT, sql, at);
  }
  if (dialect === 'mysql' && two[0] === '#') return matchAt(HASH_COMMENT, sql, at);
  return two === '/*' ? blockEnd(sql, at, dialect === 'postgres') : undefined;
}

function blockEnd(sql: string, start: number, doesNest: boolean): number {
  let depth = 0;
  for (let at = start; at < sql.length;) {
    const two = sql.slice(at, at + 2);
    if (two === '/*' && (doesNest || depth === 0)) depth++;
    else if (two === '*/') depth--;
    else {
      at++;
      continue;
    }
    at += 2;
    if (depth === 0) return at;
  }
  return -1;
}

/** Undefined where nothing quoted begins; -1 where it never ends. */
function quotedEnd(sql: string, at: number, dialect: SqlDialect): number | undefined {
  const found = (pattern: RegExp): number => {
    const end = matchAt(pattern, sql, at);
    return end > at ? end : -1;
  };
  const first = sql.charAt(at);
  if (first === "'") return found(dialect === 'mysql' ? ESCAPED_SINGLE : SINGLE);
  if (first === '"') return found(dialect === 'mysql' ? ESCAPED_DOUBLE : DOUBLE);
  if (first === '`' && dialect !== 'postgres') return found(BACKTICK);
  if (first === '[' && dialect === 'sqlite') return found(BRACKET);
  if (dialect !== 'postgres') return undefined;
  if (/^[eE]'/.test(sql.slice(at, at + 2))) return found(ESCAPE_STRING);
  const tagEnd = matchAt(DOLLAR_TAG, sql, at);
  if (tagEnd <= at) return undefined;
  const tag = sql.slice(at, tagEnd);
  const close = sql.indexOf(tag, tagEnd);
  return close < 0 ? -1 : close + tag.length;
}

function matchAt(pattern: RegExp, text: string, at: number): number {
  const found = new RegExp(pattern.source, pattern.flags);
  found.lastIndex = at;
  return found.test(text) ? found.lastIndex : at;
}
