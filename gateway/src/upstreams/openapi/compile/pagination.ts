/** How further pages of a list are asked for, recognised from parameters and the answer. */
import { findItems, findLeaf, words, type AnswerShape } from './answer-shape.ts';
import { isJsonArray, isJsonObject, type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { PaginationPlan } from '../../api/model.ts';
import type { OperationView } from '../document.ts';

/** An argument as pagination sees it. */
export interface PageArgument {
  readonly name: string;
  /** The API's name in lower case letters and digits only: `page[size]` is `pagesize`. */
  readonly word: string;
  /** Resolved. */
  readonly schema: JsonObject;
}

const TOKEN_ARGUMENTS = words(
  'pagetoken nextpagetoken nexttoken cursor nextcursor startcursor pagecursor aftercursor ' +
    'continuationtoken continuation continue skiptoken startingtoken paginationtoken ' +
    'exclusivestartkey marker after startingafter pageafter scrollid token offset next ' +
    'startkey bookmark resumptiontoken syncid lastkey',
);

/** Names of a token in an answer; not those that could as well be something else. */
const TOKENS = words(
  'nextpagetoken nexttoken nextcursor nextpagecursor continuationtoken paginationtoken ' +
    'nextmarker nextstartkey lastevaluatedkey endcursor scrollid continue continuation ' +
    'aftercursor bookmark resumptiontoken nextpageid cursor after marker offset next nextpage ' +
    'nextkey nextstartingafter',
);

const URLS = words(
  'odatanextlink nextlink nexturl nextpageurl nextpageuri nexthref nextpagelink next ' +
    'nextpage nexturi',
);

const PAGES = words('page pagenumber pageno pagenum pageindex currentpage p pageid');

const OFFSETS = words('offset skip start startindex startat from pageoffset first firstresult');

const SIZES = words(
  'perpage pagesize limit size pagelimit top maxresults count rows take itemsperpage ' +
    'resultsperpage pageitems max num number length first',
);

/** @param shape of the successful answer; undefined where it is no known JSON */
export function readPagination(
  view: OperationView,
  args: readonly PageArgument[],
  shape: AnswerShape | undefined,
): PaginationPlan | null {
  const isReading = view.operation.effects.effect === 'read';
  if (!isReading && !Object.hasOwn(view.extensions, 'x-ms-pageable')) return null;
  const items = shape === undefined ? undefined : findItems(shape);
  const declared = pageable(view, items);
  if (declared !== undefined) return declared;
  if (items === undefined || shape === undefined) return null;
  return (
    odata(shape, items) ??
    token(shape, items, args) ??
    linkHeader(view, items) ??
    nextUrl(shape, items) ??
    counted(items, args) ??
    null
  );
}

/** `x-ms-pageable`; null in it says that there is only one page. */
function pageable(
  view: OperationView,
  items: string | undefined,
): PaginationPlan | null | undefined {
  const said = view.extensions['x-ms-pageable'];
  if (typeof said !== 'object' || said === null) return undefined;
  const link = 'nextLinkName' in said ? said.nextLinkName : 'nextLink';
  if (typeof link !== 'string' || link === '') return null;
  const list = 'itemName' in said && typeof said.itemName === 'string' ? said.itemName : 'value';
  return { style: 'next_url', items: items ?? `/${list}`, next: `/${escape(link)}` };
}

function odata(shape: AnswerShape, items: string): PaginationPlan | undefined {
  const next = findLeaf(shape, ['odatanextlink', 'nextlink'], isText);
  return next === undefined ? undefined : { style: 'next_url', items, next };
}

function token(
  shape: AnswerShape,
  items: string,
  args: readonly PageArgument[],
): PaginationPlan | undefined {
  for (const word of TOKEN_ARGUMENTS) {
    const argument = args.find((one) => one.word === word);
    if (argument === undefined) continue;
    // A number is counted, not handed on; a text that the answer repeats is a token.
    if (word === 'offset' && !isText(argument.schema)) continue;
    const known = TOKENS.filter((name) => name !== 'offset' || word === 'offset');
    const next = findLeaf(shape, [...known, word], isScalar);
    if (next !== undefined) return { style: 'token', items, next, argument: argument.name };
  }
  return undefined;
}

function linkHeader(view: OperationView, items: string): PaginationPlan | undefined {
  const has = view.responses.some(
    (response) =>
      response.status.startsWith('2') &&
      [...response.headers.keys()].some((name) => name.toLowerCase() === 'link'),
  );
  return has ? { style: 'link', items, next: '' } : undefined;
}

function nextUrl(shape: AnswerShape, items: string): PaginationPlan | undefined {
  const next = findLeaf(shape, URLS, isText);
  // A cursor is no address, and without an argument for it nothing can be done with it.
  return next === undefined || /cursors?\//i.test(next)
    ? undefined
    : { style: 'next_url', items, next };
}

function counted(items: string, args: readonly PageArgument[]): PaginationPlan | undefined {
  for (const [style, names, usual] of [
    ['page', PAGES, 1],
    ['offset', OFFSETS, 0],
  ] as const) {
    const argument = names.map((word) => args.find((one) => one.word === word)).find(isCounter);
    if (argument === undefined) continue;
    const size = SIZES.map((word) => args.find((one) => one.word === word)).find(
      (one) => one !== undefined && one !== argument && isCounter(one),
    );
    // `start` and `from` alone are as often dates or places.
    if (style === 'offset' && size === undefined) continue;
    const first = firstOf(argument.schema, usual);
    return { style, items, argument: argument.name, sizeArgument: size?.name ?? '', first };
  }
  return undefined;
}

function firstOf(schema: JsonObject, usual: number): number {
  const said = ownMember(schema, 'default') ?? ownMember(schema, 'minimum');
  return said === 0 || said === 1 ? said : usual;
}

function isCounter(argument: PageArgument | undefined): argument is PageArgument {
  if (argument === undefined) return false;
  const type = ownMember(argument.schema, 'type');
  const types = isJsonArray(type) ? type : [type];
  return types.includes('integer') || types.includes('number') || type === undefined;
}

function isText(schema: JsonObject): boolean {
  return allows(schema, ['string']);
}

function isScalar(schema: JsonObject): boolean {
  return allows(schema, ['string', 'integer', 'number']);
}

function allows(schema: JsonObject, wanted: readonly string[]): boolean {
  const type = ownMember(schema, 'type');
  if (type === undefined) {
    const choices = ownMember(schema, 'anyOf') ?? ownMember(schema, 'oneOf');
    if (isJsonArray(choices))
      return choices.some((one) => isJsonObject(one) && allows(one, wanted));
    return ownMember(schema, 'properties') === undefined;
  }
  return (isJsonArray(type) ? type : [type]).some(
    (name) => typeof name === 'string' && wanted.includes(name),
  );
}

function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
