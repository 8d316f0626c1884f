/** Bodies of several parts (RFC 7578 for forms, RFC 2046 for others). */
import { randomBytes } from 'node:crypto';
import type { FileValue } from '../model.ts';
import { isMediaType } from './media-type.ts';
import type { EncodedBody } from './request.ts';

export interface Part {
  readonly name: string;
  /** '' for none. */
  readonly filename: string;
  /** '' for the default, plain text. */
  readonly contentType: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly bytes: Buffer;
}

/** No part can end another one: the boundary is random and occurs in none of them. */
export function encodeParts(mediaType: string, parts: readonly Part[]): EncodedBody {
  const boundary = boundaryFor(parts);
  const isForm = /^multipart\/form-data\b/i.test(mediaType);
  const chunks: Buffer[] = [];
  for (const part of parts) {
    chunks.push(Buffer.from(`--${boundary}\r\n${partHead(part, isForm)}\r\n`, 'utf8'));
    chunks.push(part.bytes, Buffer.from('\r\n'));
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`));
  const type = mediaType.replace(/;\s*boundary=[^;]*/i, '');
  return { contentType: `${type}; boundary=${boundary}`, bytes: Buffer.concat(chunks) };
}

/** @param otherwise type of a file that has none that could be sent; '' for bytes of any kind */
export function filePart(
  name: string,
  file: FileValue,
  otherwise = '',
  headers: readonly string[] = [],
): Part {
  const contentType = isMediaType(file.mimeType)
    ? file.mimeType
    : otherwise || 'application/octet-stream';
  const filename = file.filename === '' ? 'file' : file.filename;
  return { name, filename, contentType, headers, bytes: file.bytes };
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
