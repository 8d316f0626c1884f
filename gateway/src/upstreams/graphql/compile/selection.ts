/** What is asked of a field where nobody says it: its scalars, and those of what it holds. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import type { JsonObject } from '../../../kernel/index.ts';
import { connectionOf, type Connection } from './connection.ts';
import { chosen, usable, type Fields } from './leaves.ts';
import { NOTHING, pickMembers, TYPE_NAME, type Picked } from './members.ts';
import { shapeOf } from './output-shape.ts';

/** Leaves of one selection. */
const MAX_LEAVES = 40;
/** Leaves of an object inside the one that is asked for, at least this many if there is room. */
const MIN_INNER = 3;
/** Leaves that are left for what an object holds, however many it has itself. */
const RESERVED = 10;
/** Leaves of an interface with which it tells enough without those of the types that it may be. */
const TELLING_LEAVES = 5;

export interface Selection {
  /** `{ id name }`; '' for a leaf. */
  readonly text: string;
  /** JSON Schema of the answer. */
  readonly shape: JsonObject;
  readonly connection: Connection | undefined;
  /** Whether it asks how to go on towards the beginning of the pages. */
  readonly goesBack: boolean;
}

/**
 * Scalars and enumerations at two levels, at most 40 of them; lists that come in pages by their
 * items and page information. Nothing that needs an argument, is deprecated, or leads back to a type
 * that it was reached by.
 * @param wantsBack whether its pages may be asked for from their end
 */
export function selectionFor(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  wantsBack = false,
): Selection {
  const named = getNamedType(type);
  if (!isCompositeType(named)) {
    return { text: '', shape: shapeOf(type), connection: undefined, goesBack: false };
  }
  const connection = connectionOf(named);
  if (connection !== undefined) {
    const goesBack = wantsBack && connection.canGoBack;
    const { text, shape } = connectionSelection(schema, type, named, connection, goesBack);
    return { text, shape, connection, goesBack };
  }
  const picked = pick(schema, named, new Set(), MAX_LEAVES, true);
  return {
    text: `{ ${picked.text} }`,
    shape: shapeOf(type, picked.properties),
    connection: undefined,
    goesBack: false,
  };
}

const BACK_SHAPE = { hasPreviousPage: { type: 'boolean' }, startCursor: { type: 'string' } };

function connectionSelection(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  named: GraphQLCompositeType,
  connection: Connection,
  goesBack: boolean,
): Pick<Selection, 'text' | 'shape'> {
  const { items, itemType, via, hasTotal } = connection;
  const itemNamed = getNamedType(itemType);
  const path = new Set([named.name]);
  const inner = isCompositeType(itemNamed)
    ? pick(schema, itemNamed, path, MAX_LEAVES, true)
    : undefined;
  const node = inner === undefined ? '' : ` { ${inner.text} }`;
  const item = shapeOf(itemType, inner?.properties);
  const list = via === '' ? `${items}${node}` : `${items} { ${via}${node} }`;
  const total = hasTotal ? ' totalCount' : '';
  const back = goesBack ? ' hasPreviousPage startCursor' : '';
  const entry = via === '' ? item : { type: 'object', properties: { [via]: item } };
  const pageInfo = {
    type: 'object',
    properties: {
      hasNextPage: { type: 'boolean' },
      endCursor: { type: 'string' },
      ...(goesBack ? BACK_SHAPE : {}),
    },
  };
  const properties = {
    [items]: { type: 'array', items: entry },
    pageInfo,
    ...(hasTotal ? { totalCount: { type: 'integer' } } : {}),
  };
  return {
    text: `{ ${list} pageInfo { hasNextPage endCursor${back} }${total} }`,
    shape: shapeOf(type, properties),
  };
}

function pick(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  path: ReadonlySet<string>,
  budget: number,
  goesDeeper: boolean,
): Picked {
  if (isUnionType(type)) return pickMembers(schema, type, budget, NOTHING);
  const fields = usable(Object.values(type.getFields()));
  const inner = goesDeeper ? nestedOf(fields, new Set([...path, type.name])) : [];
  const leaves = chosen(fields, budget - Math.min(RESERVED, inner.length * 2));
  const parts = new Map<string, Picked | undefined>(leaves.map(({ name }) => [name, undefined]));
  let left = budget - leaves.length;
  for (const [at, field] of inner.entries()) {
    if (left <= 0) break;
    const named = getNamedType(field.type);
    if (!isCompositeType(named)) continue;
    const share = Math.min(left, Math.max(MIN_INNER, Math.floor(left / (inner.length - at))));
    const picked = pickInner(schema, named, path, share);
    if (picked.leaves === 0) continue;
    left -= picked.leaves;
    parts.set(field.name, picked);
  }
  const picked = joined(fields, parts, budget - left);
  const isBare = isInterfaceType(type) && picked.leaves < TELLING_LEAVES;
  return isBare
    ? pickMembers(schema, type, budget, picked)
    : withTypeName(type, picked, goesDeeper);
}

/** Of an edge that stands by itself the item that it leads to. */
function pickInner(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  path: ReadonlySet<string>,
  budget: number,
): Picked {
  const node = edgeNode(type);
  const named = node === undefined ? undefined : getNamedType(node.type);
  if (node === undefined || !isCompositeType(named)) return pick(schema, type, path, budget, false);
  const picked = pick(schema, named, path, budget, false);
  if (picked.leaves === 0) return picked;
  const properties = { node: shapeOf(node.type, picked.properties) };
  return { text: `node { ${picked.text} }`, properties, leaves: picked.leaves };
}

function edgeNode(type: GraphQLCompositeType): GraphQLField | undefined {
  if (!isObjectType(type)) return undefined;
  const fields = type.getFields();
  const node = fields['node'];
  return fields['cursor'] === undefined || node === undefined || usable([node]).length === 0
    ? undefined
    : node;
}

/** In the order of the schema. */
function joined(
  fields: Fields,
  parts: ReadonlyMap<string, Picked | undefined>,
  leaves: number,
): Picked {
  const texts: string[] = [];
  const properties: [string, JsonObject][] = [];
  for (const { name, type } of fields) {
    if (!parts.has(name)) continue;
    const inner = parts.get(name);
    texts.push(inner === undefined ? name : `${name} { ${inner.text} }`);
    properties.push([name, shapeOf(type, inner?.properties)]);
  }
  return { text: texts.join(' '), properties: Object.fromEntries(properties), leaves };
}

/** What it is has to be said where it may be several things, or nothing else can be. */
function withTypeName(type: GraphQLCompositeType, picked: Picked, isOuter: boolean): Picked {
  const isEmpty = picked.text === '' && isOuter;
  if (!isEmpty && !(isAbstractType(type) && picked.text !== '')) return picked;
  return {
    text: `__typename ${picked.text}`.trim(),
    properties: { __typename: TYPE_NAME, ...picked.properties },
    leaves: picked.leaves + 1,
  };
}

/** Objects that can be looked into: no pages of their own, and nothing that it was reached by. */
function nestedOf(fields: Fields, path: ReadonlySet<string>): Fields {
  return fields.filter(({ type }) => {
    const named = getNamedType(type);
    if (!isCompositeType(named) || path.has(named.name)) return false;
    return !(isObjectType(named) && connectionOf(named) !== undefined);
  });
}
