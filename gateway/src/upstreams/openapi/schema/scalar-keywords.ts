/** Keywords that bound numbers, texts and counts. */
import { put, type Draft } from '../../api/schema/json.ts';
import type { Ref } from '../document.ts';
import { isTrue, numberOf } from './node.ts';
import type { Run } from './run.ts';

type Mapping = Readonly<Record<string, unknown>>;

const COUNTS = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minContains',
  'maxContains',
];

/** Converts bounds into `draft`; those that are no numbers leave. */
export function readBounds(draft: Draft, node: Mapping, at: Ref, run: Run): void {
  readRange(draft, node, 'minimum', 'exclusiveMinimum');
  readRange(draft, node, 'maximum', 'exclusiveMaximum');
  const multipleOf = numberOf(node['multipleOf']);
  if (multipleOf !== undefined && multipleOf > 0) draft['multipleOf'] = multipleOf;
  for (const keyword of COUNTS) {
    if (node[keyword] === undefined) continue;
    const count = numberOf(node[keyword]);
    if (count !== undefined && count >= 0 && Number.isSafeInteger(count)) {
      put(draft, keyword, count);
    } else {
      run.resolver.repaired(`"${keyword}" is no count and was left out.`, at);
    }
  }
}

/** Up to 3.0 `exclusive…` is a flag beside the bound; since 3.1 it is a bound of its own. */
function readRange(draft: Draft, node: Mapping, inclusive: string, exclusive: string): void {
  const bound = numberOf(node[inclusive]);
  const flag = node[exclusive];
  const own = numberOf(flag);
  if (isTrue(flag) && bound !== undefined) {
    put(draft, exclusive, bound);
    return;
  }
  if (bound !== undefined) put(draft, inclusive, bound);
  if (own !== undefined) put(draft, exclusive, own);
}

/** Formats that JSON Schema or the registry of OpenAPI knows. */
const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'date',
  'time',
  'duration',
  'email',
  'idn-email',
  'hostname',
  'idn-hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uri-reference',
  'uri-template',
  'iri',
  'iri-reference',
  'uuid',
  'json-pointer',
  'relative-json-pointer',
  'regex',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float',
  'double',
  'decimal',
  'byte',
  'base64url',
  'binary',
  'password',
]);

/** Names that documents give to formats which have another one. */
const FORMAT_NAMES: ReadonlyMap<string, string> = new Map([
  ['datetime', 'date-time'],
  ['date_time', 'date-time'],
  ['dateTime', 'date-time'],
  ['iso8601', 'date-time'],
  ['ISO8601', 'date-time'],
  ['url', 'uri'],
  ['URL', 'uri'],
  ['URI', 'uri'],
  ['guid', 'uuid'],
  ['UUID', 'uuid'],
  ['integer', ''],
  ['string', ''],
  ['number', ''],
  ['boolean', ''],
  ['object', ''],
  ['array', ''],
  ['enum', ''],
]);

/** A format that is kept, or words for the description. */
export function readFormat(node: unknown): { readonly format: string; readonly note: string } {
  const written = typeof node === 'string' ? node.trim() : '';
  const format = FORMAT_NAMES.get(written) ?? written;
  if (format === '' || FORMATS.has(format)) return { format, note: '' };
  return { format: '', note: format.length <= 80 ? `Format: ${format}` : '' };
}
