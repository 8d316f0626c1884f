/** Carries out calls that are about the catalog itself: its lists, and what the endpoint is. */
import {
  MODERN_REVISIONS,
  Refusal,
  type Awaitable,
  type Call,
  type Clock,
  type Delivery,
  type Exchange,
  type LocalMessage,
  type OwnTool,
  type Principal,
} from '../../kernel/index.ts';
import { readWrapped } from '../resolve/call-tool.ts';
import type { AllTools } from './all-tools.ts';
import {
  cursorContext,
  offsetBehind,
  openCursor,
  sealCursor,
  type CursorSealer,
} from './cursors.ts';
import { describeTools } from './describe-tool.ts';
import { describeEndpoint } from '../endpoints/description.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { EndpointIndex, Entry } from '../endpoints/endpoint-index.ts';
import { LISTS, LIST_NAMES, type ListName } from '../items/items.ts';
import { missingMembers, missingParts } from '../endpoints/missing.ts';
import type { Pages } from './pages.ts';
import type { Rankings } from '../search/ranking.ts';
import { searchTools } from './search-tools.ts';
import { toolFault } from './tool-answers.ts';

/** How long callers may keep a list, milliseconds: whole, and while a part of it is missing. */
const TTL_MS = 60_000;
const TTL_WITH_GAPS_MS = 5_000;

/** What a view needs to stand on an exchange. */
export type ViewCall = Exchange & { readonly principal: Principal; readonly call: Call };

export interface ViewDeps {
  readonly sealer: CursorSealer;
  readonly clock: Clock;
  readonly pages: Pages;
  readonly allTools: AllTools;
  readonly rankings: Rankings;
}

const LIST_OF_METHOD: ReadonlyMap<string, ListName> = new Map(
  LIST_NAMES.map((list) => [LISTS[list].method, list]),
);

/** @param endpoints of this configuration snapshot, by name */
export function createViews(
  endpoints: ReadonlyMap<string, Endpoint>,
  deps: ViewDeps,
): { carry(x: ViewCall, delivery: Delivery): Awaitable<void> } {
  return {
    carry: (x, delivery) => {
      const endpoint = endpoints.get(x.endpoint);
      const found =
        endpoint === undefined ? new Refusal('endpoint_unknown') : view(x, endpoint, deps);
      if (!(found instanceof Promise)) return delivery.finish(found);
      return found.then((message) => delivery.finish(message));
    },
  };
}

function view(x: ViewCall, endpoint: Endpoint, deps: ViewDeps): Awaitable<LocalMessage | Refusal> {
  const tool = x.target?.kind === 'view' ? x.target.tool : undefined;
  if (tool !== undefined) return ownTool(tool, x, endpoint, deps);
  if (x.call.method === 'server/discover') return discover(x, endpoint);
  if (x.dialect === 'rest') return deps.allTools.list(endpoint, x.principal);
  const list = LIST_OF_METHOD.get(x.call.method);
  return list === undefined ? new Refusal('method_unknown') : listView(x, endpoint, list, deps);
}

/** What the endpoint's own tools find is what this principal's lists would hold in full. */
function ownTool(
  tool: OwnTool,
  x: ViewCall,
  endpoint: Endpoint,
  deps: ViewDeps,
): Awaitable<LocalMessage> {
  const { call, principal } = x;
  switch (tool) {
    case 'describe_tool':
      return describeTools(
        call,
        (name) => endpoint.describedTool(principal, name),
        x.dialect === 'legacy',
      );
    case 'search_tools':
      return searchTools(call, endpoint.sightOf(principal).tools, deps.rankings);
    case 'call_tool': {
      const wrapped = readWrapped(call);
      return toolFault(typeof wrapped === 'string' ? wrapped : 'It calls no tool of its own kind.');
    }
  }
}

function listView(
  x: ViewCall,
  endpoint: Endpoint,
  list: ListName,
  deps: ViewDeps,
): LocalMessage | Refusal {
  const { call, principal } = x;
  const index = endpoint.now();
  const sight = endpoint.sightOf(principal);
  const entries = list === 'tools' ? sight.tools.listed : sight.lists[list];
  const context = cursorContext(principal, endpoint, call.method);
  const offset = readOffset(call, entries, index, list, context, deps.sealer);
  if (offset instanceof Refusal) return offset;
  const { text, end, findings } = deps.pages.at(entries, offset, x.dialect === 'legacy');
  const last = end < entries.length ? entries[end - 1] : undefined;
  const missing = missingParts(endpoint, list, principal, sight, findings);
  // The endpoint's own tools stand on the first page, before all others.
  const own = list === 'tools' && isFirstPage(call) ? sight.tools.ownDefinitions : '';
  const all = own === '' || text === '' ? own + text : `${own},${text}`;
  let members = `"${LISTS[list].member}":[${all}]`;
  if (last !== undefined) {
    const { upstream, name } = last.item.id;
    const at = { upstream, order: index.members.indexOf(upstream), name, place: last.place };
    const cursor = sealCursor(deps.sealer, at, context, deps.clock.nowMs());
    members += `,"nextCursor":${JSON.stringify(cursor)}`;
  }
  return local(members, missingMembers(missing), missing.length > 0);
}

/** Also the empty cursor is one; this gateway never gives it out (2026-07-28, pagination). */
function readOffset(
  call: Call,
  entries: readonly Entry[],
  index: EndpointIndex,
  list: ListName,
  context: string,
  sealer: CursorSealer,
): number | Refusal {
  if (isFirstPage(call)) return 0;
  const entry = call.view.member(call.params, 'cursor');
  const cursor = call.view.string(entry);
  if (cursor === undefined) {
    return new Refusal('params_invalid', { text: 'The member "cursor" must be a string.' });
  }
  const at = openCursor(sealer, cursor, context);
  if (at === undefined) {
    return new Refusal('cursor_invalid', { text: 'Begin again without a cursor.' });
  }
  const ofThisList = (upstream: string, name: string): number | undefined =>
    index.items.get(upstream)?.[list].places.get(name);
  return offsetBehind(at, entries, index.members, ofThisList);
}

function isFirstPage({ view, params }: Call): boolean {
  return view.member(params, 'cursor') < 0;
}

function discover(x: ViewCall, endpoint: Endpoint): LocalMessage {
  const { capabilities, instructions } = describeEndpoint(endpoint, x.principal, 'modern');
  const versions = JSON.stringify(MODERN_REVISIONS);
  const words = instructions === '' ? '' : `,"instructions":${JSON.stringify(instructions)}`;
  const hasGaps = endpoint.parts().some((part) => part.state !== 'fresh');
  const members = `"supportedVersions":${versions},"capabilities":${capabilities}${words}`;
  return local(members, '', hasGaps);
}

/** `_meta` comes last: encode adds to it who we are. */
function local(members: string, meta: string, hasGaps: boolean): LocalMessage {
  const tail = meta === '' ? '' : `,"_meta":{${meta}}`;
  return {
    kind: 'local',
    result: `{${members}${tail}}`,
    cache: { ttlMs: hasGaps ? TTL_WITH_GAPS_MS : TTL_MS, scope: 'private' },
  };
}
