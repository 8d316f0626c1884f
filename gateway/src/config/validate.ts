/** A parsed file against the schema, twice lenient: `x-*` keys, and numbers out of placeholders. */
import type { z } from 'zod';
import { findingsOf } from './findings.ts';
import { plainPath, type Issue } from './issue-words.ts';
import { SchemaGuide } from './json-schema.ts';
import type { ConfigPath, Finding } from './problem.ts';

export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** How often a value is mended and looked at again: every pass needs something new to mend. */
const MAX_PASSES = 8;

/**
 * Validates `value`. Keys that begin with `x-` are dropped where the schema does not know them.
 * Text that came out of a placeholder becomes a number or a truth value where one is expected.
 * @param filledPaths paths (as JSON) of scalars that held a placeholder
 */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
  filledPaths: ReadonlySet<string>,
): Validated<T> {
  const current: unknown = structuredClone(value);
  for (let pass = 0; ; pass += 1) {
    const result = schema.safeParse(current);
    if (result.success) return { ok: true, value: result.data };
    const issues = result.error.issues;
    if (pass < MAX_PASSES && mend(issues, [], current, filledPaths)) continue;
    const guide = new SchemaGuide(schema);
    const valueAt = (path: ConfigPath) => lookUp(current, path);
    return { ok: false, findings: findingsOf(issues, [], { guide, valueAt }) };
  }
}

/** @returns whether anything in `root` was changed */
function mend(
  issues: readonly Issue[],
  base: ConfigPath,
  root: unknown,
  filledPaths: ReadonlySet<string>,
): boolean {
  let mended = false;
  for (const issue of issues) {
    const path = [...base, ...plainPath(issue.path)];
    if (issue.code === 'unrecognized_keys') {
      mended = dropExtensions(lookUp(root, path), issue.keys) || mended;
    } else if (issue.code === 'invalid_union') {
      for (const branch of issue.errors) mended = mend(branch, path, root, filledPaths) || mended;
    } else if (issue.code === 'invalid_type' && filledPaths.has(JSON.stringify(path))) {
      mended = convert(root, path, issue.expected) || mended;
    }
  }
  return mended;
}

function dropExtensions(section: unknown, keys: readonly string[]): boolean {
  if (!isRecord(section)) return false;
  let dropped = false;
  for (const key of keys) {
    if (key.startsWith('x-')) dropped = Reflect.deleteProperty(section, key) || dropped;
  }
  return dropped;
}

function convert(root: unknown, path: ConfigPath, expected: string): boolean {
  const text = lookUp(root, path);
  const parent = lookUp(root, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof text !== 'string' || last === undefined) return false;
  if (!isRecord(parent) && !Array.isArray(parent)) return false;
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  if ((expected === 'number' || expected === 'int') && isNumber) {
    return Reflect.set(parent, last, Number(text));
  }
  if (expected === 'boolean' && (text === 'true' || text === 'false')) {
    return Reflect.set(parent, last, text === 'true');
  }
  return false;
}

function lookUp(root: unknown, path: ConfigPath): unknown {
  let at = root;
  for (const step of path) {
    if (Array.isArray(at)) at = typeof step === 'number' ? at[step] : undefined;
    else if (isRecord(at)) at = Object.hasOwn(at, step) ? at[step] : undefined;
    else return undefined;
  }
  return at;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
