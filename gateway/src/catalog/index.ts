/** Everything upstreams offer: kept fresh, named, and shown to each caller as far as it may see. */
import { Catalog, type CatalogDeps, type CatalogUpstream } from './catalog.ts';

export type { Resolved } from './evidence.ts';
export { readHeaderBindings } from './header-bindings.ts';
export type { FetchItems, ListedCapabilities, Listing, RawItem } from './listing.ts';
export type { Snapshot, UpstreamPart } from './snapshot.ts';
export type { CatalogChange, UriOwners } from './upstream-list.ts';
export { endpointProblems, endpointsSchema, type EndpointsConfig } from './config.ts';
export { createStage, type CatalogStage, type StageDeps } from './stage.ts';
export type { Catalog, CatalogDeps, CatalogUpstream };

/** A catalog without upstreams; `configure` says which there are. */
export function createCatalog(deps: CatalogDeps): Catalog {
  return new Catalog(deps);
}
