/** A class of callers about whom the same rules are, and what those rules say of items. */
import {
  compilePattern,
  type ItemBindings,
  type ItemId,
  type JudgedItem,
  type Principal,
} from '../kernel/index.ts';
import type { BindingSet } from './bindings.ts';
import type { ItemIndex } from './item-index.ts';
import {
  givenLabels,
  labelsOf,
  type EndpointFacts,
  type Labels,
  type UpstreamFacts,
} from './labels.ts';
import { isAbout, type Rule } from './rule.ts';
import { judge, type Verdict } from './verdict.ts';

/** What one caller, or everybody of the same class, may see; the same object for the same class. */
export interface Viewer {
  /** Whether some call of the item could be allowed; what could not be does not exist. */
  mayInvoke(item: JudgedItem): boolean;
  /** Whether an item of this upstream could be allowed, for all that is known without its list. */
  mayReach(upstream: string): boolean;
  /** Which of its arguments are decided here for these callers; undefined for none. */
  bindingsOf(item: JudgedItem): ItemBindings | undefined;
}

/** Verdicts that are shared by items of which the same is said. */
const MAX_SHARED = 1024;

export class CallerClass implements Viewer {
  /** Rules about these callers; those about everybody are asked of the index. */
  private readonly special: ReadonlySet<Rule>;
  private readonly items: ItemIndex;
  private readonly fallback: 'allow' | 'deny';
  private readonly principal: Principal;
  private readonly endpoint: string;
  private readonly facts: ReadonlyMap<string, UpstreamFacts>;
  private readonly rules: readonly Rule[];
  private readonly given: EndpointFacts | undefined;
  private readonly bindings: BindingSet | undefined;
  private readonly verdicts = new WeakMap<ItemId, Verdict>();
  private readonly shared = new Map<string, Verdict>();
  private readonly reached = new Map<string, boolean>();

  /** @param principal one of the class; all of them where no condition looks at more than rules do */
  constructor(
    of: { readonly principal: Principal; readonly endpoint: string },
    special: readonly Rule[],
    shared: {
      readonly rules: readonly Rule[];
      readonly items: ItemIndex;
      readonly fallback: 'allow' | 'deny';
      readonly facts: ReadonlyMap<string, UpstreamFacts>;
      /** What the operator says of items at this endpoint. */
      readonly given: EndpointFacts | undefined;
      readonly bindings: BindingSet | undefined;
    },
  ) {
    this.principal = of.principal;
    this.endpoint = of.endpoint;
    this.special = new Set(special);
    this.rules = shared.rules;
    this.items = shared.items;
    this.fallback = shared.fallback;
    this.facts = shared.facts;
    this.given = shared.given;
    this.bindings = shared.bindings;
  }

  mayInvoke(item: JudgedItem): boolean {
    return this.verdictOn(item).outcome !== 'deny';
  }

  bindingsOf({ id }: JudgedItem): ItemBindings | undefined {
    return this.bindings?.of(id);
  }

  mayReach(upstream: string): boolean {
    let answer = this.reached.get(upstream);
    if (answer === undefined) {
      answer = this.reach(upstream);
      if (this.reached.size < MAX_SHARED) this.reached.set(upstream, answer);
    }
    return answer;
  }

  /** Remembered for as long as the item is. */
  verdictOn(item: JudgedItem): Verdict {
    const known = this.verdicts.get(item.id);
    if (known !== undefined) return known;
    const verdict = this.find(item);
    this.verdicts.set(item.id, verdict);
    return verdict;
  }

  /** Whether a rule is about these callers. */
  includes(rule: Rule): boolean {
    return rule.who === undefined || this.special.has(rule);
  }

  private find(item: JudgedItem): Verdict {
    const candidates = this.items.candidates(item.id).filter((rule) => this.includes(rule));
    const labels = this.labels(item, candidates);
    const rules = candidates.filter((rule) => isAbout(rule, item.id, labels));
    const asked = {
      item,
      labels,
      principal: this.principal,
      endpoint: this.endpoint,
      fallback: this.fallback,
    };
    if (rules.some(({ condition }) => condition !== undefined)) return judge(rules, asked);
    const key = rules.map(({ index }) => index).join(',');
    let verdict = this.shared.get(key);
    if (verdict === undefined) {
      verdict = judge(rules, asked);
      if (this.shared.size < MAX_SHARED) this.shared.set(key, verdict);
    }
    return verdict;
  }

  /** An item's annotations are only read where a rule looks at them: some are made on first use. */
  private labels(item: JudgedItem, candidates: readonly Rule[]): Labels {
    const isAsked = candidates.some(
      ({ labels, condition }) => labels !== undefined || condition !== undefined,
    );
    if (!isAsked) return NO_LABELS;
    const { facts, given } = this;
    return labelsOf(item, facts.get(item.id.upstream), givenLabels(item.id, given));
  }

  private reach(upstream: string): boolean {
    const of = this.rules.filter((rule) => this.includes(rule));
    const isShut = of.some(
      ({ effect, items, labels, condition }) =>
        effect === 'deny' &&
        labels === undefined &&
        condition === undefined &&
        items?.some(
          ({ kind, name, upstream: glob }) =>
            kind === '' && /^\*+$/.test(name) && covers(glob, upstream),
        ) === true,
    );
    if (isShut) return false;
    return (
      this.fallback === 'allow' ||
      of.some(
        ({ effect, items }) =>
          effect !== 'deny' &&
          (items === undefined ||
            items.some(({ kind, upstream: glob }) => kind !== 'admin' && covers(glob, upstream))),
      )
    );
  }
}

const NO_LABELS: Labels = { all: [], vouched: [] };

function covers(glob: string, upstream: string): boolean {
  const pattern = compilePattern(`${glob}/*`);
  return typeof pattern !== 'string' && pattern.matches({ upstream, kind: 'tool', name: '' });
}
