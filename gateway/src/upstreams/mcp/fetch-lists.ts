/** Reading all pages of a server's lists, within bounds (MCP, server utilities, pagination). */
import { Refusal, type AnswerMessage, type RawItem } from '../../kernel/index.ts';
import { LIST_DEPTH } from './message.ts';
import type { OwnAnswer, OwnRequest } from './own-flight.ts';
import { invalidAnswer, type PeerHead } from './peer-head.ts';

const MAX_PAGES = 64;
const MAX_ITEMS = 10_000;
const MAX_TOTAL_BYTES = 32 * 1024 * 1024;

/** Sends one request of our own. */
export type Ask = (request: OwnRequest) => Promise<OwnAnswer>;

interface ListKindRow {
  readonly method: string;
  /** Member of the result that holds the elements. */
  readonly member: string;
  /** Member of an element that names it. */
  readonly named: string;
  /** Servers that advertise the capability leave this list out so often that it counts as empty. */
  readonly isOptional?: true;
}

const TOOLS: ListKindRow = { method: 'tools/list', member: 'tools', named: 'name' };
const PROMPTS: ListKindRow = { method: 'prompts/list', member: 'prompts', named: 'name' };
const RESOURCES: ListKindRow = { method: 'resources/list', member: 'resources', named: 'uri' };
const TEMPLATES: ListKindRow = {
  method: 'resources/templates/list',
  member: 'resourceTemplates',
  named: 'uriTemplate',
  isOptional: true,
};

export interface Lists {
  readonly tools: readonly RawItem[];
  readonly prompts: readonly RawItem[];
  readonly resources: readonly RawItem[];
  readonly templates: readonly RawItem[];
}

/**
 * Reads the lists that the server advertises. An element that is not an object or has no name is
 * left out; a page that is no list, a cursor that comes twice, more than 64 pages, 10,000 items or
 * 32 MiB are `upstream_invalid`.
 */
export async function fetchLists(head: PeerHead, ask: Ask): Promise<Lists | Refusal> {
  const { tools, prompts, resources } = head.capabilities;
  const budget = wholeBudget();
  const read = (row: ListKindRow, isOffered: boolean): Promise<RawItem[] | Refusal> =>
    isOffered ? readPages(row, ask, budget) : Promise.resolve([]);
  const lists = await Promise.all([
    read(TOOLS, tools),
    read(PROMPTS, prompts),
    read(RESOURCES, resources),
    read(TEMPLATES, resources),
  ]);
  const [readTools, readPrompts, readResources, readTemplates] = lists;
  if (readTools instanceof Refusal) return readTools;
  if (readPrompts instanceof Refusal) return readPrompts;
  if (readResources instanceof Refusal) return readResources;
  if (readTemplates instanceof Refusal) return readTemplates;
  return {
    tools: readTools,
    prompts: readPrompts,
    resources: readResources,
    templates: readTemplates,
  };
}

/** Reads the list of tools alone, within the bounds of `fetchLists`. */
export function fetchTools(ask: Ask): Promise<readonly RawItem[] | Refusal> {
  return readPages(TOOLS, ask, wholeBudget());
}

/** What is left of the bounds; all lists of one upstream draw on it. */
interface Budget {
  items: number;
  bytes: number;
}

function wholeBudget(): Budget {
  return { items: MAX_ITEMS, bytes: MAX_TOTAL_BYTES };
}

async function readPages(row: ListKindRow, ask: Ask, budget: Budget): Promise<RawItem[] | Refusal> {
  const items: RawItem[] = [];
  const cursors = new Set<string>();
  let params = '';
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await ask({
      method: row.method,
      params,
      maxBytes: Math.max(1, budget.bytes),
      recordDepth: LIST_DEPTH,
    });
    if (answer instanceof Refusal) {
      return answer.reason === 'result_too_large' ? tooManyBytes() : answer;
    }
    if (answer.kind === 'error') return isMissing(row, answer) ? [] : listError(row, answer);
    const refusal = takePage(row, answer, budget, items);
    if (refusal !== undefined) return refusal;
    const { view, value } = answer;
    const next = view.member(value, 'nextCursor');
    const cursor = view.string(next);
    if (cursor === undefined) return items;
    if (cursors.has(cursor)) {
      return invalidAnswer(`It answered ${row.method} with the same cursor twice.`);
    }
    cursors.add(cursor);
    params = `"cursor":${view.raw(next)}`;
  }
  return invalidAnswer(`It answered ${row.method} with more than ${MAX_PAGES} pages.`);
}

function takePage(
  { method, member, named }: ListKindRow,
  { view, value }: AnswerMessage,
  budget: Budget,
  items: RawItem[],
): Refusal | undefined {
  const list = view.member(value, member);
  if (view.kind(list) !== 'array') {
    return invalidAnswer(`It answered ${method} without the list "${member}".`);
  }
  budget.bytes -= view.bytes.length;
  for (const element of view.children(list)) {
    if (view.kind(element) !== 'object') continue;
    const name = view.string(view.member(element, named));
    if (name === undefined || name === '') continue;
    items.push({ name, definition: view.slice(element) });
    budget.items--;
  }
  if (budget.items < 0) return invalidAnswer(`It lists more than ${MAX_ITEMS} items.`);
  return budget.bytes < 0 ? tooManyBytes() : undefined;
}

function tooManyBytes(): Refusal {
  return invalidAnswer(`Its lists have more than ${MAX_TOTAL_BYTES / 1024 / 1024} MiB.`);
}

function isMissing({ isOptional }: ListKindRow, { view, value }: AnswerMessage): boolean {
  return isOptional === true && view.raw(view.member(value, 'code')) === '-32601';
}

function listError({ method }: ListKindRow, { view, value }: AnswerMessage): Refusal {
  const code = view.raw(view.member(value, 'code'));
  return invalidAnswer(`It answered ${method} with the error ${code}.`);
}
