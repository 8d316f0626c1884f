/** Lists that come in pages (GraphQL Cursor Connections). */
import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
} from 'graphql';

export interface Connection {
  /** The field with the list. */
  readonly items: 'nodes' | 'edges';
  readonly itemType: GraphQLOutputType;
  /** The field of an edge that holds the item; '' where the list holds items. */
  readonly via: 'node' | '';
  readonly hasTotal: boolean;
  /** Whether it says how to go on towards its beginning. */
  readonly canGoBack: boolean;
}

type Fields = Readonly<Record<string, GraphQLField>>;

/** @returns undefined where the type is no such list, or one that tells not how to go on */
export function connectionOf(type: GraphQLNamedType): Connection | undefined {
  if (!isObjectType(type)) return undefined;
  const fields = type.getFields();
  const info = plainField(fields, 'pageInfo');
  if (info === undefined || !tells(getNamedType(info.type), FORWARDS)) return undefined;
  const canGoBack = tells(getNamedType(info.type), BACKWARDS);
  const total = plainField(fields, 'totalCount');
  const hasTotal = total !== undefined && isLeafType(getNamedType(total.type));
  const nodes = plainField(fields, 'nodes');
  if (nodes !== undefined && isListType(getNullableType(nodes.type))) {
    return { items: 'nodes', itemType: itemOf(nodes.type), via: '', hasTotal, canGoBack };
  }
  const edges = plainField(fields, 'edges');
  const edge = edges === undefined ? undefined : getNamedType(edges.type);
  if (edges === undefined || !isListType(getNullableType(edges.type)) || !isObjectType(edge)) {
    return undefined;
  }
  const node = plainField(edge.getFields(), 'node');
  return node === undefined
    ? undefined
    : { items: 'edges', itemType: node.type, via: 'node', hasTotal, canGoBack };
}

const FORWARDS = ['hasNextPage', 'endCursor'] as const;
const BACKWARDS = ['hasPreviousPage', 'startCursor'] as const;

function tells(type: GraphQLNamedType, names: readonly string[]): boolean {
  if (!isCompositeType(type) || !('getFields' in type)) return false;
  const fields = type.getFields();
  return names.every((name) => {
    const field = plainField(fields, name);
    return field !== undefined && isLeafType(getNamedType(field.type));
  });
}

/** A field that can be asked for without arguments. */
function plainField(fields: Fields, name: string): GraphQLField | undefined {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return field?.args.some((arg) => isRequiredArgument(arg)) === true ? undefined : field;
}

function itemOf(type: GraphQLOutputType): GraphQLOutputType {
  const nullable = getNullableType(type);
  return isListType(nullable) ? nullable.ofType : nullable;
}
