/** Connects the door for webhooks with the upstreams that take events and with the record. */
import { principalOf } from '../kernel/index.ts';
import { hookPages, type HookOutcome, type Pages } from '../listeners/index.ts';
import type { GatewayOptions, Parts } from './parts.ts';

export function hooks({ clock }: GatewayOptions, parts: Parts): Pages {
  const { upstreams, audit, onBug } = parts;
  return hookPages({
    clock,
    hasHooks: () => upstreams.hasHooks(),
    find: (upstream) => upstreams.hook(upstream),
    record: (outcome) => record(outcome, audit),
    onBug,
  });
}

/** Whoever signed is known; all others are counted by their address. */
function record(told: HookOutcome, audit: Parts['audit']): boolean {
  const { upstream, address, outcome, isSigned, id, bytes } = told;
  if (!isSigned) {
    audit.refused(address, `webhook_${outcome} ${upstream}`.trim());
    return true;
  }
  const isTaken = outcome === 'taken';
  return audit.change({
    principal: principalOf({
      id: `webhook:${upstream}`,
      kind: 'agent',
      verifiedBy: 'webhook signature',
      agent: upstream,
    }),
    action: 'webhooks.receive',
    thing: `webhook ${upstream}`,
    outcome: isTaken ? 'done' : 'refused',
    details: { address, bytes, ...(id === '' ? {} : { id }), ...(isTaken ? {} : { why: outcome }) },
  });
}
