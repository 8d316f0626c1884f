/** How deep, how wide and how long an operation is, before anything else is done with it. */
import {
  getNamedType,
  getNullableType,
  isListType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { ExactNumber, type JsonObject, ownMember } from '../../../kernel/index.ts';

export interface Weight {
  /** Levels of fields. */
  readonly depth: number;
  /** Fields, those inside of lists as often as the list is long. */
  readonly cost: number;
  readonly aliases: number;
  /** Fields of the root, those of fragments included. */
  readonly roots: readonly string[];
}

/** Length of a list where nothing says how long it is. */
const USUAL_LENGTH = 10;
const LENGTHS: ReadonlySet<string> = new Set(
  'first last limit take size perPage pageSize'.split(' '),
);
const MANY = 1e15;

/** Lists inside of a page, whose length the page's own field says. */
const PAGE_LISTS: ReadonlySet<string> = new Set(['nodes', 'edges', 'items']);

interface Walk {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** What fragments weigh; undefined while one is looked into. */
  readonly known: Map<string, Weight | undefined>;
  readonly variables: JsonObject;
}

/** @returns words where fragments lead back to themselves or to nothing */
export function weigh(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: JsonObject,
): Weight | string {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) {
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  }
  try {
    const known = new Map<string, Weight | undefined>();
    const root = schema.getRootType(operation.operation) ?? undefined;
    return weighSet(operation.selectionSet, root, false, { schema, fragments, known, variables });
  } catch (error) {
    if (error instanceof Looping) return `has a fragment ${error.message} that uses itself.`;
    throw error;
  }
}

class Looping extends Error {}

/** Every fragment is weighed once, however often it is used. */
function weighSet(
  { selections }: SelectionSetNode,
  type: GraphQLNamedType | undefined,
  isPage: boolean,
  walk: Walk,
): Weight {
  let depth = 0;
  let cost = 0;
  let aliases = 0;
  const roots: string[] = [];
  for (const one of selections) {
    const weight =
      one.kind === Kind.FIELD
        ? weighField(one, type, isPage, walk)
        : one.kind === Kind.INLINE_FRAGMENT
          ? weighSet(
              one.selectionSet,
              typeOn(one.typeCondition?.name.value, type, walk),
              isPage,
              walk,
            )
          : weighFragment(one.name.value, walk);
    depth = Math.max(depth, weight.depth);
    cost = Math.min(MANY, cost + weight.cost);
    aliases = Math.min(MANY, aliases + weight.aliases);
    if (roots.length < 1000) roots.push(...weight.roots);
  }
  return { depth, cost, aliases, roots: [...new Set(roots)] };
}

function weighField(
  field: FieldNode,
  parent: GraphQLNamedType | undefined,
  isPage: boolean,
  walk: Walk,
): Weight {
  const { selectionSet, alias, name } = field;
  const own = { aliases: alias === undefined ? 0 : 1, roots: [name.value] };
  if (selectionSet === undefined) return { depth: 1, cost: 1, ...own };
  const fields = parent !== undefined && 'getFields' in parent ? parent.getFields() : {};
  const type = Object.hasOwn(fields, name.value) ? fields[name.value]?.type : undefined;
  const said = lengthOf(field, walk);
  const isList = type !== undefined && isListType(getNullableType(type));
  const isCounted = isPage && PAGE_LISTS.has(name.value);
  const length = said ?? (isList && !isCounted ? USUAL_LENGTH : 1);
  const named = type === undefined ? undefined : getNamedType(type);
  const inner = weighSet(selectionSet, named, said !== undefined, walk);
  return {
    depth: inner.depth + 1,
    cost: Math.min(MANY, 1 + inner.cost * length),
    aliases: own.aliases + inner.aliases,
    roots: own.roots,
  };
}

/** Unknown types are found when the operation is validated. */
function typeOn(
  name: string | undefined,
  otherwise: GraphQLNamedType | undefined,
  { schema }: Walk,
): GraphQLNamedType | undefined {
  return name === undefined ? otherwise : (schema.getType(name) ?? undefined);
}

function weighFragment(name: string, walk: Walk): Weight {
  const known = walk.known.get(name);
  if (known !== undefined) return known;
  if (walk.known.has(name)) throw new Looping(name.slice(0, 100));
  walk.known.set(name, undefined);
  const fragment = walk.fragments.get(name);
  // What is not there is found when the operation is validated.
  const weight =
    fragment === undefined
      ? { depth: 0, cost: 0, aliases: 0, roots: [] }
      : weighSet(
          fragment.selectionSet,
          typeOn(fragment.typeCondition.name.value, undefined, walk),
          true,
          walk,
        );
  walk.known.set(name, weight);
  return weight;
}

/** Undefined where nothing is said of it. */
function lengthOf({ arguments: given = [] }: FieldNode, { variables }: Walk): number | undefined {
  let length: number | undefined;
  for (const { name, value } of given) {
    if (!LENGTHS.has(name.value)) continue;
    if (value.kind === Kind.INT) length = Math.max(length ?? 0, Number(value.value));
    else if (value.kind === Kind.VARIABLE) {
      const variable = ownMember(variables, value.name.value);
      const count = variable instanceof ExactNumber ? Number(variable.text) : variable;
      length = Math.max(length ?? 0, typeof count === 'number' ? count : USUAL_LENGTH);
    }
  }
  return length === undefined ? undefined : Math.min(Math.max(length, 1), MANY);
}
