/** One call, or as many as it takes to have the items that are wanted. */
import { type Clock, isJsonArray, type Json } from '../../../kernel/index.ts';
import type { OperationPlan, PaginationPlan, Reply } from '../model.ts';
import type { PagePosition, ResultLimits, ResultRequest, Unanswered } from '../results/contract.ts';
import { createSizes } from '../results/json-shape.ts';
import { replaceAt } from '../results/paths.ts';
import { afterPage, askFor, listOf, type AfterPage } from './position.ts';

export type Answer = Extract<Reply, { readonly kind: 'answer' }>;

export interface Collected {
  readonly kind: 'collected';
  /** The last page's answer, with the items of all pages where there were several. */
  readonly answer: Answer;
  readonly next: PagePosition | null;
  /** Items up to the end of this answer. */
  readonly seen: number;
  /** -1 where it is not known. */
  readonly total: number;
  /** Why it ended before it had what was wanted; '' for nothing. */
  readonly problem: string;
}

/** Calls at the page asked for; further pages only where `_max_items` wants more than one holds. */
export async function collect(
  request: ResultRequest,
  limits: ResultLimits,
  clock: Clock,
): Promise<Collected | Unanswered> {
  const { plan, controls } = request;
  const deadlineMs = clock.nowMs() + request.call.timeoutMs;
  const first = await callAt(request, controls.page, request.call.timeoutMs);
  if (first.kind !== 'answer') return first;
  const { pagination } = plan;
  if (pagination === null) return alone(first);
  const page = readPage(plan, pagination, first, controls.page, request);
  if (page === undefined) return alone(first);
  if (controls.maxItems <= page.items.length) return collectedOf(request, [page], '');
  return follow(request, limits, page, () => deadlineMs - clock.nowMs());
}

function callAt(
  request: ResultRequest,
  position: PagePosition | null,
  timeoutMs: number,
): Promise<Reply> {
  const { args, pageUrl } = askFor(request.plan, request.args, position);
  return request.send(args, { ...request.call, timeoutMs, pageUrl });
}

function alone(answer: Answer): Collected {
  return { kind: 'collected', answer, next: null, seen: 0, total: -1, problem: '' };
}

interface ReadPage {
  readonly answer: Answer;
  readonly body: Json;
  readonly items: readonly Json[];
  readonly segments: readonly string[];
  readonly before: number;
  readonly after: AfterPage;
}

/** @returns undefined where the answer holds no list at the place planned for it */
function readPage(
  plan: OperationPlan,
  pagination: PaginationPlan,
  answer: Answer,
  position: PagePosition | null,
  { args }: ResultRequest,
): ReadPage | undefined {
  if (answer.body.kind !== 'json') return undefined;
  const body = answer.body.value;
  const list = listOf(pagination, body);
  if (list === undefined || !isJsonArray(list.value)) return undefined;
  const { nextUrl } = answer;
  const after = afterPage(plan, pagination, { body, nextUrl, position, args });
  const before = position?.before ?? 0;
  return { answer, body, items: list.value, segments: list.segments, before, after };
}

async function follow(
  request: ResultRequest,
  limits: ResultLimits,
  first: ReadPage,
  leftMs: () => number,
): Promise<Collected> {
  const { plan, controls, call } = request;
  const sizes = createSizes();
  const pages = [first];
  const asked = new Set<string>([controls.page?.at ?? '']);
  let last = first;
  let count = first.items.length;
  let chars = sizes.of(first.body);
  while (count < controls.maxItems && last.after.next !== null) {
    const { next } = last.after;
    const stop = stopReason(pages.length, chars, leftMs(), limits, call.signal);
    if (stop !== '') return collectedOf(request, pages, stop);
    if (asked.has(next.at)) return collectedOf(request, pages, LOOP, true);
    asked.add(next.at);
    const reply = await callAt(request, next, leftMs());
    const page =
      reply.kind === 'answer' && plan.pagination !== null
        ? readPage(plan, plan.pagination, reply, next, request)
        : undefined;
    if (page === undefined) return collectedOf(request, pages, failureText(pages.length, reply));
    chars += sizes.of(page.body);
    count += page.items.length;
    pages.push(page);
    last = page;
  }
  return collectedOf(request, pages, '');
}

const LOOP = 'The API named the same page twice, so no more pages were read.';

function stopReason(
  pages: number,
  chars: number,
  leftMs: number,
  limits: ResultLimits,
  signal: AbortSignal,
): string {
  if (signal.aborted) return 'The call was cancelled before all pages were read.';
  if (leftMs <= 0) return 'Time ran out before all pages were read.';
  if (pages >= limits.maxPages)
    return `No more than ${limits.maxPages} pages are read in one call.`;
  return chars >= limits.maxPagesChars ? 'The pages became too large to be read in one call.' : '';
}

function failureText(pages: number, reply: Reply): string {
  const which = `Page ${pages + 1} could not be read`;
  if (reply.kind === 'failure') return `${which}: the API answered ${reply.status}.`;
  if (reply.kind === 'answer') return `${which}: it holds no list.`;
  return `${which}: ${reply.text}`;
}

/** @param isEnd there is nothing further whatever the last page says */
function collectedOf(
  { plan, controls }: ResultRequest,
  pages: readonly ReadPage[],
  problem: string,
  isEnd = false,
): Collected {
  const [first] = pages;
  const last = pages.at(-1);
  if (first === undefined || last === undefined) throw new Error('There is always one page.');
  const items = pages.length === 1 ? first.items : pages.flatMap((page) => page.items);
  const cut = exactCut(plan.pagination, controls.maxItems, items, last, first.before);
  const kept = cut?.items ?? items;
  const value = kept === last.items ? last.body : replaceAt(last.body, last.segments, kept);
  return {
    kind: 'collected',
    answer: { ...last.answer, ...noteOf(pages), body: { kind: 'json', value } },
    next: isEnd ? null : (cut?.next ?? last.after.next),
    seen: first.before + kept.length,
    total: last.after.total,
    problem,
  };
}

/** What has to be said of any of the pages. */
function noteOf(pages: readonly ReadPage[]): Partial<Pick<Answer, 'note'>> {
  const notes = new Set(pages.flatMap(({ answer }) => answer.note ?? []));
  return notes.size === 0 ? {} : { note: [...notes].join('\n') };
}

/** Lists that are counted by item can be left at any item and gone on with from there. */
function exactCut(
  pagination: PaginationPlan | null,
  wanted: number,
  items: readonly Json[],
  last: ReadPage,
  before: number,
): { readonly items: readonly Json[]; readonly next: PagePosition } | undefined {
  const { next } = last.after;
  const isCounted = pagination?.style === 'offset' && next !== null;
  if (!isCounted || wanted === 0 || items.length <= wanted) return undefined;
  const at = Number(next.at) - (items.length - wanted);
  return { items: items.slice(0, wanted), next: { at: String(at), before: before + wanted } };
}
