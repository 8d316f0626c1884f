/** Sentences for single issues, and the choice of the alternative that somebody meant. */
import type { z } from 'zod';
import type { SchemaGuide } from './json-schema.ts';
import { nearest } from './nearest.ts';
import type { ConfigPath, Finding } from './problem.ts';

export type Issue = z.core.$ZodIssue;

/** Everything needed to word an issue; `valueAt` reads the configuration before validation. */
export interface IssueContext {
  readonly guide: SchemaGuide;
  readonly valueAt: (path: ConfigPath) => unknown;
}

/** zod's own sentences begin like this; anything else was written for this very place. */
const STOCK_MESSAGE = /^(Invalid (input|option|string|number)\b|Too (small|big):)/;

/** zod paths may hold symbols in theory; ours never do. */
export function plainPath(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;
type Recurse = (issues: readonly Issue[], base: ConfigPath, context: IssueContext) => Finding[];

/** The words for an issue that concerns exactly one value. */
export function describeIssue(issue: Issue, path: ConfigPath, context: IssueContext): Finding {
  const value = context.valueAt(path);
  if (value === undefined && path.length > 0 && issue.code !== 'custom') {
    return { path, message: `"${String(path.at(-1))}" is missing here` };
  }
  if (!STOCK_MESSAGE.test(issue.message)) return { path, message: decapitalize(issue.message) };
  switch (issue.code) {
    case 'invalid_type':
      return {
        path,
        message: `must be ${typeWord(issue.expected)}, but is ${kindOf(value)}`,
        hint: quoteHint(issue.expected, value),
      };
    case 'invalid_value':
      return invalidValue(issue.values, value, path);
    case 'too_small':
      return { path, message: boundWords(issue.origin, 'at least', issue.minimum) };
    case 'too_big':
      return { path, message: boundWords(issue.origin, 'at most', issue.maximum) };
    case 'not_multiple_of':
      return { path, message: `must be a multiple of ${issue.divisor}` };
    default:
      return { path, message: decapitalize(issue.message) };
  }
}

/**
 * The findings of the one alternative that the value comes nearest to; when it is of no kind that
 * any alternative takes, one finding that names the kinds.
 */
export function unionFindings(
  issue: UnionIssue,
  path: ConfigPath,
  context: IssueContext,
  recurse: Recurse,
): Finding[] {
  if (context.valueAt(path) === undefined) return [describeIssue(issue, path, context)];
  const fitting = issue.errors.filter((branch) => branch.length > 0 && !branch.some(isOfOtherKind));
  const [best] = fitting.toSorted((a, b) => distance(a) - distance(b));
  if (best !== undefined) return recurse(best, path, context);
  const kinds = new Set(issue.errors.flat().flatMap(expectedKinds));
  const found = kindOf(context.valueAt(path));
  if (kinds.size === 0) return [{ path, message: decapitalize(issue.message) }];
  return [{ path, message: `must be ${[...kinds].join(' or ')}, but is ${found}` }];
}

/** An alternative for another kind of value altogether: nobody meant that one. */
function isOfOtherKind(issue: Issue): boolean {
  return (
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
  );
}

/** How far a value is from an alternative: foreign and missing keys count most. */
function distance(branch: readonly Issue[]): number {
  let sum = 0;
  for (const issue of branch) {
    if (issue.code === 'unrecognized_keys') sum += 2 * issue.keys.length;
    else sum += issue.message.endsWith('received undefined') ? 3 : 1;
  }
  return sum;
}

function expectedKinds(issue: Issue): string[] {
  if (plainPath(issue.path).length > 0) return [];
  if (issue.code === 'invalid_type') return [typeWord(issue.expected)];
  if (issue.code === 'invalid_value')
    return issue.values.map((value) => JSON.stringify(value) ?? '');
  return [];
}

function invalidValue(allowed: readonly unknown[], value: unknown, path: ConfigPath): Finding {
  const words = allowed.map((each) => JSON.stringify(each) ?? '');
  const message = words.length === 1 ? `must be ${words[0]}` : `must be one of ${words.join(', ')}`;
  const near = typeof value === 'string' ? nearest(value, allowed.map(String)) : undefined;
  return { path, message, hint: near === undefined ? undefined : `did you mean "${near}"?` };
}

function boundWords(origin: string, side: string, bound: number | bigint): string {
  if (origin === 'string') return `must have ${side} ${count(bound, 'character')}`;
  if (origin === 'array' || origin === 'set') return `must have ${side} ${count(bound, 'entry')}`;
  if (origin === 'object' || origin === 'record') return `must have ${side} ${count(bound, 'key')}`;
  return `must be ${side} ${bound}`;
}

function count(number: number | bigint, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return Number(number) === 1 ? `1 ${noun}` : `${number} ${plural}`;
}

function typeWord(expected: string): string {
  switch (expected) {
    case 'string':
      return 'text';
    case 'number':
      return 'a number';
    case 'int':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a section with keys';
    case 'null':
      return 'empty';
    default:
      return expected;
  }
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section with keys';
  if (typeof value === 'boolean') return `the word ${value}`;
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number';
  return 'text';
}

function quoteHint(expected: string, value: unknown): string | undefined {
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  return expected === 'string' && isPlain ? 'put it in quotes to mean text' : undefined;
}

function decapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
