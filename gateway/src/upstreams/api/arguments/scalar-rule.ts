/** The flat layer: scalars and lists of scalars, judged without a compiled validator. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { expected } from './expected.ts';
import { allowedValues, kindOf, kindsOf, settle, takes, toNumber, type Kind } from './kinds.ts';
import type { Effort } from './effort.ts';
import { compileForeignPattern, type Pattern } from './patterns.ts';
import { below, shown, type Problem } from './problem.ts';

/** Judges one value; what is wrong with it is added to `problems`. */
export type Rule = (value: Json, path: string, problems: Problem[]) => void;

const SCALARS: ReadonlySet<Kind> = new Set(['string', 'integer', 'number', 'boolean', 'null']);
/** Keywords that need more than this file. */
const NESTING: ReadonlySet<string> = new Set(
  (
    'anyOf oneOf allOf not if $ref contains prefixItems unevaluatedItems ' +
    'properties required additionalProperties patternProperties'
  ).split(' '),
);

/** Lists in lists; a list of itself has no end. */
const MAX_LISTS = 8;

/** @returns undefined where the schema says more than this layer can judge */
export function scalarRule(
  schema: Json | undefined,
  root: JsonObject,
  effort: Effort,
  depth = 0,
): Rule | undefined {
  if (depth > MAX_LISTS) return undefined;
  const settled = settle(schema, root);
  if (!isJsonObject(settled) || Object.keys(settled).some((key) => NESTING.has(key)))
    return undefined;
  const kinds = kindsOf(settled, root);
  if (kinds === undefined) return undefined;
  if ([...kinds].every((kind) => SCALARS.has(kind))) return scalar(settled, root, kinds, effort);
  if (kinds.size > 1 || !kinds.has('array') || allowedValues(settled) !== undefined) {
    return undefined;
  }
  const each = scalarRule(ownMember(settled, 'items'), root, effort, depth + 1);
  return each === undefined ? undefined : list(settled, root, each);
}

function scalar(
  schema: JsonObject,
  root: JsonObject,
  kinds: ReadonlySet<Kind>,
  effort: Effort,
): Rule {
  const values = allowedValues(schema);
  const allowed = values === undefined ? undefined : new Set(values.map(keyOf));
  const fits = [numberTest(schema), stringTest(schema, effort)];
  let words: string | undefined;
  return (value, path, problems) => {
    const isFine =
      takes(kinds, kindOf(value)) &&
      (allowed === undefined || allowed.has(keyOf(value))) &&
      fits.every((fit) => fit(value));
    if (isFine) return;
    words ??= expected(schema, root);
    problems.push({ path, text: `must be ${words}, not ${shown(value)}.` });
  };
}

/** Equal for equal scalars, however a number is written. */
function keyOf(value: Json): string | number | boolean | null {
  if (typeof value === 'string') return `"${value}`;
  if (value instanceof ExactNumber) return toNumber(value);
  return typeof value === 'object' ? null : value;
}

function list(schema: JsonObject, root: JsonObject, each: Rule): Rule {
  const least = limit(schema, 'minItems');
  const most = limit(schema, 'maxItems');
  const isUnique = ownMember(schema, 'uniqueItems') === true;
  return (value, path, problems) => {
    if (!isJsonArray(value)) {
      problems.push({ path, text: `must be ${expected(schema, root)}, not ${shown(value)}.` });
      return;
    }
    if (isBelow(value.length, least) || isAbove(value.length, most)) {
      problems.push({
        path,
        text: `must be ${expected(schema, root)}, not one of ${value.length}.`,
      });
    }
    if (isUnique && new Set(value.map(keyOf)).size < value.length) {
      problems.push({ path, text: 'must not hold the same item twice.' });
    }
    for (const [at, item] of value.entries()) each(item, below(path, at), problems);
  };
}

function numberTest(schema: JsonObject): (value: Json) => boolean {
  const least = limit(schema, 'minimum');
  const most = limit(schema, 'maximum');
  const above = limit(schema, 'exclusiveMinimum');
  const under = limit(schema, 'exclusiveMaximum');
  const step = limit(schema, 'multipleOf');
  return (value) => {
    if (typeof value !== 'number' && !(value instanceof ExactNumber)) return true;
    const near = toNumber(value);
    if (isBelow(near, least) || isAbove(near, most)) return false;
    // What JavaScript cannot tell apart from the bound may well be on its right side.
    const isExact = value instanceof ExactNumber;
    if (above !== undefined && (near < above || (near === above && !isExact))) return false;
    if (under !== undefined && (near > under || (near === under && !isExact))) return false;
    return step === undefined || step <= 0 || isMultiple(near, step);
  };
}

const PRECISION = 1e-6;

function isMultiple(value: number, step: number): boolean {
  const times = value / step;
  return Math.abs(Math.round(times) - times) <= PRECISION;
}

function stringTest(schema: JsonObject, effort: Effort): (value: Json) => boolean {
  const least = limit(schema, 'minLength');
  const most = limit(schema, 'maxLength');
  const source = ownMember(schema, 'pattern');
  let pattern: Pattern | undefined;
  return (value) => {
    if (typeof value !== 'string') return true;
    if (least !== undefined || most !== undefined) {
      const length = codePoints(value);
      if (isBelow(length, least) || isAbove(length, most)) return false;
    }
    if (typeof source !== 'string') return true;
    pattern ??= compileForeignPattern(source, effort);
    return pattern.test(value);
  };
}

/** Length as JSON Schema counts it (2020-12, validation, 6.3.1). */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function limit(schema: JsonObject, key: string): number | undefined {
  const value = ownMember(schema, key);
  return typeof value === 'number' || value instanceof ExactNumber ? toNumber(value) : undefined;
}

function isBelow(value: number, least: number | undefined): boolean {
  return least !== undefined && value < least;
}

function isAbove(value: number, most: number | undefined): boolean {
  return most !== undefined && value > most;
}
