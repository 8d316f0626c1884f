/** The words of a projection. */

export interface Token {
  readonly kind: 'name' | 'text' | 'literal' | 'number' | 'sign' | 'end';
  /** Decoded; for `literal` the JSON text. */
  readonly text: string;
  /** Character in the expression, counted from 1. */
  readonly at: number;
  /** A quoted name is never a function. */
  readonly isQuoted: boolean;
}

const MAX_EXPRESSION_CHARS = 4000;
const BLANK = /[ \t\r\n]+/;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/;
const NUMBER = /-?\d{1,9}/;
const QUOTED = /"(?:[^"\\]|\\.)*"/;
const RAW = /'(?:[^'\\]|\\.)*'/;
const LITERAL = /`(?:[^`\\]|\\.)*`/;
const SIGN = /\[\?|\[\]|\|\||&&|[=!<>]=|[.*[\](){},:|!<>@]/;

/** @returns words where it cannot be read */
export function readTokens(expression: string): readonly Token[] | string {
  if (expression.length > MAX_EXPRESSION_CHARS) {
    return `The expression is longer than ${MAX_EXPRESSION_CHARS} characters.`;
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < expression.length) {
    const blank = take(BLANK, expression, at);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const token = tokenAt(expression, at);
    if (typeof token === 'string') return token;
    tokens.push(token.token);
    at += token.length;
  }
  tokens.push({ kind: 'end', text: '', at: at + 1, isQuoted: false });
  return tokens;
}

function tokenAt(expression: string, at: number): { token: Token; length: number } | string {
  const as = (
    kind: Token['kind'],
    length: number,
    text: string,
    isQuoted = false,
  ): { token: Token; length: number } => ({
    token: { kind, text, at: at + 1, isQuoted },
    length,
  });
  const name = take(NAME, expression, at);
  if (name !== undefined) return as('name', name.length, name);
  const number = take(NUMBER, expression, at);
  if (number !== undefined) return as('number', number.length, number);
  const quoted = take(QUOTED, expression, at);
  if (quoted !== undefined) {
    const text = decodeQuoted(quoted);
    return text === undefined
      ? `The name at character ${at + 1} is not valid.`
      : as('name', quoted.length, text, true);
  }
  const raw = take(RAW, expression, at);
  if (raw !== undefined) {
    return as('text', raw.length, raw.slice(1, -1).replace(/\\(['\\])/g, '$1'));
  }
  const literal = take(LITERAL, expression, at);
  if (literal !== undefined) {
    return as('literal', literal.length, literal.slice(1, -1).replaceAll('\\`', '`'));
  }
  const sign = take(SIGN, expression, at);
  if (sign !== undefined) return as('sign', sign.length, sign);
  return `Character ${at + 1} (${JSON.stringify(expression[at])}) is not expected here.`;
}

function take(pattern: RegExp, text: string, at: number): string | undefined {
  const sticky = new RegExp(pattern.source, 'y');
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0];
}

function decodeQuoted(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
