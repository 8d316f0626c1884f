/** Which room answers which paths, beside MCP, the REST facade, metadata and health. */
import { mountPages, pagesOnDemand, type Pages } from '../listeners/index.ts';
import type { Parts } from './parts.ts';

/** Nothing of a room is loaded before the first request to one of its paths. */
export function buildPages({ login: { login }, onBug }: Parts): Pages {
  return mountPages([
    pagesOnDemand(
      (path) => login.owns(path),
      () => login.load(),
      onBug,
    ),
  ]);
}
