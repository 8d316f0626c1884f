/** Everything upstreams offer: kept fresh, named, and shown to each caller as far as it may see. */
import { Catalog, type CatalogDeps } from './catalog.ts';

export type { Catalog };
export type { Resolved } from './evidence.ts';
export type { UpstreamPart } from './lists/snapshot.ts';
export type { CatalogChange } from './lists/upstream-list.ts';
export {
  endpointName,
  endpointNameError,
  endpointProblems,
  endpointSchema,
  endpointsSchema,
} from './config.ts';
export { overriddenItem } from './endpoints/overrides.ts';
export { unknownNames } from './endpoints/unknown-names.ts';
export { createEndpointScopes } from './endpoints/endpoint-scopes.ts';
export { nameResultPage } from './items/apps.ts';
export { nameResultLinks } from './resolve/result-links.ts';
export { createStage, type CatalogStage } from './stage.ts';

/** A catalog without upstreams; `configure` says which there are. */
export function createCatalog(deps: CatalogDeps): Catalog {
  return new Catalog(deps);
}
