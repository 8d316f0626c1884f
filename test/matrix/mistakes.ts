/** Mistakes that such gateways make, each with a door at which it shows. */
import { Refusal, type Exchange, type Principal } from '../../gateway/src/kernel/index.ts';
import type { Policy } from '../../gateway/src/policy/index.ts';
import type { Mistake } from './seams.ts';

type Viewer = ReturnType<Policy['viewerOf']>;

/** A viewer that says some things differently. */
function over<V extends object>(viewer: V, change: Partial<V>): V {
  return Object.assign(Object.create(viewer) as V, change);
}

const EVERYTHING = { mayInvoke: () => true, mayReach: () => true };
export const seesAll =
  <V extends object>(viewerOf: (principal: Principal, endpoint: string) => V): typeof viewerOf =>
  (...asked) =>
    over(viewerOf(...asked), EVERYTHING as unknown as Partial<V>);

/** Decides, and lets the call in whatever was decided. */
function unchecked<X extends Parameters<Policy['authorize']>[0]>(policy: Policy, x: X): never {
  const step = policy.authorize(x);
  const { decision } = x;
  if (step instanceof Refusal && decision !== undefined) {
    x.decision = { ...decision, outcome: 'allow', needsApproval: false };
  }
  return x as never;
}

/** Lists are right; but some calls are looked up and let in as if nothing were forbidden. */
function unguarded(isMeant: (x: Exchange) => boolean): Mistake {
  return {
    policy: (policy) => ({
      ...policy,
      authorize: (x) => (isMeant(x) ? unchecked(policy, x) : policy.authorize(x)),
    }),
    stage: (make, deps) => {
      const right = make(deps);
      const wide = make({ ...deps, viewerOf: seesAll(deps.viewerOf) });
      return { ...right, resolve: (x) => (isMeant(x) ? wide : right).resolve(x) };
    },
  };
}

/** @param change what becomes of what a caller may see */
function seeing(change: (viewer: Viewer) => Viewer): Mistake {
  return {
    policy: (policy) => ({
      ...policy,
      viewerOf: (principal, endpoint) => change(policy.viewerOf(principal, endpoint)),
    }),
  };
}

const isItem = ({ call }: Exchange): boolean => call?.row?.itemKind !== undefined;
const asks = (method: string) => (x: Exchange) => x.call?.method === method;

export const MISTAKES: Readonly<Record<string, readonly [door: string, mistake: Mistake]>> = {
  'only lists are filtered': ['prompts, modern', unguarded(isItem)],
  'only lists of tools are filtered': ['tools, modern', unguarded(asks('tools/call'))],
  'rules are matched with public names': [
    'tools, REST',
    seeing((viewer) =>
      over(viewer, {
        mayInvoke: ({ id, ...rest }) =>
          viewer.mayInvoke({ ...rest, id: { ...id, name: `${id.upstream}__${id.name}` } }),
      }),
    ),
  ],
  'what call_tool is to call is not looked at': [
    'call_tool',
    unguarded((x) => x.via !== '' || x.call?.name === 'call_tool'),
  ],
  'what was made for one caller is shown to others': [
    'tools, modern',
    {
      policy: (policy) => {
        let first: Viewer | undefined;
        return {
          ...policy,
          viewerOf: (...asked) => (first ??= policy.viewerOf(...asked)),
        };
      },
    },
  ],
  'the endpoint is left out of what is remembered': [
    'search, by name',
    { policy: (policy) => ({ ...policy, viewerOf: (who) => policy.viewerOf(who, 'default') }) },
  ],
  'what a tool says of itself is believed': [
    'tools, legacy',
    seeing((viewer) =>
      over(viewer, {
        mayInvoke: (item) =>
          viewer.mayInvoke(item) || (item.hints?.readOnly === true && viewer.mayReach('ab')),
      }),
    ),
  ],
  'completion of prompts is not filtered': [
    'completion of prompts',
    unguarded(asks('completion/complete')),
  ],
  'completion of templates is not filtered': [
    'completion of templates',
    unguarded(asks('completion/complete')),
  ],
  'what a template stands for is read unchecked': [
    'templates',
    unguarded(({ call }) => call?.method === 'resources/read' && call.name.endsWith('/7')),
  ],
  'REST is not checked': ['tools, REST', unguarded(({ dialect }) => dialect === 'rest')],
  'sessions are not checked': ['tools, legacy', unguarded(({ dialect }) => dialect === 'legacy')],
  'HTTP with SSE is not checked': [
    'resources, HTTP+SSE',
    unguarded(({ session }) => session?.revision === '2024-11-05'),
  ],
  'subscribing is not checked': ['subscribe, legacy', unguarded(asks('resources/subscribe'))],
  'tasks are not checked': ['tasks', unguarded(asks('tasks/get'))],
  'describe_tool knows all': [
    'describe_tool',
    {
      stage: (make, deps) => {
        const right = make(deps);
        const { views } = make({ ...deps, viewerOf: seesAll(deps.viewerOf) });
        const isMeant = ({ target }: Exchange): boolean =>
          target?.kind === 'view' && target.tool === 'describe_tool';
        return {
          ...right,
          views: { carry: (x, out) => (isMeant(x) ? views : right.views).carry(x, out) },
        };
      },
    },
  ],
  'whoever has to be asked is not': [
    'tools, modern',
    { rooms: (rooms) => ({ ...rooms, approve: (x) => x as never }) },
  ],
  'claims are not looked at': [
    'tools, modern',
    { config: (rule) => ('claims' in (rule.who ?? {}) ? { ...rule, who: undefined } : rule) },
  ],
  'conditions are not looked at': [
    'tools, modern',
    { config: (rule) => ({ ...rule, when: undefined }) },
  ],
  'what is hidden is said to be hidden': [
    'resources, modern',
    {
      stage: (make, deps) =>
        make({
          ...deps,
          notFound: (x, item) => `${deps.notFound(x, item)}${item === undefined ? '' : ' '}`,
        }),
    },
  ],
  'what is hidden is not recorded as decided': [
    'prompts, legacy',
    { stage: (make, deps) => make({ ...deps, notFound: () => 'AAAAAAAAAAAA-1' }) },
  ],
};
