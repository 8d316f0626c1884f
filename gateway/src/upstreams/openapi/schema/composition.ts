/** `allOf`, `oneOf`, `anyOf`, `not` and conditions. */
import { isJsonObject, type JsonObject } from '../../../kernel/index.ts';
import { distinct, omit, stringsOf, type Draft } from '../../api/schema/json.ts';
import { mergeSchemas } from '../../api/schema/merge.ts';
import type { Ref } from '../document.ts';
import { isList, isMapping } from './node.ts';
import { findTarget } from './references.ts';
import { built, type Built, type Convert, type Run } from './run.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** How large a referenced part may be to be merged rather than referred to, in JSON values. */
const MAX_MERGED_AT_ROOT = 3000;
const MAX_MERGED_INSIDE = 150;

/** Keywords that constrain nothing. */
const TELLING: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  'deprecated',
  'examples',
]);

/** @returns whether a schema takes every value */
export function isOpen(schema: JsonObject): boolean {
  return Object.keys(schema).every((keyword) => TELLING.has(keyword));
}

/** The parts of a list of schemas; one schema where the list was forgotten. */
export function partsOf(keyword: string, node: Mapping, at: Ref, run: Run): readonly Ref[] {
  const value = node[keyword];
  const list = run.resolver.child(at, keyword);
  if (isList(value)) return value.map((_, i) => run.resolver.child(list, String(i)));
  if (value === undefined || value === null) return [];
  run.resolver.repaired(`"${keyword}" is no list of schemas.`, list);
  return isMapping(value) ? [list] : [];
}

/**
 * Reads variants and conditions into `draft`.
 * @returns parts that hold beside `draft`: a choice with one variant is none
 */
export function readChoices(
  draft: Draft,
  node: Mapping,
  at: Ref,
  run: Run,
  convert: Convert,
): readonly Built[] {
  const single: Built[] = [];
  for (const keyword of ['oneOf', 'anyOf']) {
    const variants = partsOf(keyword, node, at, run).map((part) => convert(part, run).schema);
    const different = distinct(variants).filter(isJsonObject);
    const [first] = different;
    if (first === undefined) continue;
    if (different.length === 1) {
      single.push(built(first));
    } else if (different.some(isOpen) && draft['anyOf'] === undefined) {
      draft['anyOf'] = different;
    } else {
      draft[keyword] = different;
    }
  }
  for (const keyword of ['not', 'if', 'then', 'else']) {
    if (!isMapping(node[keyword])) continue;
    draft[keyword] = convert(run.resolver.child(at, keyword), run).schema;
  }
  return single;
}

/** The parts of `allOf`: merged copies where they are small enough, references otherwise. */
export function readParts(node: Mapping, at: Ref, run: Run, convert: Convert): readonly Built[] {
  const parts = partsOf('allOf', node, at, run);
  const isAlone = parts.length === 1 && node['properties'] === undefined;
  return parts.flatMap((part) => {
    const reference = isMapping(part.node) ? part.node['$ref'] : undefined;
    if (typeof reference !== 'string') return [convert(part, run)];
    const target = findTarget(run.resolver, reference, part);
    if (typeof target === 'string' || isAlone) return [convert(part, run)];
    const plain = run.definitions.plain(target, maxMerged(run));
    const referred = plain ?? built(run.definitions.refer(target));
    const copy = { ...referred, schema: omit(referred.schema, 'title', 'description') };
    return [copy, ...siblingsOf(part, run, convert)];
  });
}

function maxMerged(run: Run): number {
  return run.depth <= 1 ? MAX_MERGED_AT_ROOT : MAX_MERGED_INSIDE;
}

/** What stands beside a `$ref` counts since 3.1. */
function siblingsOf(part: Ref, run: Run, convert: Convert): readonly Built[] {
  if (!isMapping(part.node) || !countsBeside(run)) return [];
  const { $ref: _, ...rest } = part.node;
  return Object.keys(rest).length === 0 ? [] : [convert({ ...part, node: rest }, run)];
}

/** Whether keywords beside a `$ref` count in the document's version. */
export function countsBeside(run: Run): boolean {
  return run.resolver.version !== '2.0' && run.resolver.version !== '3.0';
}

/** `own` and everything that holds beside it, as one schema. */
export function combine(own: Built, parts: readonly Built[], at: Ref, run: Run): Built {
  if (parts.length === 0) return own;
  const hidden = new Set([...parts, own].flatMap((part) => [...part.hidden]));
  const all = [...parts, own].map((part) => part.schema).filter((it) => Object.keys(it).length > 0);
  const merged = mergeSchemas(all) ?? mergeInTurn(all, at, run);
  const told = Object.entries(own.schema).filter(([keyword]) => TELLING.has(keyword));
  const schema = { ...merged, ...Object.fromEntries(told) };
  return { schema: withoutHidden(schema, hidden), hidden };
}

function mergeInTurn(parts: readonly JsonObject[], at: Ref, run: Run): JsonObject {
  run.resolver.repaired('Parts of "allOf" contradict each other; the later ones count.', at);
  return parts.reduce((earlier, part) => mergeSchemas([earlier, part]) ?? part, {});
}

/** What left one part can still be required by another. */
function withoutHidden(schema: JsonObject, hidden: ReadonlySet<string>): JsonObject {
  if (hidden.size === 0 || schema['required'] === undefined) return schema;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = stringsOf(schema['required']).filter(
    (name) => !hidden.has(name) || Object.hasOwn(properties, name),
  );
  const { required: _, ...rest } = schema;
  return required.length === 0 ? rest : { ...rest, required };
}
