/** Foreign values as they come from a parser, read without trusting their shape. */
import { ExactNumber, type Json } from '../../../kernel/index.ts';
import type { Node } from '../document.ts';

/** @returns whether `node` is a mapping */
export function isMapping(node: Node): node is Readonly<Record<string, Node>> {
  return (
    typeof node === 'object' &&
    node !== null &&
    !Array.isArray(node) &&
    !(node instanceof ExactNumber) &&
    !(node instanceof Date)
  );
}

/** @returns whether `node` is a list */
export function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}

/** A finite number, also where it was written as text or kept exactly; undefined for all else. */
export function numberOf(node: Node): number | undefined {
  const text = node instanceof ExactNumber ? node.text : node;
  if (typeof text === 'number') return Number.isFinite(text) ? text : undefined;
  if (typeof text === 'bigint') return Number(text);
  if (typeof text !== 'string' || !/^\s*[-+]?\d+(\.\d+)?([eE][-+]?\d+)?\s*$/.test(text)) {
    return undefined;
  }
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Text where `node` is text that says something; '' otherwise. */
export function textOf(node: Node): string {
  return typeof node === 'string' ? node.trim() : '';
}

/** True also where it was written as text. */
export function isTrue(node: Node): boolean {
  return node === true || node === 'true';
}

const MAX_VALUE_DEPTH = 12;

/**
 * A value as JSON: dates as text, numbers as JavaScript has them.
 * @returns undefined where it is nothing that JSON knows, or deeper than 12 levels
 */
export function jsonOf(node: Node, depth = 0): Json | undefined {
  if (node === null || typeof node === 'string' || typeof node === 'boolean') return node;
  if (node instanceof Date) return Number.isNaN(node.getTime()) ? undefined : node.toISOString();
  const number = typeof node === 'string' ? undefined : numberOf(node);
  if (number !== undefined) return number;
  if (depth >= MAX_VALUE_DEPTH) return undefined;
  if (isList(node)) return node.map((item) => jsonOf(item, depth + 1) ?? null);
  if (!isMapping(node)) return undefined;
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(node)) {
    const value = jsonOf(item, depth + 1);
    if (value !== undefined) entries.push([key, value]);
  }
  return Object.fromEntries(entries);
}
