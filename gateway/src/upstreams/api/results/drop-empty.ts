import { isJsonArray, isJsonObject, type Json } from '../../../kernel/index.ts';

/**
 * The value without members that are null, an empty text, list or object, from the inside out.
 * Items of lists stay, so that they can still be counted.
 */
export function dropEmpty(value: Json): Json {
  if (isJsonArray(value)) return value.map(dropEmpty);
  if (!isJsonObject(value)) return value;
  const kept: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const smaller = dropEmpty(item);
    if (!isEmpty(smaller)) kept.push([key, smaller]);
  }
  return Object.fromEntries(kept);
}

function isEmpty(value: Json): boolean {
  if (value === null || value === '') return true;
  if (isJsonArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}
