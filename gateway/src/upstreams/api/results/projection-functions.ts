/** The functions that a projection may call. What does not suit a function gives null. */
import { isJsonArray, isJsonObject, type Json, stringifyExact } from '../../../kernel/index.ts';
import { isSame, numberOf, type Effort, type Step } from './projection-steps.ts';

interface Known {
  readonly min: number;
  readonly max: number;
  readonly run: (values: readonly Json[], effort: Effort) => Json;
}

const FUNCTIONS: ReadonlyMap<string, Known> = new Map<string, Known>([
  ['length', { min: 1, max: 1, run: ([value = null]) => lengthOf(value) }],
  [
    'keys',
    { min: 1, max: 1, run: ([value = null]) => (isJsonObject(value) ? Object.keys(value) : null) },
  ],
  [
    'values',
    {
      min: 1,
      max: 1,
      run: ([value = null]) => (isJsonObject(value) ? Object.values(value) : null),
    },
  ],
  [
    'not_null',
    { min: 1, max: 16, run: (values) => values.find((value) => value !== null) ?? null },
  ],
  ['contains', { min: 2, max: 2, run: contains }],
  ['starts_with', { min: 2, max: 2, run: ([a, b]) => ofTexts(a, b, (x, y) => x.startsWith(y)) }],
  ['ends_with', { min: 2, max: 2, run: ([a, b]) => ofTexts(a, b, (x, y) => x.endsWith(y)) }],
  ['join', { min: 2, max: 2, run: join }],
  ['reverse', { min: 1, max: 1, run: ([value = null]) => reversed(value) }],
  ['sort', { min: 1, max: 1, run: ([value = null]) => sortedList(value) }],
  [
    'to_string',
    {
      min: 1,
      max: 1,
      run: ([value = null]) => (typeof value === 'string' ? value : stringifyExact(value)),
    },
  ],
  ['type', { min: 1, max: 1, run: ([value = null]) => typeOf(value) }],
]);

/** @returns words where there is no such function, or not with so many arguments */
export function callOf(name: string, args: readonly Step[]): Step | string {
  const known = FUNCTIONS.get(name);
  if (known === undefined) {
    return `There is no function ${name}; there are ${[...FUNCTIONS.keys()].join(', ')}.`;
  }
  if (args.length < known.min || args.length > known.max) {
    const count = known.min === known.max ? `${known.min}` : `${known.min} to ${known.max}`;
    return `${name} takes ${count} argument${count === '1' ? '' : 's'}.`;
  }
  return (value, effort) => {
    const values = args.map((arg) => arg(value, effort));
    const cost = values.reduce((sum: number, one) => sum + costOf(one), 1);
    return effort.spend(cost) ? known.run(values, effort) : null;
  };
}

function costOf(value: Json): number {
  if (typeof value === 'string') return value.length / 16;
  return isJsonArray(value) ? value.length : 1;
}

function lengthOf(value: Json): Json {
  if (typeof value === 'string') return Array.from(value).length;
  if (isJsonArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : null;
}

function contains([where = null, what = null]: readonly Json[], effort: Effort): Json {
  if (isJsonArray(where)) return where.some((item) => isSame(item, what, effort));
  return ofTexts(where, what, (a, b) => a.includes(b));
}

function ofTexts(
  a: Json | undefined,
  b: Json | undefined,
  test: (a: string, b: string) => boolean,
): Json {
  return typeof a === 'string' && typeof b === 'string' ? test(a, b) : null;
}

function join([glue = null, list = null]: readonly Json[]): Json {
  if (typeof glue !== 'string' || !isJsonArray(list)) return null;
  return list.filter((item) => typeof item === 'string').join(glue);
}

function reversed(value: Json): Json {
  if (typeof value === 'string') return Array.from(value).toReversed().join('');
  return isJsonArray(value) ? value.toReversed() : null;
}

function sortedList(value: Json): Json {
  if (!isJsonArray(value)) return null;
  if (value.every((item) => typeof item === 'string')) return value.toSorted();
  if (!value.every((item) => numberOf(item) !== undefined)) return null;
  return value.toSorted((a, b) => (numberOf(a) ?? 0) - (numberOf(b) ?? 0));
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  return numberOf(value) === undefined ? typeof value : 'number';
}
