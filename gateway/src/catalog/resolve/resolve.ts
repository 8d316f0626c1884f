/**
 * The stage that finds out what is meant: public names become items, and what this principal may
 * not see does not exist. Nothing is allocated for a tool that is found, but its edit.
 */
import {
  Refusal,
  type Awaitable,
  type Call,
  type Exchange,
  type MethodRow,
  type OwnTool,
  type Principal,
  type Step,
  type Target,
} from '../../kernel/index.ts';
import { readWrapped, unwrap, unwrapEdits } from './call-tool.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { markResolved, type Resolved } from '../evidence.ts';
import { findReference, nameEdits, uriEdits } from './find-reference.ts';
import { findResource } from './find-resource.ts';
import { findTask, type OpenTask } from './find-task.ts';
import { isNotFound, meantItem, unknownInside, unknownName, withDecision } from './not-found.ts';
import { openRequestState, type OpenState } from './request-state.ts';
import { ownToolOf } from '../endpoints/shown-tools.ts';
import type { NotFound } from '../endpoints/visibility.ts';

/** What resolve needs to stand on an exchange. */
export type ResolveCall = Exchange & { readonly principal: Principal; readonly call: Call };

const VIEW: Target = { kind: 'view' };
const OWN: Readonly<Record<OwnTool, Target>> = {
  describe_tool: { kind: 'view', tool: 'describe_tool' },
  search_tools: { kind: 'view', tool: 'search_tools' },
  call_tool: { kind: 'view', tool: 'call_tool' },
};
const SESSION: Target = { kind: 'session' };
const STREAM: Target = { kind: 'subscription', item: undefined, originalName: '' };

/**
 * Refuses with `endpoint_unknown`, `method_unknown`, `item_unknown`, `resource_unknown`,
 * `task_unknown`, `params_invalid`, `upstream_unavailable` and what `openState` says. Waits only for
 * upstreams that have not had their first chance to answer.
 * @param endpoints of this configuration snapshot, by name
 */
export function createResolve(
  endpoints: ReadonlyMap<string, Endpoint>,
  deps: {
    readonly openState: OpenState;
    readonly openTask: OpenTask;
    readonly notFound: NotFound;
  },
): <X extends ResolveCall>(x: X) => Awaitable<Step<X & Resolved>> {
  const { openState, openTask, notFound } = deps;
  const settle = <X extends ResolveCall>(
    x: X,
    endpoint: Endpoint,
    found: Target | Refusal,
  ): Step<X & Resolved> => {
    if (found instanceof Refusal) {
      if (!isNotFound(found)) return found;
      return withDecision(found, notFound(x, meantItem(x.call, x.asked, endpoint)));
    }
    markResolved(x, found);
    if (found.kind === 'item') {
      if (endpoint.isBinding && x.call.row?.itemKind !== 'task') {
        x.bindings = endpoint.bindingsOf(x.principal, found.item);
      }
      const refusal = openRequestState(x, openState);
      if (refusal !== undefined) return refusal;
    }
    return x;
  };
  return <X extends ResolveCall>(x: X): Awaitable<Step<X & Resolved>> => {
    const endpoint = endpoints.get(x.endpoint);
    x.asked = x.call.name === '' ? x.call.method : x.call.name;
    if (endpoint === undefined) return new Refusal('endpoint_unknown');
    x.isOfMany = endpoint.now().members.length > 1;
    const found = find(x, endpoint, openTask);
    if (mayChange(x.call, found)) {
      const settled = endpoint.whenSettled();
      if (settled !== undefined) {
        return settled.then(() => settle(x, endpoint, find(x, endpoint, openTask)));
      }
    }
    return settle(x, endpoint, found);
  };
}

/** What an upstream that has not answered yet could make different. */
function mayChange(call: Call, found: Target | Refusal): boolean {
  if (found instanceof Refusal) return true;
  return found.kind === 'view' || (found.kind === 'session' && call.method === 'initialize');
}

