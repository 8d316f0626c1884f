/** Names for definitions: those of the document where they have one, told from pointers otherwise. */
import { createHash } from 'node:crypto';
import type { OpenApiVersion, Ref } from '../document.ts';

const MAX_NAME_CHARS = 60;
const HASH_CHARS = 6;

/** Words of a pointer that say where something stands and not what it is. */
const STRUCTURE: ReadonlySet<string> = new Set([
  '#',
  'components',
  'schemas',
  'definitions',
  '$defs',
  'paths',
  'parameters',
  'responses',
  'requestBody',
  'requestBodies',
  'content',
  'schema',
  'properties',
  'items',
  'allOf',
  'oneOf',
  'anyOf',
  'additionalProperties',
]);

/**
 * A name for the definition at `ref`: the component's own where it is a component of the document
 * and the name needs no change; otherwise a readable part and six digits of a hash of the place.
 * The same place always gets the same name.
 * @returns a name of `[A-Za-z0-9_.-]` of at most 60 characters
 */
export function definitionName(ref: Ref, version: OpenApiVersion): string {
  const segments = ref.pointer.split('/').map(unescape);
  const place = version === '2.0' ? ['#', 'definitions'] : ['#', 'components', 'schemas'];
  const own = segments[place.length] ?? '';
  const isOwn =
    ref.source === '' &&
    segments.length === place.length + 1 &&
    place.every((segment, i) => segments[i] === segment);
  if (isOwn && /^[A-Za-z0-9_.-]+$/.test(own) && own.length <= MAX_NAME_CHARS) return own;
  const hash = createHash('sha256').update(`${ref.source}\n${ref.pointer}`).digest('hex');
  return `${readablePart(segments, ref.source)}_${hash.slice(0, HASH_CHARS)}`;
}

function unescape(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

function readablePart(segments: readonly string[], source: string): string {
  const telling = segments.filter((segment) => !STRUCTURE.has(segment) && !/^\d*$/.test(segment));
  const file = /([^/\\]*?)(\.\w+)?$/.exec(source)?.[1] ?? '';
  const words = telling.length > 0 ? telling.slice(-2) : [file];
  const text = words.join('_').replaceAll(/[^A-Za-z0-9_.-]+/g, '_');
  const cut = text.slice(0, MAX_NAME_CHARS - HASH_CHARS - 1).replaceAll(/^_+|_+$/g, '');
  return cut === '' ? 'schema' : cut;
}
