/** How further pages are asked for, recognised from arguments and what is selected. */
import { getNullableType, isListType, type GraphQLField } from 'graphql';
import type { PaginationPlan } from '../../api/model.ts';
import type { Selection } from './selection.ts';

const OFFSETS = ['offset', 'skip'] as const;
const PAGES = ['page', 'pageNumber'] as const;
const SIZES = ['limit', 'first', 'take', 'size', 'perPage', 'pageSize'] as const;

const BACK = {
  when: 'last',
  argument: 'before',
  next: '/pageInfo/startCursor',
  more: '/pageInfo/hasPreviousPage',
} as const;

export function pagesOf(field: GraphQLField, selection: Selection): PaginationPlan | null {
  const names = new Set(field.args.map(({ name }) => name));
  const { connection } = selection;
  if (connection !== undefined) {
    if (!names.has('after')) return null;
    const items = `/${connection.items}`;
    const way = { style: 'token', items, next: '/pageInfo/endCursor', argument: 'after' } as const;
    return selection.goesBack ? { ...way, back: BACK } : way;
  }
  if (!isListType(getNullableType(field.type))) return null;
  const sizeArgument = SIZES.find((name) => names.has(name));
  if (sizeArgument === undefined) return null;
  const offset = OFFSETS.find((name) => names.has(name));
  if (offset !== undefined) {
    return { style: 'offset', items: '', argument: offset, sizeArgument, first: 0 };
  }
  const page = PAGES.find((name) => names.has(name));
  return page === undefined
    ? null
    : { style: 'page', items: '', argument: page, sizeArgument, first: 1 };
}
