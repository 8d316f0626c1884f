/** Everything upstreams offer: kept fresh, named, and shown to each caller as far as it may see. */
import { Catalog, type CatalogDeps } from './catalog.ts';

export type { Catalog };
export type { Resolved } from './evidence.ts';
export type { UpstreamPart } from './snapshot.ts';
export type { CatalogChange } from './upstream-list.ts';
export {
  endpointName,
  endpointNameError,
  endpointProblems,
  endpointSchema,
  endpointsSchema,
} from './config.ts';
export { overriddenItem } from './overrides.ts';
export { unknownNames } from './unknown-names.ts';
export { createEndpointScopes } from './endpoint-scopes.ts';
export { nameResultPage } from './apps.ts';
export { nameResultLinks } from './result-links.ts';
export { createStage, type CatalogStage } from './stage.ts';

/** A catalog without upstreams; `configure` says which there are. */
export function createCatalog(deps: CatalogDeps): Catalog {
  return new Catalog(deps);
}
