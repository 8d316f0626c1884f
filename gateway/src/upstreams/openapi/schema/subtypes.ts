/** What a discriminator says about the variants of a schema. */
import {
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { isSame, joinText, put, type Draft } from '../../api/schema/json.ts';
import type { Ref } from '../document.ts';
import { isMapping } from './node.ts';
import { findTarget } from './references.ts';
import type { Run, Subtype } from './run.ts';

type Mapping = Readonly<Record<string, unknown>>;

const MAX_SUBTYPES = 24;
const MAX_ADDED_PROPERTIES = 80;
const MAX_SUBTYPE_NODES = 3000;

/** The property that tells variants apart; '' where none does. */
export function discriminatorOf(node: Mapping): string {
  const { discriminator } = node;
  if (typeof discriminator === 'string') return discriminator;
  const name = isMapping(discriminator) ? discriminator['propertyName'] : undefined;
  return typeof name === 'string' ? name : '';
}

/** @returns whether the variants of a schema are known by its discriminator alone */
export function hasOnlySubtypes(node: unknown): boolean {
  if (!isMapping(node) || discriminatorOf(node) === '') return false;
  return node['oneOf'] === undefined && node['anyOf'] === undefined;
}

/**
 * Tells the variants in a schema that has a discriminator: in words, and where no `oneOf` names
 * them, with their own properties as optional ones.
 */
export function tellSubtypes(schema: JsonObject, node: Mapping, at: Ref, run: Run): JsonObject {
  const property = discriminatorOf(node);
  if (property === '') return schema;
  const mapped = mappedSubtypes(node, at, run);
  if (!hasOnlySubtypes(node)) {
    const values = mapped.map((subtype) => subtype.value);
    return values.length === 0 ? schema : withSentence(schema, property, values, []);
  }
  if (!run.withSubtypes) return schema;
  const subtypes = mapped.length > 0 ? mapped : run.definitions.subtypesOf(at);
  return subtypes.length === 0 ? schema : withProperties(schema, property, subtypes, run);
}

function mappedSubtypes(node: Mapping, at: Ref, run: Run): readonly Subtype[] {
  const mapping = isMapping(node['discriminator']) ? node['discriminator']['mapping'] : undefined;
  if (!isMapping(mapping)) return [];
  const place = run.resolver.version === '2.0' ? '#/definitions/' : '#/components/schemas/';
  return Object.entries(mapping).flatMap(([value, named]) => {
    if (typeof named !== 'string') return [];
    const isName = /^[\w.-]+$/.test(named);
    const byName = isName ? run.resolver.follow(place + named, at) : '';
    const target = typeof byName === 'string' ? findTarget(run.resolver, named, at) : byName;
    return typeof target === 'string' ? [] : [{ value, target }];
  });
}

function withProperties(
  schema: JsonObject,
  property: string,
  subtypes: readonly Subtype[],
  run: Run,
): JsonObject {
  const own = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const added: Draft = {};
  const details: string[] = [];
  for (const { value, target } of subtypes.slice(0, MAX_SUBTYPES)) {
    const properties = run.definitions.plain(target, MAX_SUBTYPE_NODES)?.schema['properties'];
    if (!isJsonObject(properties)) continue;
    const names = Object.keys(properties).filter((name) => !Object.hasOwn(own, name));
    for (const name of names) add(added, name, properties[name] ?? {});
    if (names.length > 0) details.push(`${value} takes ${names.map(quote).join(', ')}`);
  }
  const values = subtypes.map((subtype) => subtype.value);
  const isTold = Object.keys(added).length <= MAX_ADDED_PROPERTIES;
  const told = withSentence(schema, property, values, isTold ? details : []);
  if (!isTold || details.length === 0) return told;
  return { ...told, properties: { ...own, ...added } };
}

/** Variants that give one name to different things leave it open which is meant. */
function add(added: Draft, name: string, schema: Json): void {
  const earlier = ownMember(added, name);
  if (earlier === undefined) {
    put(added, name, schema);
  } else if (!isSame(earlier, schema)) {
    const variants =
      isJsonObject(earlier) && isJsonArray(earlier['anyOf']) ? earlier['anyOf'] : [earlier];
    const isKnown = variants.some((variant) => isSame(variant, schema));
    if (!isKnown) put(added, name, { anyOf: [...variants, schema] });
  }
}

function quote(name: string): string {
  return `\`${name}\``;
}

function withSentence(
  schema: JsonObject,
  property: string,
  values: readonly string[],
  details: readonly string[],
): JsonObject {
  const shown = values.slice(0, MAX_SUBTYPES).join(', ');
  const more = values.length > MAX_SUBTYPES ? ` and ${values.length - MAX_SUBTYPES} more` : '';
  const detail = details.length === 0 ? '' : ` ${details.join('; ')}.`;
  const sentence = `${quote(property)} says which variant it is: ${shown}${more}.${detail}`;
  return { ...schema, description: joinText(withStop(schema['description']), sentence) };
}

function withStop(text: Json | undefined): string {
  if (typeof text !== 'string' || text.trim() === '') return '';
  return /[.!?:]\s*$/.test(text) ? text : `${text.trim()}.`;
}
