/** What a body is, by its headers. */
import type { ResponseHeaders } from '../../../../egress/index.ts';
import { isTextType, typeOnly } from '../../results/charset.ts';

export type BodyForm = 'json' | 'events' | 'lines' | 'sequence' | 'text' | 'binary' | 'unknown';

/** The last value of a header that may have come several times; '' for none. */
export function headerOf(headers: ResponseHeaders, name: string): string {
  const value = headers[name];
  return (typeof value === 'object' ? value.at(-1) : value) ?? '';
}

/** @param contentType `Content-Type` as it came; '' for none */
export function formOf(contentType: string): BodyForm {
  const type = typeOnly(contentType);
  switch (type) {
    case '':
      return 'unknown';
    case 'text/event-stream':
      return 'events';
    case 'application/x-ndjson':
    case 'application/ndjson':
    case 'application/jsonl':
    case 'application/jsonlines':
    case 'application/x-jsonlines':
    case 'application/stream+json':
    case 'application/x-json-stream':
      return 'lines';
    case 'application/json-seq':
      return 'sequence';
    default:
      if (/^(application|text)\/json$|[+.]json$|^application\/x-json$/.test(type)) return 'json';
      if (type.endsWith('+json-seq')) return 'sequence';
      return isTextType(type) ? 'text' : 'binary';
  }
}

/**
 * The name of a file as its server gives it (RFC 6266; RFC 8187 for other alphabets), without any
 * path and without characters that mislead; '' where there is none.
 */
export function filenameOf(disposition: string): string {
  const extended = /;\s*filename\*\s*=\s*"?([\w!#$&+^`{}~-]+)'[\w-]*'([^;"\s]*)/i.exec(disposition);
  if (extended !== null) {
    const name = decodeExtended(extended[1] ?? '', extended[2] ?? '');
    if (name !== '') return safeName(name);
  }
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1];
  if (quoted !== undefined) return safeName(asUtf8(quoted.replaceAll(/\\(.)/g, '$1')));
  const plain = /;\s*filename\s*=\s*([^;"\s]+)/i.exec(disposition)?.[1];
  return plain === undefined ? '' : safeName(asUtf8(plain));
}

function decodeExtended(charset: string, value: string): string {
  const bytes = Buffer.from(
    value.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  );
  return /^utf-?8$/i.test(charset) ? bytes.toString('utf8') : bytes.toString('latin1');
}

/** Headers are read as Latin-1; many servers write UTF-8. */
function asUtf8(text: string): string {
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return decoded.includes('\uFFFD') ? text : decoded;
}

const MAX_NAME_CHARS = 200;

function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const plain = last.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, '').trim();
  return /^\.*$/.test(plain) ? '' : plain.slice(0, MAX_NAME_CHARS).toWellFormed();
}
