/** Which room answers which paths, beside MCP, the REST facade, metadata and health. */
import { mountPages, pagesOnDemand, type Pages } from '../listeners/index.ts';
import { adminPages, type InForce } from './admin.ts';
import { hooks } from './hooks.ts';
import type { GatewayOptions, Parts } from './parts.ts';

/** Nothing of a room is loaded before the first request to one of its paths. */
export function buildPages(options: GatewayOptions, parts: Parts, current: () => InForce): Pages {
  const {
    login: { login },
    onBug,
  } = parts;
  return mountPages([
    adminPages(options, parts, current),
    hooks(options, parts),
    pagesOnDemand(
      (path) => login.owns(path),
      () => login.load(),
      onBug,
    ),
  ]);
}
