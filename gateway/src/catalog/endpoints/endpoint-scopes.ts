/** What endpoints show, for those who have no catalog. */
import type { EndpointsConfig } from '../config.ts';
import { createScope, type Scope } from './scope.ts';

/** The scope of every endpoint, by its name. */
export function createEndpointScopes(
  endpoints: EndpointsConfig,
): ReadonlyMap<string, Pick<Scope, 'includes'>> {
  return new Map(Object.entries(endpoints).map(([name, config]) => [name, createScope(config)]));
}
