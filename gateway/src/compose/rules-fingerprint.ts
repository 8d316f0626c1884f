/** What tells one set of rules from another, so that a record says under which it was decided. */
import { createHash } from 'node:crypto';
import type { Config } from './config.ts';
import { upstreamFacts } from './upstream-facts.ts';

/** Hexadecimal digits that records carry. */
const DIGITS = 12;

/** The same for the same rules, views and labels, in every process and after every restart. */
export function rulesFingerprint({
  policy,
  endpoints,
  upstreams,
}: Pick<Config, 'policy' | 'endpoints' | 'upstreams'>): string {
  const facts = [...upstreamFacts({ upstreams })];
  // Values of bound arguments may be secrets, and a short one could be guessed from its hash.
  const shown = JSON.stringify(endpoints, (key, value: unknown) =>
    key === 'fix' || key === 'default' ? '' : value,
  );
  const text = JSON.stringify([policy, shown, facts]);
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}
