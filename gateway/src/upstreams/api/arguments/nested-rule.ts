/** Values that nest, judged by a validator that is compiled when the first one comes. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { isArray, isObject } from './kinds.ts';
import { nestedProblems } from './nested-problems.ts';
import { compileForeignPattern, type Pattern } from './patterns.ts';
import { plain, plainSchema } from './plain-schema.ts';
import type { Rule } from './scalar-rule.ts';

/** Larger schemas are left to the API: compiling takes about 0.1 ms for each node, once. */
const MAX_SCHEMA_NODES = 2000;
/** For larger values only the first problem is told. */
const MAX_VALUE_NODES = 2000;

/** Everything passes where no validator can be made of the schema. */
export function nestedRule(schema: Json, root: JsonObject): Rule {
  let first: ValidateFunction | undefined;
  let all: ValidateFunction | undefined;
  return (value, path, problems) => {
    const data = plain(value);
    first ??= compile(schema, root, false);
    if (first(data)) return;
    const isSmall = nodesOf(value, MAX_VALUE_NODES) < MAX_VALUE_NODES;
    if (isSmall) all ??= compile(schema, root, true);
    const told = isSmall && all !== undefined && !all(data) ? all : first;
    const errors: readonly ErrorObject[] = told.errors ?? [];
    problems.push(...nestedProblems(errors, { value, path, schema, root }));
  };
}

function compile(schema: Json, root: JsonObject, tellsAll: boolean): ValidateFunction {
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
    code: { optimize: false, regExp: Object.assign(namedPattern, { code: 'new RegExp' }) },
  });
  const known = plainSchema(schema, root, MAX_SCHEMA_NODES);
  try {
    return ajv.compile(known ?? true);
  } catch {
    return ajv.compile(true);
  }
}

/** The compiler takes two patterns of the same text for one. */
function namedPattern(source: string): Pattern & { toString(): string } {
  const pattern = compileForeignPattern(source);
  return { test: (text) => pattern.test(text), toString: () => source };
}

/** Values in a value, counted up to `enough`. */
function nodesOf(value: Json, enough: number): number {
  let count = 0;
  const waiting: Json[] = [value];
  for (let at = waiting.pop(); at !== undefined && count < enough; at = waiting.pop()) {
    count++;
    if (isArray(at)) for (const each of at) waiting.push(each);
    else if (isObject(at)) for (const each of Object.values(at)) waiting.push(each);
  }
  return count;
}
