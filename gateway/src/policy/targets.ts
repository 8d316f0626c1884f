/** What a call is decided as. */
import type { JudgedItem, Target } from '../kernel/index.ts';
import type { Verdict } from './verdict.ts';

/** Views show only what may be invoked, sessions and streams only speak of that; both are open. */
export function itemOf(target: Target, whole: Map<string, JudgedItem>): JudgedItem | undefined {
  switch (target.kind) {
    case 'item':
    case 'subscription':
      return target.item;
    case 'passthrough':
      return wholeUpstream(target.upstream, whole);
    case 'view':
    case 'session':
      return undefined;
  }
}

const PLAIN = {
  needsApproval: false,
  because: undefined,
  considered: [],
  failed: [],
  open: undefined,
} as const;
/** The verdict on what does not exist at all. */
export const NOTHING: Verdict = { outcome: 'deny', rule: 'no such item', ...PLAIN };

/** The verdict on what is no item. */
export function open(kind: Target['kind']): Verdict {
  return { outcome: 'allow', rule: kind, ...PLAIN };
}

/**
 * Nobody knows which item a vendor method touches, so it is allowed where all tools of the upstream
 * are: by a pattern whose name part takes anything. There is one such id per configured upstream.
 */
function wholeUpstream(upstream: string, known: Map<string, JudgedItem>): JudgedItem {
  let item = known.get(upstream);
  if (item === undefined) {
    item = { id: { upstream, kind: 'tool', name: '*' } };
    known.set(upstream, item);
  }
  return item;
}
