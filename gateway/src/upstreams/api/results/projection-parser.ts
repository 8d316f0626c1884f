/** Reads a projection by the precedence of its signs (JMESPath, "Grammar"). */
import { parseExact, type Json } from '../../../kernel/index.ts';
import { callOf } from './projection-functions.ts';
import { readTokens, type Token } from './projection-lexer.ts';
import {
  both,
  chain,
  compare,
  constant,
  current,
  either,
  field,
  filter,
  flattened,
  index,
  itemsOf,
  not,
  pickList,
  pickObject,
  project,
  sliced,
  valuesOf,
  type Comparison,
  type Step,
} from './projection-steps.ts';

const MAX_DEPTH = 60;

/** How strongly a sign binds to what stands before it; what is not here ends an expression. */
const BINDING: Readonly<Record<string, number>> = {
  '|': 1,
  '||': 2,
  '&&': 3,
  '==': 5,
  '!=': 5,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '[]': 9,
  '[?': 21,
  '.': 40,
  '[': 55,
};
/** What binds less than this ends a projection: it is applied to the list as a whole. */
const PROJECTION_STOP = 10;
const PROJECTED = 20;
const NEGATED = 45;

/** Leaves the parser from any depth; never leaves this file. */
class Fault extends Error {}

/** @returns words where the expression cannot be read */
export function parseProjection(expression: string): Step | string {
  const tokens = readTokens(expression);
  if (typeof tokens === 'string') return tokens;
  const parser = createParser(tokens);
  try {
    return parser();
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
}

interface Source {
  peek(ahead?: number): Token;
  next(): Token;
  /** Takes this sign where it is next. */
  takes(sign: string): boolean;
  expect(sign: string): void;
  fail(token: Token, why?: string): never;
  expression(binding: number): Step;
}

function createParser(tokens: readonly Token[]): () => Step {
  let at = 0;
  let depth = 0;
  const end: Token = { kind: 'end', text: '', at: 1, isQuoted: false };
  const source: Source = {
    peek: (ahead = 0) => tokens[at + ahead] ?? tokens.at(-1) ?? end,
    next: () => {
      const token = source.peek();
      at++;
      return token;
    },
    takes: (sign) => {
      const isNext = isSign(source.peek(), sign);
      if (isNext) at++;
      return isNext;
    },
    expect: (sign) => {
      if (!source.takes(sign)) source.fail(source.peek(), `${sign} is expected`);
    },
    fail: (token, why = 'this is not expected') => {
      const what = token.kind === 'end' ? 'the end' : JSON.stringify(token.text);
      throw new Fault(`At character ${token.at} (${what}): ${why}.`);
    },
    expression: (binding) => {
      if (depth++ > MAX_DEPTH) source.fail(source.peek(), 'this is nested too deep');
      let left = readStart(source);
      while (bindingOf(source.peek()) > binding) left = readMore(source, left);
      depth--;
      return left;
    },
  };
  return () => {
    const step = source.expression(0);
    if (source.peek().kind !== 'end') source.fail(source.peek());
    return step;
  };
}

function isSign(token: Token, sign: string): boolean {
  return token.kind === 'sign' && token.text === sign;
}

function bindingOf(token: Token): number {
  return token.kind === 'sign' ? (BINDING[token.text] ?? 0) : 0;
}

/** What may stand at the beginning of an expression. */
function readStart(source: Source): Step {
  const token = source.next();
  if (token.kind === 'name') {
    return !token.isQuoted && source.takes('(') ? readCall(source, token) : field(token.text);
  }
  if (token.kind === 'text') return constant(token.text);
  if (token.kind === 'literal') return constant(readLiteral(source, token));
  if (token.kind !== 'sign') return source.fail(token);
  if (token.text === '@') return current;
  if (token.text === '*') return project(valuesOf, readProjected(source, PROJECTED));
  if (token.text === '!') return not(source.expression(NEGATED));
  if (token.text === '{') return readObject(source);
  if (token.text === '(') {
    const inner = source.expression(0);
    source.expect(')');
    return inner;
  }
  if (token.text === '[' && !startsIndex(source)) return readList(source);
  return readBrackets(source, token) ?? source.fail(token);
}

/** What may follow a complete expression. */
function readMore(source: Source, left: Step): Step {
  const token = source.next();
  const { text } = token;
  if (text === '.') return readDot(source, left);
  const brackets = readBrackets(source, token);
  if (brackets !== undefined) return chain(left, brackets);
  const right = source.expression(bindingOf(token));
  if (text === '|') return chain(left, right);
  if (text === '||') return either(left, right);
  if (text === '&&') return both(left, right);
  const sign = COMPARISONS.find((one) => one === text);
  return sign === undefined ? source.fail(token) : compare(sign, left, right);
}

const COMPARISONS: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>='];

function readDot(source: Source, left: Step): Step {
  if (source.takes('*')) return chain(left, project(valuesOf, readProjected(source, PROJECTED)));
  return chain(left, readAfterDot(source));
}

function readAfterDot(source: Source): Step {
  const token = source.peek();
  if (token.kind === 'name') return source.expression(BINDING['.'] ?? 0);
  if (source.takes('[')) return readList(source);
  if (source.takes('{')) return readObject(source);
  return source.fail(token, 'a name, [ or { is expected after the point');
}

/** `[]`, `[?`, and `[` with an index, a slice or a star; undefined for any other sign. */
function readBrackets(source: Source, token: Token): Step | undefined {
  if (token.text === '[]') return project(flattened, readProjected(source, BINDING['[]'] ?? 0));
  if (token.text === '[?') {
    const condition = source.expression(0);
    source.expect(']');
    return filter(condition, readProjected(source, BINDING['[?'] ?? 0));
  }
  if (token.text !== '[') return undefined;
  if (source.takes('*')) {
    source.expect(']');
    return project(itemsOf, readProjected(source, PROJECTED));
  }
  return readIndexOrSlice(source);
}

function startsIndex(source: Source): boolean {
  const token = source.peek();
  if (token.kind === 'number' || isSign(token, ':')) return true;
  return isSign(token, '*') && isSign(source.peek(1), ']');
}

function readIndexOrSlice(source: Source): Step {
  const bounds: (number | undefined)[] = [undefined];
  const start = source.peek();
  while (!source.takes(']')) {
    const token = source.next();
    if (isSign(token, ':') && bounds.length < 3) bounds.push(undefined);
    else if (token.kind === 'number' && bounds.at(-1) === undefined) {
      bounds[bounds.length - 1] = Number(token.text);
    } else source.fail(token);
  }
  const [from, to, by = 1] = bounds;
  if (bounds.length === 1) {
    return from === undefined ? source.fail(start, 'a number is expected') : index(from);
  }
  if (by === 0) return source.fail(start, 'the step of a slice cannot be 0');
  return project(sliced({ from, to, by }), readProjected(source, PROJECTED));
}

/** What is applied to every item of a projection. */
function readProjected(source: Source, binding: number): Step {
  const token = source.peek();
  if (bindingOf(token) < PROJECTION_STOP) return current;
  if (source.takes('.')) {
    if (!source.takes('*')) return continued(source, readAfterDot(source), binding);
    return project(valuesOf, readProjected(source, binding));
  }
  const brackets = readBrackets(source, source.next());
  return brackets === undefined ? source.fail(token) : continued(source, brackets, binding);
}

function continued(source: Source, start: Step, binding: number): Step {
  let left = start;
  while (bindingOf(source.peek()) > Math.max(binding, PROJECTION_STOP)) {
    left = readMore(source, left);
  }
  return left;
}

function readList(source: Source): Step {
  const parts: Step[] = [];
  do parts.push(source.expression(0));
  while (source.takes(','));
  source.expect(']');
  return pickList(parts);
}

function readObject(source: Source): Step {
  const parts: [string, Step][] = [];
  do {
    const name = source.next();
    if (name.kind !== 'name') source.fail(name, 'a name is expected');
    source.expect(':');
    parts.push([name.text, source.expression(0)]);
  } while (source.takes(','));
  source.expect('}');
  return pickObject(parts);
}

function readCall(source: Source, name: Token): Step {
  const args: Step[] = [];
  if (!source.takes(')')) {
    do args.push(source.expression(0));
    while (source.takes(','));
    source.expect(')');
  }
  const call = callOf(name.text, args);
  return typeof call === 'string' ? source.fail(name, call.replace(/\.$/, '')) : call;
}

function readLiteral(source: Source, token: Token): Json {
  try {
    return parseExact(token.text.trim());
  } catch {
    return source.fail(token, "this is not JSON; write a text as 'text'");
  }
}
