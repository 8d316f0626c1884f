/** Where a list goes on after a page, and how that page is asked for. */
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import type { CheckedArguments, OperationPlan, PaginationPlan } from '../model.ts';
import type { PagePosition } from '../results/contract.ts';
import { findAt, type Found } from '../results/paths.ts';
import { isPlainAddress } from './link.ts';

const MAX_TOKEN_CHARS = 2000;
const TOTALS = ['total', 'total_count', 'totalCount', 'total_items', 'totalItems', 'totalResults'];
const MORE_FLAGS = ['has_more', 'hasMore', 'has_next', 'hasNext', 'hasNextPage'];

/** One page as it came. */
export interface Page {
  readonly body: Json;
  /** Address of the next page as the transport found it; '' for none. */
  readonly nextUrl: string;
  /** Where this page was; null for the first. */
  readonly position: PagePosition | null;
  readonly args: CheckedArguments;
}

export interface AfterPage {
  /** Null where this was the last page. */
  readonly next: PagePosition | null;
  /** How many items there are in all, as the API says; -1 where it does not. */
  readonly total: number;
}

/** The list of a page; undefined where the answer is of another shape. */
export function listOf(pagination: PaginationPlan, body: Json): Found | undefined {
  const found = findAt(body, pagination.items);
  return found !== undefined && isJsonArray(found.value) ? found : undefined;
}

/** The pages as a call goes through them: backwards where it asks for the last of them. */
function wayOf(pagination: PaginationPlan, { values }: CheckedArguments): PaginationPlan {
  if (pagination.style !== 'token' || pagination.back === undefined) return pagination;
  const { when, ...way } = pagination.back;
  const isBack = (ownMember(values, when) ?? null) !== null;
  return isBack ? { style: 'token', items: pagination.items, ...way } : pagination;
}

/** Finds out what comes after a page. */
export function afterPage(plan: OperationPlan, planned: PaginationPlan, page: Page): AfterPage {
  const pagination = wayOf(planned, page.args);
  const list = listOf(pagination, page.body);
  const count = list !== undefined && isJsonArray(list.value) ? list.value.length : 0;
  const around = list === undefined ? [] : objectsAround(page.body, list.segments);
  const total = totalIn(around);
  const before = (page.position?.before ?? 0) + count;
  const more = pagination.style === 'token' ? (pagination.more ?? '') : '';
  const isLast = more === '' ? saysNoMore(around) : findAt(page.body, more)?.value === false;
  if (isLast) return { next: null, total };
  if (isCounted(pagination) && total >= 0 && before >= total) return { next: null, total };
  const at = isCounted(pagination)
    ? countedNext(plan, pagination, page, count)
    : namedNext(pagination, page.body, page.nextUrl);
  return { next: at === '' || at === page.position?.at ? null : { at, before }, total };
}

type Counted = Extract<PaginationPlan, { readonly style: 'page' | 'offset' }>;
type Named = Exclude<PaginationPlan, Counted>;

function isCounted(pagination: PaginationPlan): pagination is Counted {
  return pagination.style === 'page' || pagination.style === 'offset';
}

/** The next page as the API itself names it; '' for none. */
function namedNext(pagination: Named, body: Json, nextUrl: string): string {
  if (pagination.style === 'link') return plainAddress(nextUrl);
  const text = textAt(body, pagination.next);
  if (pagination.style === 'next_url') return plainAddress(nextUrl === '' ? text : nextUrl);
  return text.length <= MAX_TOKEN_CHARS ? text : '';
}

function countedNext(plan: OperationPlan, counted: Counted, page: Page, count: number): string {
  if (count === 0 || isShort(plan, counted, page, count)) return '';
  const now = page.position?.at ?? ownMember(page.args.values, counted.argument) ?? null;
  const start = numberOf(now) ?? counted.first;
  return String(counted.style === 'page' ? start + 1 : start + count);
}

function plainAddress(text: string): string {
  return isPlainAddress(text) ? text : '';
}

function textAt(body: Json, path: string): string {
  const value = path === '' ? undefined : findAt(body, path)?.value;
  if (value instanceof ExactNumber) return value.text;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * Whether fewer items came than a page holds. Where the largest page is not known, a round number
 * may be the API's own limit, and asking once more in vain is better than hiding what there is.
 */
function isShort(plan: OperationPlan, pagination: Counted, { args }: Page, count: number): boolean {
  const schema = argumentSchema(plan, pagination.sizeArgument);
  const asked = numberOf(ownMember(args.values, pagination.sizeArgument) ?? null);
  const usual = numberOf(ownMember(schema, 'default') ?? null);
  const most = numberOf(ownMember(schema, 'maximum') ?? null);
  if (asked === undefined) return usual !== undefined && count < usual;
  const isCertain = most !== undefined || count % 5 !== 0;
  return isCertain && count < Math.min(asked, most ?? asked);
}

function argumentSchema(plan: OperationPlan, name: string): JsonObject {
  const properties = ownMember(plan.input, 'properties');
  const schema = isJsonObject(properties) ? ownMember(properties, name) : undefined;
  return isJsonObject(schema) ? schema : {};
}

/** The object that holds the list and those around it, the root last. */
function objectsAround(body: Json, segments: readonly string[]): readonly JsonObject[] {
  const objects: JsonObject[] = [];
  let value: Json | undefined = body;
  for (const key of segments) {
    if (!isJsonObject(value)) break;
    objects.unshift(value, ...Object.values(value).filter((item) => isJsonObject(item)));
    value = ownMember(value, key);
  }
  return objects;
}

function totalIn(objects: readonly JsonObject[]): number {
  for (const object of objects) {
    for (const key of TOTALS) {
      const total = numberOf(ownMember(object, key) ?? null);
      if (total !== undefined && Number.isSafeInteger(total) && total >= 0) return total;
    }
  }
  return -1;
}

function saysNoMore(objects: readonly JsonObject[]): boolean {
  return objects.some((object) => MORE_FLAGS.some((key) => ownMember(object, key) === false));
}

function numberOf(value: Json): number | undefined {
  if (value instanceof ExactNumber) return Number(value.text);
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** The arguments with which a page is asked for, and its address where it has one. */
export function askFor(
  plan: OperationPlan,
  args: CheckedArguments,
  position: PagePosition | null,
): { readonly args: CheckedArguments; readonly pageUrl: string } {
  if (position === null || plan.pagination === null) return { args, pageUrl: '' };
  const pagination = wayOf(plan.pagination, args);
  if (!('argument' in pagination)) return { args, pageUrl: position.at };
  const value = asArgument(argumentSchema(plan, pagination.argument), pagination, position.at);
  const values = Object.fromEntries([
    ...Object.entries(args.values).filter(([name]) => name !== pagination.argument),
    [pagination.argument, value],
  ]);
  return { args: { values, files: args.files }, pageUrl: '' };
}

function asArgument(schema: JsonObject, { style }: PaginationPlan, at: string): Json {
  if (style !== 'token') return ownMember(schema, 'type') === 'string' ? at : Number(at);
  const types = [ownMember(schema, 'type') ?? 'string'].flat();
  if (types.includes('string') || !/^-?\d+$/.test(at)) return at;
  return String(Number(at)) === at ? Number(at) : new ExactNumber(at);
}
