/** Filters of JSONPath: `?@.x == 'y' && !@.z`, with `||` and brackets. */
import type { Comparison, Filter, Operand, Step } from './path-model.ts';
import type { PathReader } from './path-reader.ts';

/** How a path inside a filter is read; handed in, for paths hold filters and filters paths. */
type ParseSteps = (reader: PathReader) => readonly Step[];

const MAX_DEPTH = 20;
const NOTHING: Operand = { kind: 'literal', value: null };

export function parseFilter(reader: PathReader, parseSteps: ParseSteps): Filter {
  if (++reader.depth > MAX_DEPTH) reader.refuse(`Filters are nested deeper than ${MAX_DEPTH}.`);
  const parts: Filter[] = [];
  do parts.push(parseEvery(reader, parseSteps));
  while (takeAfterBlanks(reader, '||'));
  reader.depth--;
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'any', parts };
}

function parseEvery(reader: PathReader, parseSteps: ParseSteps): Filter {
  const parts: Filter[] = [];
  do parts.push(parseTerm(reader, parseSteps));
  while (takeAfterBlanks(reader, '&&'));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'every', parts };
}

function takeAfterBlanks(reader: PathReader, token: string): boolean {
  reader.skipBlanks();
  return reader.take(token);
}

function parseTerm(reader: PathReader, parseSteps: ParseSteps): Filter {
  reader.skipBlanks();
  const isNot = reader.take('!');
  reader.skipBlanks();
  if (reader.take('(')) {
    const inner = parseFilter(reader, parseSteps);
    if (!takeAfterBlanks(reader, ')')) reader.fail('")"');
    return isNot ? { kind: 'not', part: inner } : inner;
  }
  const left = parseOperand(reader, parseSteps);
  reader.skipBlanks();
  const operator = OPERATORS.find((known) => reader.take(known));
  if (operator === undefined) {
    if (left.kind === 'literal') reader.fail('a comparison');
    const exists: Filter = { kind: 'exists', path: left };
    return isNot ? { kind: 'not', part: exists } : exists;
  }
  if (isNot) reader.refuse('"!" stands before a path or brackets, not before a comparison.');
  return { kind: 'compare', operator, left, right: parseOperand(reader, parseSteps) };
}

const OPERATORS: readonly Comparison[] = ['==', '!=', '<=', '>=', '<', '>'];
const WORDS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

function parseOperand(reader: PathReader, parseSteps: ParseSteps): Operand {
  reader.skipBlanks();
  const isRoot = reader.take('$');
  if (isRoot || reader.take('@')) return { kind: 'path', isRoot, steps: parseSteps(reader) };
  const text = reader.quoted();
  if (text !== undefined) return { kind: 'literal', value: text };
  const number = reader.match(/-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
  if (number !== undefined) return { kind: 'literal', value: Number(number) };
  const word = reader.match(/[a-z][a-z0-9_]*/y);
  const value = word === undefined ? undefined : WORDS.get(word);
  if (value !== undefined) return { kind: 'literal', value };
  if (word === undefined) reader.fail('"@", "$" or a literal');
  else reader.refuse(`The function ${word}() is not supported: compare with ==, !=, <, <=, >, >=.`);
  return NOTHING;
}
