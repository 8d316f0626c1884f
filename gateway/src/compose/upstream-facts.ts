/** What rules know of upstreams: the operator's own words. */
import type { UpstreamFacts } from '../policy/index.ts';
import type { Config } from './config.ts';

export function upstreamFacts({
  upstreams,
}: Pick<Config, 'upstreams'>): ReadonlyMap<string, UpstreamFacts> {
  return new Map(
    Object.entries(upstreams).map(([id, { labels, trustAnnotations }]) => [
      id,
      { labels, isTrusted: trustAnnotations === true },
    ]),
  );
}
