/** `multipart/*` bodies (RFC 7578): repeated parts for lists, JSON parts for objects, files. */
import { isJsonType } from './content-values.ts';
import { encodeParts, filePart, type Part } from '../../api/http/multipart.ts';
import { compilePairs } from './pair-styles.ts';
import { itemsOf, wordOf } from './scalars.ts';
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  stringifyExact,
} from '../../../kernel/index.ts';
import type { FileValue } from '../../api/model.ts';
import type { EncodedBody } from '../../api/http/request.ts';
import type { BodyPlan, PartData } from './plan-data.ts';

export function encodeMultipart(
  plan: BodyPlan,
  value: JsonObject,
  files: ReadonlyMap<string, readonly FileValue[]>,
): EncodedBody {
  const byName = new Map(plan.parts.map((part) => [part.name, part]));
  const parts: Part[] = [];
  for (const [name, item] of Object.entries(value))
    parts.push(...valueParts(byName.get(name), name, item));
  for (const [name, list] of files) {
    const data = byName.get(name);
    const otherwise = data?.contentType ?? '';
    for (const file of list) parts.push(filePart(name, file, otherwise, data?.headers));
  }
  return encodeParts(plan.mediaType, parts);
}

function valueParts(data: PartData | undefined, name: string, value: Json): Part[] {
  if (value === null) return [];
  if (data !== undefined && data.style !== null) return styledParts(data, value);
  if (isJsonArray(value)) return itemsOf(value).map((item) => valuePart(data, name, item));
  return [valuePart(data, name, value)];
}

function valuePart(data: PartData | undefined, name: string, value: Json): Part {
  const isStructured = isJsonArray(value) || isJsonObject(value);
  const contentType = data?.contentType || (isStructured ? 'application/json' : '');
  const text = isJsonType(contentType) ? stringifyExact(value) : wordOf(value);
  return textPart(data, name, contentType, text);
}

/** A style replaces the content type (OpenAPI 3.1, encoding object). */
function styledParts(data: PartData, value: Json): Part[] {
  const asIs = (text: string): string => text;
  const pairs = compilePairs({
    name: data.name,
    style: data.style ?? 'form',
    explode: data.explode,
    deepArrays: data.deepArrays,
    encodeName: asIs,
    encode: asIs,
    isBare: true,
  })(value);
  return pairs.map(([name, text]) => textPart(data, name, '', text));
}

function textPart(
  data: PartData | undefined,
  name: string,
  contentType: string,
  text: string,
): Part {
  const bytes = Buffer.from(text, 'utf8');
  return { name, filename: '', contentType, headers: data?.headers ?? [], bytes };
}
