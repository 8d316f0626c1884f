import type { Json } from '../../../kernel/index.ts';
import { isList, isObject } from './json-shape.ts';

/**
 * The value without members that are null, an empty text, list or object, from the inside out.
 * Items of lists stay, so that they can still be counted.
 */
export function dropEmpty(value: Json): Json {
  if (isList(value)) return value.map(dropEmpty);
  if (!isObject(value)) return value;
  const kept: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const smaller = dropEmpty(item);
    if (!isEmpty(smaller)) kept.push([key, smaller]);
  }
  return Object.fromEntries(kept);
}

function isEmpty(value: Json): boolean {
  if (value === null || value === '') return true;
  if (isList(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
