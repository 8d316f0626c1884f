/** Callers fall into classes: a class is made once, and found again for everybody who is of it. */
import { LRUCache } from 'lru-cache';
import type { Principal } from '../kernel/index.ts';
import { BindingSet, compileBindings, type Binding } from './bindings.ts';
import { ItemIndex } from './item-index.ts';
import type { EndpointFacts, UpstreamFacts } from './labels.ts';
import { compileRules, isOnlyAdmin, type Rule } from './rule.ts';
import type { PolicyConfig } from './schema.ts';
import { CallerClass } from './viewer.ts';
import { WhoIndex } from './who.ts';

/** Classes that are kept for callers who come later. */
const MAX_CLASSES = 4096;
/** Endpoints of one principal whose class is remembered; a configuration has fewer. */
const MAX_ENDPOINTS = 64;

export class Callers {
  readonly rules: readonly Rule[];
  private readonly config: PolicyConfig;
  private readonly facts: ReadonlyMap<string, UpstreamFacts>;
  private readonly endpoints: ReadonlyMap<string, EndpointFacts>;
  private readonly bindings: ReadonlyMap<string, readonly Binding[]>;
  private readonly sets = new LRUCache<string, BindingSet>({ max: MAX_CLASSES });
  private readonly who: WhoIndex;
  private readonly items: ItemIndex;
  private readonly isOpen: boolean;
  /** Rules whose condition is decided before a call, by who makes it. */
  private readonly personal: ReadonlySet<Rule>;
  private readonly classes = new LRUCache<string, CallerClass>({ max: MAX_CLASSES });
  private readonly known = new WeakMap<Principal, Map<string, CallerClass>>();

  /** @param endpoints what is said of items at endpoints; those of which nothing is may be missing */
  constructor(
    config: PolicyConfig,
    facts: ReadonlyMap<string, UpstreamFacts>,
    endpoints: ReadonlyMap<string, EndpointFacts>,
  ) {
    this.config = config;
    this.facts = facts;
    this.endpoints = endpoints;
    this.bindings = new Map(
      [...endpoints].flatMap(([name, { bindings }]) =>
        bindings.length === 0 ? [] : [[name, compileBindings(bindings)]],
      ),
    );
    this.rules = compileRules(config);
    this.who = new WhoIndex(this.rules);
    this.items = new ItemIndex(this.rules);
    this.isOpen = this.rules.every((rule) => rule.effect === 'deny' || isOnlyAdmin(rule));
    this.personal = new Set(
      this.rules.filter(({ condition }) => condition !== undefined && !condition.needsCall),
    );
  }

  /** The class of a caller; principals never change, so it is looked up once for each. */
  classOf(principal: Principal, endpoint: string): CallerClass {
    let byEndpoint = this.known.get(principal);
    const known = byEndpoint?.get(endpoint);
    if (known !== undefined) return known;
    const found = this.find(principal, endpoint);
    if (byEndpoint === undefined) {
      byEndpoint = new Map();
      this.known.set(principal, byEndpoint);
    }
    if (byEndpoint.size >= MAX_ENDPOINTS) byEndpoint.clear();
    byEndpoint.set(endpoint, found);
    return found;
  }

  /**
   * What holds where no rule does. Whoever was identified has to be allowed in words; who works at
   * this machine without any identity may do all until a rule allows something.
   */
  fallbackFor({ kind }: Principal): 'allow' | 'deny' {
    return this.config.default ?? (kind === 'local' && this.isOpen ? 'allow' : 'deny');
  }

  private find(principal: Principal, endpoint: string): CallerClass {
    const special = this.who.special(principal, endpoint);
    const fallback = this.fallbackFor(principal);
    const isPersonal = [...this.personal].some(
      (rule) => rule.who === undefined || special.includes(rule),
    );
    const person = isPersonal ? JSON.stringify([endpoint, principal]) : '';
    const bindings = this.bindingsOf(principal, endpoint);
    const facts = this.endpoints.get(endpoint);
    const isSpecial = bindings !== undefined || (facts?.labels.size ?? 0) > 0;
    const here = isSpecial ? (bindings?.key ?? JSON.stringify(endpoint)) : '';
    const key = `${fallback} ${special.map(({ index }) => index).join(',')} ${person} ${here}`;
    let found = this.classes.get(key);
    if (found === undefined) {
      const { rules, items } = this;
      found = new CallerClass({ principal, endpoint }, special, {
        rules,
        items,
        fallback,
        facts: this.facts,
        given: facts,
        bindings,
      });
      this.classes.set(key, found);
    }
    return found;
  }

  /** One set for all about whom the same is decided and to whom the same is shown. */
  private bindingsOf(principal: Principal, endpoint: string): BindingSet | undefined {
    const all = this.bindings.get(endpoint);
    if (all === undefined) return undefined;
    const made = new BindingSet(all, principal, endpoint);
    const known = this.sets.get(made.key);
    if (known !== undefined) return known;
    this.sets.set(made.key, made);
    return made;
  }
}
