/** What the parts of a projection do with a value. Every part is a closure over constants. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonArray,
  ownMember,
  stringifyExact,
} from '../../../kernel/index.ts';

/** Counts the steps of one evaluation. */
export interface Effort {
  /** False when there are no more; then everything is null. */
  spend(steps: number): boolean;
  isSpent(): boolean;
}

export function createEffort(maxSteps: number): Effort {
  let left = maxSteps;
  return {
    spend: (steps) => {
      left -= steps;
      return left >= 0;
    },
    isSpent: () => left < 0,
  };
}

export type Step = (value: Json, effort: Effort) => Json;

export const current: Step = (value) => value;

export function constant(value: Json): Step {
  return () => value;
}

export function field(name: string): Step {
  return (value, effort) =>
    effort.spend(1) && isJsonObject(value) ? (ownMember(value, name) ?? null) : null;
}

export function index(at: number): Step {
  return (value, effort) => (effort.spend(1) && isJsonArray(value) ? (value.at(at) ?? null) : null);
}

export function chain(first: Step, second: Step): Step {
  return (value, effort) => second(first(value, effort), effort);
}

/** Applies `each` to all items that `items` finds and leaves out what becomes null. */
export function project(items: (value: Json) => JsonArray | undefined, each: Step): Step {
  return (value, effort) => {
    const found = items(value);
    if (found === undefined || !effort.spend(found.length + 1)) return null;
    const results: Json[] = [];
    for (const item of found) {
      const result = each(item, effort);
      if (effort.isSpent()) return null;
      if (result !== null) results.push(result);
    }
    return results;
  };
}

export function itemsOf(value: Json): JsonArray | undefined {
  return isJsonArray(value) ? value : undefined;
}

export function valuesOf(value: Json): JsonArray | undefined {
  return isJsonObject(value) ? Object.values(value) : undefined;
}

export function flattened(value: Json): JsonArray | undefined {
  if (!isJsonArray(value)) return undefined;
  return value.flatMap((item): JsonArray => (isJsonArray(item) ? item : [item]));
}

export interface SliceBounds {
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Never 0. */
  readonly by: number;
}

export function sliced({ from, to, by }: SliceBounds): (value: Json) => JsonArray | undefined {
  return (value) => {
    if (!isJsonArray(value)) return undefined;
    const { length } = value;
    const bound = (asked: number | undefined, otherwise: number): number => {
      if (asked === undefined) return otherwise;
      const place = asked < 0 ? asked + length : asked;
      return by > 0
        ? Math.min(Math.max(place, 0), length)
        : Math.min(Math.max(place, -1), length - 1);
    };
    const first = bound(from, by > 0 ? 0 : length - 1);
    const end = bound(to, by > 0 ? length : -1);
    const kept: Json[] = [];
    for (let at = first; by > 0 ? at < end : at > end; at += by) kept.push(value[at] ?? null);
    return kept;
  };
}

export function filter(condition: Step, each: Step): Step {
  return (value, effort) => {
    if (!isJsonArray(value) || !effort.spend(value.length + 1)) return null;
    const results: Json[] = [];
    for (const item of value) {
      const result = isTrue(condition(item, effort)) ? each(item, effort) : null;
      if (effort.isSpent()) return null;
      if (result !== null) results.push(result);
    }
    return results;
  };
}

export function pickList(parts: readonly Step[]): Step {
  return (value, effort) =>
    value === null || !effort.spend(parts.length) ? null : parts.map((part) => part(value, effort));
}

export function pickObject(parts: readonly (readonly [string, Step])[]): Step {
  return (value, effort) =>
    value === null || !effort.spend(parts.length)
      ? null
      : Object.fromEntries(parts.map(([name, part]) => [name, part(value, effort)]));
}

export function either(first: Step, second: Step): Step {
  return (value, effort) => {
    const result = first(value, effort);
    return isTrue(result) ? result : second(value, effort);
  };
}

export function both(first: Step, second: Step): Step {
  return (value, effort) => {
    const result = first(value, effort);
    return isTrue(result) ? second(value, effort) : result;
  };
}

export function not(part: Step): Step {
  return (value, effort) => !isTrue(part(value, effort));
}

/** False, null, and what is empty count as false (JMESPath, "Or Expressions"). */
export function isTrue(value: Json): boolean {
  if (value === null || value === false || value === '') return false;
  if (isJsonArray(value)) return value.length > 0;
  return !isJsonObject(value) || Object.keys(value).length > 0;
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export function compare(sign: Comparison, first: Step, second: Step): Step {
  return (value, effort) => {
    const [a, b] = [first(value, effort), second(value, effort)];
    if (!effort.spend(1)) return null;
    if (sign === '==') return isSame(a, b, effort);
    if (sign === '!=') return !isSame(a, b, effort);
    const [left, right] = [numberOf(a), numberOf(b)];
    if (left === undefined || right === undefined) return null;
    if (sign === '<') return left < right;
    if (sign === '<=') return left <= right;
    return sign === '>' ? left > right : left >= right;
  };
}

export function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof ExactNumber ? Number(value.text) : undefined;
}

export function isSame(a: Json, b: Json, effort: Effort): boolean {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left === right;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [first, second] = [sortedText(a), sortedText(b)];
  return effort.spend(first.length / 8) && first === second;
}

function sortedText(value: Json): string {
  return stringifyExact(sorted(value));
}

function sorted(value: Json): Json {
  if (isJsonArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
