/** Which rules could be about an item. */
import type { ItemId } from '../kernel/index.ts';
import type { Rule } from './rule.ts';

/**
 * Rules by the upstream and name of their patterns, so that an item is only compared with those that
 * name its upstream or any.
 */
export class ItemIndex {
  private readonly exact = new Map<string, Rule[]>();
  private readonly ofUpstream = new Map<string, Rule[]>();
  private readonly anywhere: Rule[] = [];

  constructor(rules: readonly Rule[]) {
    for (const rule of rules) this.file(rule);
  }

  /** In the order of the configuration; more than those that are about it, never fewer. */
  candidates({ upstream, name }: ItemId): readonly Rule[] {
    const exact = this.exact.get(`${upstream}/${name}`) ?? [];
    const ofUpstream = this.ofUpstream.get(upstream) ?? [];
    const found = new Set([...exact, ...ofUpstream, ...this.anywhere]);
    return [...found].toSorted((a, b) => a.index - b.index);
  }

  private file(rule: Rule): void {
    if (rule.items === undefined) {
      this.anywhere.push(rule);
      return;
    }
    for (const { upstream, name } of rule.items) {
      if (upstream.includes('*')) this.anywhere.push(rule);
      else if (name.includes('*')) add(this.ofUpstream, upstream, rule);
      else add(this.exact, `${upstream}/${name}`, rule);
    }
  }
}

function add(index: Map<string, Rule[]>, key: string, rule: Rule): void {
  const rules = index.get(key);
  if (rules === undefined) index.set(key, [rule]);
  else rules.push(rule);
}
