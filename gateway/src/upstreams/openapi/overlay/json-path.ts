/**
 * JSONPath (RFC 9535) as a list of steps: names, indexes, slices, wildcards, descendants, unions and
 * filters with comparisons. Functions such as `length()` are refused.
 */
import { parseFilter } from './filter-grammar.ts';
import type { Selector, Step } from './path-model.ts';
import { PathReader } from './path-reader.ts';

/** @returns the steps behind `$`, or words that say what is wrong and where */
export function parseJsonPath(text: string): readonly Step[] | string {
  if (text.length > 10_000) return 'The path is longer than 10,000 characters.';
  const reader = new PathReader(text.trim());
  if (!reader.take('$')) return `A path begins with "$", not "${text.slice(0, 20)}".`;
  const steps = parseSteps(reader);
  if (reader.fault === '' && !reader.isAtEnd()) reader.fail('a step such as .name or [...]');
  return reader.fault === '' ? steps : `${reader.fault} (in ${text.slice(0, 200)})`;
}

/** All steps that follow, until something else does. */
export function parseSteps(reader: PathReader): readonly Step[] {
  const steps: Step[] = [];
  while (reader.fault === '') {
    reader.skipBlanks();
    const isDeep = reader.take('..');
    if (reader.take('[')) steps.push({ isDeep, selectors: parseBrackets(reader) });
    else if (isDeep || reader.take('.'))
      steps.push({ isDeep, selectors: [parseShorthand(reader)] });
    else break;
  }
  return steps;
}

function parseShorthand(reader: PathReader): Selector {
  if (reader.take('*')) return { kind: 'all' };
  const name = reader.match(/[\p{L}_][\p{L}\p{N}_-]*/uy);
  if (name === undefined) reader.fail('a name or "*"');
  return { kind: 'name', name: name ?? '' };
}

function parseBrackets(reader: PathReader): readonly Selector[] {
  const selectors: Selector[] = [];
  do {
    reader.skipBlanks();
    selectors.push(parseSelector(reader));
    reader.skipBlanks();
  } while (reader.fault === '' && reader.take(','));
  if (!reader.take(']')) reader.fail('"]"');
  return selectors;
}

function parseSelector(reader: PathReader): Selector {
  if (reader.take('*')) return { kind: 'all' };
  if (reader.take('?')) return { kind: 'filter', filter: parseFilter(reader, parseSteps) };
  const name = reader.quoted();
  if (name !== undefined) return { kind: 'name', name };
  const first = reader.integer();
  reader.skipBlanks();
  if (!reader.take(':')) {
    if (first === undefined) reader.fail("a name in quotes, an index, a slice, '*' or '?'");
    return { kind: 'index', index: first ?? 0 };
  }
  reader.skipBlanks();
  const end = reader.integer();
  reader.skipBlanks();
  const step = reader.take(':') ? (reader.skipBlanks(), reader.integer()) : undefined;
  return { kind: 'slice', start: first, end, step: step ?? 1 };
}
