/** Which rules and counts a call belongs to; worked out once per principal, endpoint and item. */
import {
  itemIdText,
  type Call,
  type Exchange,
  type Item,
  type Principal,
  type Target,
} from '../kernel/index.ts';
import type { Metered } from './metered.ts';
import type { Meters } from './meters.ts';
import { compileRule, type Rule } from './rule.ts';
import type { RuleConfig } from './rule-schema.ts';

type Resolvable = Exchange & {
  readonly principal: Principal;
  readonly call: Call;
  readonly target: Target;
};

/** What is remembered of one principal at one endpoint. */
interface Reach {
  readonly rules: readonly Rule[];
  readonly byItem: WeakMap<Item, readonly Metered[]>;
  /** Lists by their method, methods of vendors by their upstream. */
  readonly byThing: Map<string, readonly Metered[]>;
}

const NONE: readonly Metered[] = [];

export class RuleSet {
  private readonly rules: readonly Rule[];
  private readonly meters: Meters;
  private readonly reaches = new WeakMap<Principal, Map<string, Reach>>();

  constructor(configs: readonly RuleConfig[], meters: Meters) {
    this.rules = configs.map(compileRule);
    this.meters = meters;
  }

  /** The rules about this call in the order of the configuration; sessions and streams have none. */
  about(x: Resolvable, nowMs: number): readonly Metered[] {
    if (this.rules.length === 0) return NONE;
    const { target } = x;
    switch (target.kind) {
      case 'item':
        return this.aboutItem(x, target.item, nowMs);
      case 'view':
        return this.aboutThing(x, target.tool ?? x.call.row?.method ?? 'list', nowMs);
      case 'passthrough':
        return this.aboutThing(x, `upstream ${target.upstream}`, nowMs);
      case 'session':
      case 'subscription':
        return NONE;
    }
  }

  private aboutItem(x: Resolvable, item: Item, nowMs: number): readonly Metered[] {
    const reach = this.reachOf(x.principal, x.endpoint);
    const known = reach.byItem.get(item);
    if (known !== undefined && !known.some(isStale)) return known;
    const found = this.find(reach.rules, x, item, itemIdText(item.id), nowMs);
    reach.byItem.set(item, found);
    return found;
  }

  private aboutThing(x: Resolvable, thing: string, nowMs: number): readonly Metered[] {
    const reach = this.reachOf(x.principal, x.endpoint);
    const known = reach.byThing.get(thing);
    if (known !== undefined && !known.some(isStale)) return known;
    const found = this.find(reach.rules, x, undefined, thing, nowMs);
    reach.byThing.set(thing, found);
    return found;
  }

  private find(
    rules: readonly Rule[],
    { principal, endpoint }: Resolvable,
    item: Item | undefined,
    thing: string,
    nowMs: number,
  ): readonly Metered[] {
    return rules
      .filter((rule) => rule.covers(item))
      .map((rule) => ({
        rule,
        meter: this.meters.of(rule, rule.keyOf(principal, endpoint, thing), nowMs),
      }));
  }

  private reachOf(principal: Principal, endpoint: string): Reach {
    let byEndpoint = this.reaches.get(principal);
    if (byEndpoint === undefined) {
      byEndpoint = new Map();
      this.reaches.set(principal, byEndpoint);
    }
    let reach = byEndpoint.get(endpoint);
    if (reach === undefined) {
      const rules = this.rules.filter((rule) => rule.isAbout(principal, endpoint));
      reach = { rules, byItem: new WeakMap(), byThing: new Map() };
      byEndpoint.set(endpoint, reach);
    }
    return reach;
  }
}

function isStale({ meter }: Metered): boolean {
  return meter.isStale;
}