function find(x: ResolveCall, endpoint: Endpoint, openTask: OpenTask): Target | Refusal {
  const { call } = x;
  if (call.kind === 'stream') return STREAM;
  if (call.kind !== 'request') return SESSION;
  const { row } = call;
  if (row === undefined) return findVendorMethod(endpoint);
  if (!row.dialects.includes(x.dialect) || !isOffered(endpoint, row.needs)) {
    return new Refusal('method_unknown');
  }
  switch (row.target) {
    case 'view':
      return VIEW;
    case 'session':
      return SESSION;
    case 'subscription':
      return row.itemKind === undefined ? STREAM : findSubscribed(x, endpoint);
    case 'item':
      return row.itemKind === 'task'
        ? findTask(x, endpoint, openTask)
        : findItem(x, endpoint, row.itemKind);
  }
}

/** A method that no row knows goes to the upstream where there is no doubt which one. */
function findVendorMethod(endpoint: Endpoint): Target | Refusal {
  const { members } = endpoint.now();
  const [only] = members;
  if (members.length !== 1 || only === undefined) return new Refusal('method_unknown');
  return { kind: 'passthrough', upstream: only };
}

/** What an upstream without any list offers is not known; then the method is not denied. */
function isOffered(
  endpoint: Endpoint,
  needs: 'tools' | 'prompts' | 'resources' | 'completions' | 'logging' | undefined,
): boolean {
  return needs === undefined || needs === 'tools' || endpoint.mayOffer(needs);
}

function findItem(
  x: ResolveCall,
  endpoint: Endpoint,
  kind: Exclude<MethodRow['itemKind'], 'task'>,
): Target | Refusal {
  switch (kind) {
    case 'tool':
      return findTool(x, endpoint);
    case 'prompt':
      return findPrompt(x, endpoint);
    case 'resource':
      return findRead(x, endpoint);
    case 'reference':
      return findReference(x, endpoint);
    case undefined:
      return new Refusal('method_unknown');
  }
}

function findTool(x: ResolveCall, endpoint: Endpoint): Target | Refusal {
  const { call } = x;
  const entry = endpoint.visibleTool(x.principal, call.name);
  if (entry !== undefined) {
    x.edits =
      x.via === ''
        ? nameEdits(x, call.view.member(call.params, 'name'), entry)
        : unwrapEdits(call, entry.rawOriginal);
    return entry.target;
  }
  if (x.via !== '') return unknownInside(x.principal, endpoint, call.name);
  const tool = ownToolOf(endpoint.sightOf(x.principal).tools.ownNames, call.name);
  if (tool === undefined) return unknownName(x.principal, endpoint, call.name);
  const wrapped = tool === 'call_tool' ? readWrapped(call) : undefined;
  // What is wrong with its arguments is the tool's own answer.
  if (wrapped === undefined || typeof wrapped === 'string') return OWN[tool];
  unwrap(x, call, wrapped);
  return findTool(x, endpoint);
}

function findPrompt(x: ResolveCall, endpoint: Endpoint): Target | Refusal {
  const { call } = x;
  const entry = endpoint.now().byName.prompts.get(call.name);
  if (entry === undefined || !endpoint.isVisible(x.principal, entry.item)) {
    return unknownName(x.principal, endpoint, call.name);
  }
  x.edits = nameEdits(x, call.view.member(call.params, 'name'), entry);
  return entry.target;
}

function findRead(x: ResolveCall, endpoint: Endpoint): Target | Refusal {
  const found = findResource(endpoint, x.principal, x.call.name);
  if (found instanceof Refusal) return found;
  x.edits = uriEdits(x, found);
  return found.target;
}

function findSubscribed(x: ResolveCall, endpoint: Endpoint): Target | Refusal {
  const found = findResource(endpoint, x.principal, x.call.name);
  if (found instanceof Refusal) return found;
  const { item, originalName } = found.target;
  const capabilities = endpoint.now().items.get(item.id.upstream)?.capabilities;
  if (capabilities?.subscribe !== true) return new Refusal('method_unknown');
  x.edits = uriEdits(x, found);
  return { kind: 'subscription', item, originalName };
}
