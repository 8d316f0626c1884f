/** Schemas as the document has them, for what no converted schema tells: files and XML. */
import { isList, isMapping } from '../schema/node.ts';
import type { Ref, Resolver } from '../document.ts';

const MAX_SCHEMAS = 200;

/** The place itself or what it refers to; undefined where that leads nowhere. */
export function settled(resolver: Resolver, ref: Ref | undefined): Ref | undefined {
  if (ref === undefined) return undefined;
  const at = resolver.settle(ref);
  return typeof at === 'string' ? undefined : at;
}

/** A member of a place that was settled. */
export function member(ref: Ref, key: string): unknown {
  return isMapping(ref.node) && Object.hasOwn(ref.node, key) ? ref.node[key] : undefined;
}

/** Properties by name, those of all parts of `allOf` included. */
export function rawProperties(resolver: Resolver, ref: Ref | undefined): Map<string, Ref> {
  const found = new Map<string, Ref>();
  const seen = new Set<unknown>();
  const read = (from: Ref | undefined): void => {
    const at = settled(resolver, from);
    if (at === undefined || seen.has(at.node) || seen.size > MAX_SCHEMAS) return;
    seen.add(at.node);
    const properties = member(at, 'properties');
    if (isMapping(properties)) {
      for (const name of Object.keys(properties)) {
        if (!found.has(name)) found.set(name, resolver.child(at, 'properties', name));
      }
    }
    for (const part of variants(resolver, at, 'allOf')) read(part);
  };
  read(ref);
  return found;
}

/** The places listed under `allOf`, `anyOf` or `oneOf`. */
export function variants(resolver: Resolver, at: Ref, keyword: string): Ref[] {
  const list = member(at, keyword);
  if (!isList(list)) return [];
  return list.slice(0, MAX_SCHEMAS).map((_, index) => resolver.child(at, keyword, String(index)));
}

export type FileKind = 'none' | 'one' | 'several';

/** @param contentType of the part, where the document says it; '' otherwise */
export function fileKind(resolver: Resolver, ref: Ref | undefined, contentType: string): FileKind {
  const at = settled(resolver, ref);
  if (at === undefined) return isFileType(contentType) ? 'one' : 'none';
  if (isFile(resolver, at, contentType, new Set())) return 'one';
  const type = member(at, 'type');
  const isArray = type === 'array' || (isList(type) && type.includes('array'));
  if (!isArray) return 'none';
  const items = settled(resolver, resolver.child(at, 'items'));
  if (items === undefined || items.node === undefined) return 'none';
  return isFile(resolver, items, contentType, new Set()) ? 'several' : 'none';
}

/** @param seen schemas that were looked at for the same answer, which may be variants of each other */
function isFile(resolver: Resolver, at: Ref, contentType: string, seen: Set<unknown>): boolean {
  if (seen.has(at.node) || seen.size > MAX_SCHEMAS) return false;
  seen.add(at.node);
  const type = member(at, 'type');
  if (type === 'file') return true;
  const isText = type === 'string' || (isList(type) && type.includes('string'));
  const format = member(at, 'format');
  if (format === 'binary' && (isText || type === undefined)) return true;
  if (member(at, 'contentEncoding') === undefined && (isText || type === undefined)) {
    const media = member(at, 'contentMediaType');
    if (typeof media === 'string' && isFileType(media)) return true;
    const isOpen = type === undefined && member(at, 'properties') === undefined;
    if ((isOpen || isText) && format === undefined && isFileType(contentType)) return true;
  }
  return ['anyOf', 'oneOf', 'allOf'].some((keyword) =>
    variants(resolver, at, keyword).some((variant) => {
      const inner = settled(resolver, variant);
      return inner !== undefined && isFile(resolver, inner, '', seen);
    }),
  );
}

/** Types whose bytes are no text that could be written as an argument. */
export function isFileType(mediaType: string): boolean {
  return /^\s*(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:octet-stream|pdf|zip|gzip|x-\w*zip|x-tar|vnd\.(?:ms-|openxmlformats)))/i.test(
    mediaType,
  );
}
