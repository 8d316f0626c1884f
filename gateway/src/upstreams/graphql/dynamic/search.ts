/** Finds types of a schema by words, and says how queries reach them. */
import {
  getNamedType,
  isCompositeType,
  isIntrospectionType,
  isSpecifiedScalarType,
  printType,
  stripIgnoredCharacters,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { Json, JsonObject } from '../../../kernel/index.ts';
import { wordsOf } from '../../api/name-words.ts';
import type { FieldFilter } from '../index/field-filter.ts';

/** Longest definition that is shown, characters. */
const MAX_DEFINITION_CHARS = 6000;
const MAX_PATHS = 5;
const MAX_LEVELS = 4;
const MAX_SEARCH_WORDS = 12;

interface Entry {
  readonly type: GraphQLNamedType;
  readonly words: ReadonlySet<string>;
  readonly inner: ReadonlySet<string>;
}

export interface TypeSearch {
  find(words: string, limit: number): JsonObject;
}

export function createTypeSearch(schema: GraphQLSchema, filter: FieldFilter): TypeSearch {
  const paths = pathsOf(schema, filter);
  const entries = Object.values(schema.getTypeMap())
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .map(entryOf);
  return {
    find: (text, limit) => {
      const exact = entries.filter(({ type }) => type.name === text.trim());
      const found = exact.length > 0 ? exact : ranked(entries, wordsOf(text)).slice(0, limit);
      if (found.length === 0) return { types: [], note: 'No type fits; try other words.' };
      return { types: found.map(({ type }) => tell(type, paths)) };
    },
  };
}

function entryOf(type: GraphQLNamedType): Entry {
  const names = 'getFields' in type ? Object.keys(type.getFields()) : [];
  const text = `${type.name} ${(type.description ?? '').slice(0, 200)}`;
  return {
    type,
    words: new Set(wordsOf(text).map(stem)),
    inner: new Set(names.flatMap((name) => wordsOf(name)).map(stem)),
  };
}

function stem(word: string): string {
  return word.length > 3 ? word.replace(/(?:ies|y|s)$/, '') : word;
}

function ranked(entries: readonly Entry[], words: readonly string[]): readonly Entry[] {
  const wanted = words.slice(0, MAX_SEARCH_WORDS).map(stem);
  const scored = entries.map((entry) => {
    const own = wanted.filter((word) => entry.words.has(word)).length;
    const inner = wanted.filter((word) => entry.inner.has(word)).length;
    // Of two that fit alike the shorter one is meant more often.
    const score = own * 3 + inner + (own > 0 ? 1 / entry.type.name.length : 0);
    return { entry, score, fits: own + inner };
  });
  return scored
    .filter(({ fits }) => fits > 0)
    .toSorted((a, b) => b.score - a.score || (a.entry.type.name < b.entry.type.name ? -1 : 1))
    .map(({ entry }) => entry);
}

function tell(type: GraphQLNamedType, paths: ReadonlyMap<string, readonly string[]>): Json {
  const printed = stripDescriptions(type);
  const isCut = printed.length > MAX_DEFINITION_CHARS;
  const definition = isCut ? `${printed.slice(0, MAX_DEFINITION_CHARS).toWellFormed()}…` : printed;
  const from = paths.get(type.name) ?? [];
  return {
    name: type.name,
    definition,
    ...(from.length === 0 ? {} : { reachedBy: [...from] }),
  };
}

/** Descriptions cost more than they tell; names and types are what a query needs. */
function stripDescriptions(type: GraphQLNamedType): string {
  const printed = printType(type);
  return stripIgnoredCharacters(printed.replaceAll(/"""[^]*?(?<!\\)"""/g, ''))
    .replaceAll('}', '} ')
    .trim();
}

/** By which fields of the roots a type is reached, the shortest ways. */
function pathsOf(
  schema: GraphQLSchema,
  filter: FieldFilter,
): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, string[]>();
  let level: (readonly [GraphQLNamedType, string])[] = [];
  for (const [kind, root] of [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      if (filter(kind, field.name) !== '') continue;
      level.push([getNamedType(field.type), `${kind}.${field.name}`]);
    }
  }
  for (let depth = 0; depth < MAX_LEVELS && level.length > 0; depth++) {
    const next: (readonly [GraphQLNamedType, string])[] = [];
    for (const [type, path] of level) {
      const known = paths.get(type.name) ?? [];
      const isNew = known.length === 0;
      if (known.length < MAX_PATHS) paths.set(type.name, [...known, path]);
      if (!isNew || !isCompositeType(type) || !('getFields' in type)) continue;
      for (const field of Object.values(type.getFields())) {
        next.push([getNamedType(field.type), `${path}.${field.name}`]);
      }
    }
    level = next;
  }
  return paths;
}
