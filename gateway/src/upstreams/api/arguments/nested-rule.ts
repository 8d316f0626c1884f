/** Values that nest, judged by a validator that is compiled when the first one comes. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../../kernel/index.ts';
import { nestedProblems } from './nested-problems.ts';
import { spend, type Effort } from './effort.ts';
import { compileForeignPattern, type Pattern } from './patterns.ts';
import { COST_KEYWORD, plain, plainSchema } from './plain-schema.ts';
import type { Rule } from './scalar-rule.ts';

/** Larger schemas are left to the API: compiling takes about 0.1 ms for each node, once. */
const MAX_SCHEMA_NODES = 2000;
/** For larger values only the first problem is told. */
const MAX_VALUE_NODES = 2000;

/** What looking at one schema costs, errors gathered and not. */
const LOOK_COST = 40;
const LOOK_AT_ALL_COST = 400;

/** Ends a validation that costs too much. */
class TooMuch extends Error {}

/**
 * Everything passes where no validator can be made of the schema, and where judging costs too much:
 * choices within choices can be looked at in more ways than there is time for.
 */
export function nestedRule(schema: Json, root: JsonObject, effort: Effort): Rule {
  let first: ValidateFunction | undefined;
  let all: ValidateFunction | undefined;
  return (value, path, problems) => {
    const data = plain(value);
    first ??= compile(schema, root, effort, false);
    if (passes(first, data)) return;
    const isSmall = nodesOf(value, MAX_VALUE_NODES) < MAX_VALUE_NODES;
    if (isSmall) all ??= compile(schema, root, effort, true);
    const told = isSmall && all !== undefined && !passes(all, data) ? all : first;
    const errors: readonly ErrorObject[] = told.errors ?? [];
    problems.push(...nestedProblems(errors, { value, path, schema, root }));
  };
}

function passes(validate: ValidateFunction, data: unknown): boolean {
  try {
    return validate(data);
  } catch (error) {
    // A schema that applies itself to the same value again overflows the stack.
    if (error instanceof TooMuch || error instanceof RangeError) return true;
    throw error;
  }
}

function compile(
  schema: Json,
  root: JsonObject,
  effort: Effort,
  tellsAll: boolean,
): ValidateFunction {
  const ajv = new Ajv2020({
    strict: false,
    meta: false,
    validateSchema: false,
    validateFormats: false,
    ownProperties: true,
    inlineRefs: false,
    multipleOfPrecision: 6,
    allErrors: tellsAll,
    verbose: tellsAll,
    logger: false,
    // Optimizing takes eight times as long as all the rest.
    code: { optimize: false, regExp: patternsOf(effort) },
  });
  const cost = tellsAll ? LOOK_AT_ALL_COST : LOOK_COST;
  ajv.addKeyword({
    keyword: COST_KEYWORD,
    errors: false,
    validate: () => {
      if (!spend(effort, cost)) throw new TooMuch();
      return true;
    },
  });
  const known = plainSchema(schema, root, MAX_SCHEMA_NODES);
  try {
    return ajv.compile(known ?? true);
  } catch {
    return ajv.compile(true);
  }
}

/** The compiler takes two patterns of the same text for one. */
function patternsOf(effort: Effort) {
  const make = (source: string): Pattern & { toString(): string } => {
    const pattern = compileForeignPattern(source, effort);
    return { test: (text) => pattern.test(text), toString: () => source };
  };
  return Object.assign(make, { code: 'new RegExp' });
}

/** Values in a value, counted up to `enough`. */
function nodesOf(value: Json, enough: number): number {
  let count = 0;
  const waiting: Json[] = [value];
  for (let at = waiting.pop(); at !== undefined && count < enough; at = waiting.pop()) {
    count++;
    if (isJsonArray(at)) for (const each of at) waiting.push(each);
    else if (isJsonObject(at)) for (const each of Object.values(at)) waiting.push(each);
  }
  return count;
}
