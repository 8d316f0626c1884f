/** How an operation that somebody wrote goes on, where it asks for one list that comes in pages. */
import {
  getNamedType,
  Kind,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { PaginationPlan } from '../../api/model.ts';
import type { CuratedOperation } from '../index/read-operations.ts';
import { connectionOf } from './connection.ts';

/**
 * Recognised where the one field of its root is such a list, its cursor is a variable, and its own
 * selection asks for the items and for where they go on.
 */
export function pagesOfCurated(
  schema: GraphQLSchema,
  { kind, node }: CuratedOperation,
): PaginationPlan | null {
  const [root, ...others] = node.selectionSet.selections;
  if (kind !== 'query' || root?.kind !== Kind.FIELD || others.length > 0) return null;
  const field = schema.getQueryType()?.getFields()[root.name.value];
  const connection = field === undefined ? undefined : connectionOf(getNamedType(field.type));
  const argument = cursorOf(root);
  const items = asked(root.selectionSet, connection?.items ?? '');
  const info = asked(root.selectionSet, 'pageInfo');
  const cursor = asked(info?.selectionSet, 'endCursor');
  if (argument === '' || items === undefined || info === undefined || cursor === undefined) {
    return null;
  }
  const at = `/${nameOf(root)}`;
  const next = `${at}/${nameOf(info)}/${nameOf(cursor)}`;
  const token = { style: 'token', items: `${at}/${nameOf(items)}`, next, argument } as const;
  const more = asked(info.selectionSet, 'hasNextPage');
  return more === undefined ? token : { ...token, more: `${at}/${nameOf(info)}/${nameOf(more)}` };
}

/** The variable that is given for `after`; '' where there is none. */
function cursorOf({ arguments: given = [] }: FieldNode): string {
  const after = given.find(({ name }) => name.value === 'after')?.value;
  return after?.kind === Kind.VARIABLE ? after.name.value : '';
}

function asked(set: SelectionSetNode | undefined, name: string): FieldNode | undefined {
  return set?.selections.find(
    (one): one is FieldNode => one.kind === Kind.FIELD && one.name.value === name,
  );
}

/** What the answer calls it. */
function nameOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value;
}
