/** The part of the catalog that belongs to one configuration snapshot. */
import type { Awaitable, Clock, Delivery, Era, Item, Principal, Step } from '../kernel/index.ts';
import { Refusal } from '../kernel/index.ts';
import { AllTools } from './views/all-tools.ts';
import type { EndpointsConfig } from './config.ts';
import type { CursorSealer } from './views/cursors.ts';
import { describeEndpoint, type Description } from './endpoints/description.ts';
import { Endpoint, type CatalogNow } from './endpoints/endpoint.ts';
import type { Resolved } from './evidence.ts';
import { findResource, linkName } from './resolve/find-resource.ts';
import type { OpenTask } from './resolve/find-task.ts';
import { isUsableUri } from './items/items.ts';
import { ListVersions, type VersionedList } from './lists/list-version.ts';
import { Pages, type PageLimits } from './views/pages.ts';
import { Rankings } from './search/ranking.ts';
import type { OpenState } from './resolve/request-state.ts';
import { createResolve, type ResolveCall } from './resolve/resolve.ts';
import { wrapUri } from './items/uris.ts';
import { createViews, type ViewCall } from './views/views.ts';
import type { NotFound, ViewerOf } from './endpoints/visibility.ts';

const DEFAULT_LIMITS: PageLimits = { maxItems: 500, maxBytes: 4 * 1024 * 1024 };

export interface StageDeps {
  readonly catalog: CatalogNow;
  readonly sealer: CursorSealer;
  readonly clock: Clock;
  readonly openState: OpenState;
  readonly openTask: OpenTask;
  readonly viewerOf: ViewerOf;
  readonly notFound: NotFound;
  readonly pageLimits?: Partial<PageLimits>;
}

/** What an endpoint's callers see of the catalog. */
export interface CatalogStage {
  readonly resolve: <X extends ResolveCall>(x: X) => Awaitable<Step<X & Resolved>>;
  /** Carries out lists, `server/discover` and the endpoint's own tools. */
  readonly views: { carry(x: ViewCall, delivery: Delivery): Awaitable<void> };
  /** Capabilities and instructions of an endpoint; empty ones where there is none of this name. */
  describe(endpoint: string, principal: Principal, era: Era): Description;
  /** Whether anything of this upstream could be shown at this endpoint. */
  includes(endpoint: string, upstream: string): boolean;
  /** Another text whenever this principal would be shown another list. */
  listVersion(endpoint: string, principal: Principal, list: VersionedList): string;
  /** What an endpoint calls a tool; undefined where it is hidden from this principal. */
  toolName(
    endpoint: string,
    principal: Principal,
    upstream: string,
    original: string,
  ): string | undefined;
  /** A resource under its original URI; undefined where it is hidden from this principal. */
  visibleResource(
    endpoint: string,
    principal: Principal,
    upstream: string,
    uri: string,
  ): Item | undefined;
  /**
   * What callers of an endpoint call a resource that an upstream speaks of: its own URI where that
   * leads back to it, or where callers can fetch it themselves; else one that says whose it is.
   */
  linkName(endpoint: string, principal: Principal, upstream: string, uri: string): string;
  /** A resource, listed or not, under its public URI. */
  findResource(endpoint: string, principal: Principal, publicUri: string): Item | undefined;
}

/**
 * Builds the endpoints of one configuration snapshot over a catalog that outlives it.
 * @param config checked by `endpointsSchema` and `endpointProblems`
 */
export function createStage(config: EndpointsConfig, deps: StageDeps): CatalogStage {
  const { catalog, sealer, clock, viewerOf, pageLimits } = deps;
  const endpoints = new Map(
    Object.entries(config).map(([name, one]) => [name, new Endpoint(name, one, catalog, viewerOf)]),
  );
  const versions = new ListVersions();
  const pages = new Pages({ ...DEFAULT_LIMITS, ...pageLimits });
  const find = (name: string, principal: Principal, uri: string): Item | undefined => {
    const endpoint = endpoints.get(name);
    if (endpoint === undefined) return undefined;
    const found = findResource(endpoint, principal, uri);
    return found instanceof Refusal ? undefined : found.target.item;
  };
  return {
    resolve: createResolve(endpoints, deps),
    views: createViews(endpoints, {
      sealer,
      clock,
      pages,
      allTools: new AllTools(),
      rankings: new Rankings(),
    }),
    describe: (name, principal, era) => {
      const endpoint = endpoints.get(name);
      return endpoint === undefined
        ? { capabilities: '{}', instructions: '' }
        : describeEndpoint(endpoint, principal, era);
    },
    listVersion: (name, principal, list) => {
      const endpoint = endpoints.get(name);
      if (endpoint === undefined) return '';
      return versions.of(endpoint, endpoint.sightOf(principal), list);
    },
    includes: (name, upstream) => endpoints.get(name)?.scope.covers(upstream) ?? false,
    toolName: (name, principal, upstream, original) =>
      endpoints.get(name)?.nameOfTool(principal, upstream, original),
    visibleResource: (...asked) => visibleResource(find, ...asked),
    linkName: (name, principal, upstream, uri) => {
      const endpoint = endpoints.get(name);
      return endpoint === undefined ? uri : linkName(endpoint, principal, upstream, uri);
    },
    findResource: find,
  };
}

function visibleResource(
  find: CatalogStage['findResource'],
  ...[endpoint, principal, upstream, uri]: Parameters<CatalogStage['visibleResource']>
): Item | undefined {
  const byOwn = find(endpoint, principal, uri);
  // A URI that looks wrapped is another resource's name for callers.
  if (byOwn?.id.upstream === upstream && byOwn.id.name === uri) return byOwn;
  return isUsableUri(uri)
    ? find(endpoint, principal, wrapUri(upstream, 'resource', uri))
    : undefined;
}
