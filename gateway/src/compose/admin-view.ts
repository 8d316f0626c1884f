/** One configuration, as the admin API sees it. */
import type { AdminView } from '../admin/index.ts';
import { createEndpointScopes } from '../catalog/index.ts';
import { isLocalMode } from '../identity/index.ts';
import { DEFAULT_ENDPOINT, principalOf, type Clock } from '../kernel/index.ts';
import { compileAdminRules, compilePolicy, createExplainer, lintPolicy } from '../policy/index.ts';
import type { Store } from '../store/index.ts';
import type { Config } from './config.ts';
import { endpointFacts } from './endpoints.ts';
import { explainDecision } from './explain-decision.ts';
import { explanationWords } from './explain-words.ts';
import { createExplain } from './explain.ts';
import { upstreamFacts } from './upstream-facts.ts';

export interface ViewDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly directory: string;
}

/** Nobody in particular, for what is the same for all. */
const ANYBODY = principalOf({ id: 'nobody', kind: 'agent', verifiedBy: 'nothing' });

export function createView(config: Config, { clock, store, directory }: ViewDeps): AdminView {
  const upstreams = upstreamFacts(config);
  const endpoints = endpointFacts(config.endpoints);
  const policy = compilePolicy(config.policy, { clock, upstreams, endpoints });
  const labels = createExplainer(config.policy, upstreams, endpoints);
  const explain = createExplain(config);
  const scopes = createEndpointScopes(config.endpoints);
  const keys = () => store.apiKeys.list();
  return {
    isLocal: isLocalMode(config.identity),
    takesKeys: config.identity.keys,
    judge: compileAdminRules(config.policy, config.admin.roles),
    roles: config.admin.roles,
    policy: config.policy,
    upstreams: shownUpstreams(config),
    endpoints: shownEndpoints(config),
    lint: () =>
      lintPolicy(config.policy, {
        upstreams,
        endpoints: Object.keys(config.endpoints),
        given: endpoints,
      }),
    explain: (asked) => {
      const question = { ...asked, nowMs: clock.nowMs() };
      const said = explain(question);
      return { ...said, words: explanationWords(question, said) };
    },
    explainDecision: async (id) => {
      const found = await explainDecision(id, { config, directory, keys });
      if (found === undefined) return undefined;
      const { claims: _, ...caller } = found.caller;
      return { ...found, caller };
    },
    shows: (endpoint, item) => scopes.get(endpoint)?.includes(item) === true,
    labelsOf: (item) =>
      labels({
        principal: ANYBODY,
        endpoint: DEFAULT_ENDPOINT,
        item,
        args: undefined,
        nowMs: clock.nowMs(),
        address: '',
      }).labels,
    maySee: (principal, endpoint, item) => policy.viewerOf(principal, endpoint).mayInvoke(item),
  };
}

/** What may be shown: nothing of addresses, headers or credentials. */
function shownUpstreams({ upstreams }: Config): AdminView['upstreams'] {
  return Object.entries(upstreams).map(([id, { enabled, title, labels }]) => ({
    id,
    isEnabled: enabled,
    title: title ?? '',
    labels,
  }));
}

function shownEndpoints({ endpoints }: Config): AdminView['endpoints'] {
  return Object.entries(endpoints).map(([name, { include, exclude = [], mode, names }]) => ({
    name,
    path: name === DEFAULT_ENDPOINT ? '/mcp' : `/mcp/${name}`,
    include,
    exclude,
    mode,
    names,
  }));
}
