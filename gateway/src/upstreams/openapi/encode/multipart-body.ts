/** `multipart/*` bodies (RFC 7578): repeated parts for lists, JSON parts for objects, files. */
import { randomBytes } from 'node:crypto';
import { isJsonType } from './content-values.ts';
import { isMediaType } from './media-type.ts';
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

/** One part; `name` is as it was in the document. */
interface Part {
  readonly name: string;
  readonly filename: string;
  /** '' for the default, plain text. */
  readonly contentType: string;
  readonly headers: readonly string[];
  readonly bytes: Buffer;
}

/** No part can end another one: the boundary is random and occurs in none of them. */
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
    for (const file of list) parts.push(filePart(byName.get(name), name, file));
  }
  const boundary = boundaryFor(parts);
  const isForm = /^multipart\/form-data\b/i.test(plan.mediaType);
  const chunks: Buffer[] = [];
  for (const part of parts) {
    chunks.push(Buffer.from(`--${boundary}\r\n${partHead(part, isForm)}\r\n`, 'utf8'));
    chunks.push(part.bytes, Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  const type = plan.mediaType.replace(/;\s*boundary=[^;]*/i, '');
  return { contentType: `${type}; boundary=${boundary}`, bytes: Buffer.concat(chunks) };
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

function filePart(data: PartData | undefined, name: string, file: FileValue): Part {
  const contentType = isMediaType(file.mimeType)
    ? file.mimeType
    : data?.contentType || 'application/octet-stream';
  const filename = file.filename === '' ? 'file' : file.filename;
  return { name, filename, contentType, headers: data?.headers ?? [], bytes: file.bytes };
}

function partHead(part: Part, isForm: boolean): string {
  let head = '';
  if (isForm) {
    head = `Content-Disposition: form-data; name="${quoted(part.name)}"`;
    if (part.filename !== '') head += `; filename="${quoted(part.filename)}"`;
    head += '\r\n';
  } else if (part.filename !== '') {
    head = `Content-Disposition: attachment; filename="${quoted(part.filename)}"\r\n`;
  }
  if (part.contentType !== '') head += `Content-Type: ${part.contentType}\r\n`;
  for (let at = 0; at + 1 < part.headers.length; at += 2) {
    head += `${part.headers[at]}: ${part.headers[at + 1]}\r\n`;
  }
  return head;
}

/** As browsers write names (WHATWG HTML, multipart form data): nothing in them ends the line. */
function quoted(text: string): string {
  return text
    .replaceAll('"', '%22')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replace(/\p{Cc}/gu, '_');
}

function boundaryFor(parts: readonly Part[]): string {
  for (;;) {
    const boundary = `part-${randomBytes(24).toString('hex')}`;
    if (!parts.some((part) => part.bytes.includes(boundary))) return boundary;
  }
}
