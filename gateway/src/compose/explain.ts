/** Why a call is allowed, refused or hidden: the rules, and what the configuration shows at all. */
import { createEndpointScopes } from '../catalog/index.ts';
import type { ItemId, Principal } from '../kernel/index.ts';
import { createExplainer, type Explanation } from '../policy/index.ts';
import type { Config } from './config.ts';
import { endpointFacts } from './endpoints.ts';
import { upstreamFacts } from './upstream-facts.ts';

/** A call that is not made. */
export interface Question {
  readonly principal: Principal;
  readonly endpoint: string;
  readonly item: ItemId;
  /** JSON text of the arguments; undefined where only the list is asked about. */
  readonly args: string | undefined;
  readonly nowMs: number;
  /** The caller's; '' where it is not known. */
  readonly address: string;
}

/** Whether the item can be there at all, whatever rules say. */
export type Reach =
  | 'shown'
  | 'upstream_unknown'
  | 'upstream_disabled'
  | 'endpoint_unknown'
  | 'endpoint_excludes';

/** What the configuration says of one call. */
export interface Explained extends Explanation {
  readonly reach: Reach;
  /** Whether such a call would be made, or could be with other arguments. */
  readonly isPossible: boolean;
}

/** Explains calls under one configuration; upstreams are not asked. */
export function createExplain(config: Config): (question: Question) => Explained {
  const explain = createExplainer(
    config.policy,
    upstreamFacts(config),
    endpointFacts(config.endpoints),
  );
  const scopes = createEndpointScopes(config.endpoints);
  return ({ item, ...asked }) => {
    const explanation = explain({ ...asked, item: { id: item } });
    const reach = reachOf(config, scopes, asked.endpoint, item);
    const isPossible = reach === 'shown' && explanation.outcome !== 'deny';
    return { ...explanation, reach, isPossible };
  };
}

function reachOf(
  { upstreams }: Config,
  scopes: ReturnType<typeof createEndpointScopes>,
  endpoint: string,
  item: ItemId,
): Reach {
  const upstream = upstreams[item.upstream];
  if (upstream === undefined) return 'upstream_unknown';
  if (!upstream.enabled) return 'upstream_disabled';
  const scope = scopes.get(endpoint);
  if (scope === undefined) return 'endpoint_unknown';
  return scope.includes(item) ? 'shown' : 'endpoint_excludes';
}
