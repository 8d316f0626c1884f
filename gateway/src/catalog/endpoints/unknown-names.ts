/** Names in the configuration of endpoints that no list has, as far as lists are known. */
import {
  isJsonObject,
  ownMember,
  parseExact,
  type ItemId,
  type ItemPattern,
  type JsonObject,
} from '../../kernel/index.ts';
import { promptDeclares } from '../items/bind-prompt.ts';
import { declares } from '../items/bind-schema.ts';
import type { CatalogItem } from '../items/catalog-item.ts';
import { LISTS, LIST_NAMES } from '../items/items.ts';
import type { UpstreamPart } from '../lists/snapshot.ts';

/** What a configuration names. */
export interface NamedItems {
  readonly items: readonly ItemId[];
  readonly bindings: readonly {
    readonly patterns: readonly ItemPattern[];
    readonly argument: string;
    /** Names of members from the root of the arguments. */
    readonly path: readonly string[];
  }[];
}

/**
 * Definitions are read only of items that a binding names in full.
 * @param parts upstreams as they are now; nothing is said of those without a fresh list
 * @returns sentences for whoever wrote the configuration
 */
export function unknownNames(
  parts: readonly UpstreamPart[],
  { items, bindings }: NamedItems,
): readonly string[] {
  const fresh = new Map(parts.flatMap((part) => (part.state === 'fresh' ? [[part.id, part]] : [])));
  const gone = items
    .filter(({ upstream }) => fresh.has(upstream))
    .filter((id) => find(fresh.get(id.upstream), id) === undefined)
    .map(({ kind, upstream, name }) => `${upstream} lists no ${kind} "${name}"`);
  const unbound = bindings.flatMap(({ patterns, argument, path }) =>
    patterns
      .filter(({ text }) => !text.includes('*'))
      .flatMap((pattern) => {
        const part = fresh.get(pattern.upstream);
        if (part === undefined) return [];
        const found = KINDS.filter((kind) => pattern.kind === '' || pattern.kind === kind)
          .map((kind) => find(part, { upstream: part.id, kind, name: pattern.name }))
          .filter((item) => item !== undefined);
        if (found.length === 0) return [`${part.id} lists nothing called "${pattern.name}"`];
        if (found.some((item) => takes(item, path))) return [];
        return [`"${pattern.text}" says of no argument "${argument}"; it is bound all the same`];
      }),
  );
  return [...new Set([...gone, ...unbound])];
}

const KINDS = ['tool', 'prompt'] as const;

function find(part: UpstreamPart | undefined, { kind, name }: ItemId): CatalogItem | undefined {
  const list = LIST_NAMES.find((each) => LISTS[each].kind === kind);
  const known = list === undefined ? undefined : part?.items?.[list];
  return known?.items[known.places.get(name) ?? -1];
}

function takes(item: CatalogItem, path: readonly string[]): boolean {
  if ('code' in item.parts()) return true;
  const definition = parseExact(item.definition.toString());
  if (!isJsonObject(definition)) return true;
  if (item.id.kind === 'prompt') return promptDeclares(definition, path);
  const schema = ownMember(definition, 'inputSchema');
  return declares(isJsonObject(schema) ? schema : NOTHING, path);
}

const NOTHING: JsonObject = {};
