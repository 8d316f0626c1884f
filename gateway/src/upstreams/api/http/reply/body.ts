/** Bytes of an answer as what they mean. */
import type { CutReason, ResponseHeaders } from '../../../../egress/index.ts';
import type { ReplyBody } from '../../model.ts';
import { decodeText, typeOnly } from '../../results/charset.ts';
import { filenameOf, formOf, headerOf, type BodyForm } from './media.ts';
import { readJson, withPlainAscii } from './json-text.ts';
import type { SecretFilter } from './secret-filter.ts';
import { readEvents, readLines, readSequence } from './streams.ts';

/** Whether an answer of this type may be used as far as it came. */
export function isStream(headers: ResponseHeaders): boolean {
  const form = formOf(headerOf(headers, 'content-type'));
  return form === 'events' || form === 'lines' || form === 'sequence';
}

/**
 * @param secrets takes credentials out of everything before it is read
 * @param cut why a stream ended early
 */
export function readBody(
  headers: ResponseHeaders,
  bytes: Buffer,
  cut: CutReason,
  secrets: SecretFilter,
): ReplyBody {
  if (bytes.length === 0) return { kind: 'none' };
  const contentType = headerOf(headers, 'content-type');
  const written = formOf(contentType);
  const form = written === 'unknown' ? guessForm(bytes) : written;
  if (form === 'binary') {
    const mimeType = typeOnly(contentType) || 'application/octet-stream';
    const filename = secrets.clean(filenameOf(headerOf(headers, 'content-disposition')));
    return { kind: 'binary', bytes: secrets.cleanBytes(bytes), mimeType, filename };
  }
  const decoded = decodeText(bytes, contentType);
  const text = secrets.clean(form === 'text' ? decoded : withPlainAscii(decoded));
  const isWhole = cut === '';
  switch (form) {
    case 'events':
      return { kind: 'json', value: readEvents(text, isWhole) };
    case 'lines':
      return { kind: 'json', value: readLines(text, isWhole) };
    case 'sequence':
      return { kind: 'json', value: readSequence(text, isWhole) };
    case 'json':
      return jsonOr(text, typeOnly(contentType) || 'text/plain');
    case 'text':
    case 'unknown':
      return { kind: 'text', text, mimeType: typeOnly(contentType) || 'text/plain' };
  }
}

/** A body that says it is JSON and is not is shown as the text it is. */
function jsonOr(text: string, mimeType: string): ReplyBody {
  if (text.trim() === '') return { kind: 'none' };
  const value = readJson(text);
  return value === undefined ? { kind: 'text', text, mimeType } : { kind: 'json', value };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** What a body without a type is: readable text, which may be JSON, or bytes. */
function guessForm(bytes: Buffer): BodyForm {
  const start = bytes.subarray(0, 4096);
  if (start.some(isNoText)) return 'binary';
  try {
    UTF8.decode(bytes);
  } catch {
    return 'binary';
  }
  return /^\s*[[{"]/.test(start.toString('latin1')) ? 'json' : 'text';
}

/** A control character that no text has: all but white space and escape. */
function isNoText(byte: number): boolean {
  const isWhiteSpace = byte >= 0x09 && byte <= 0x0d;
  return byte < 0x20 && !isWhiteSpace && byte !== 0x1b;
}
