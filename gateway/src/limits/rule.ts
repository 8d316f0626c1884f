/** One compiled rule of `limits.rules`, and whom and what it is about. */
import { compilePattern, type ItemPattern, type Item, type Principal } from '../kernel/index.ts';
import { parseAmount, type Amount, type AmountKind } from './amount.ts';
import type { RuleConfig } from './rule-schema.ts';

export interface Rule {
  readonly name: string;
  readonly calls: Amount | undefined;
  readonly resultBytes: Amount | undefined;
  readonly tokens: Amount | undefined;
  /** Calls under way; `Infinity` for no limit. */
  readonly concurrency: number;
  isAbout(principal: Principal, endpoint: string): boolean;
  /** @param item undefined for lists and methods of vendors */
  covers(item: Item | undefined): boolean;
  /** Key of the count that a call belongs to. It holds the windows, so that these can be changed. */
  keyOf(principal: Principal, endpoint: string, thing: string): string;
}

export function compileRule(config: RuleConfig): Rule {
  const calls = amountOf(config.calls, 'count');
  const resultBytes = amountOf(config.resultBytes, 'bytes');
  const tokens = amountOf(config.tokens, 'count');
  const patterns = (config.items ?? []).map(compilePattern).filter(isPattern);
  const per = typeof config.per === 'string' ? [config.per] : config.per;
  const windows = [calls, resultBytes, tokens].map((amount) => amount?.windowMs ?? 0);
  return {
    name: config.name,
    calls,
    resultBytes,
    tokens,
    concurrency: config.concurrency ?? Number.POSITIVE_INFINITY,
    isAbout: (principal, endpoint) => isWho(config.who, principal, endpoint),
    covers: (item) =>
      config.items === undefined ||
      (item !== undefined && patterns.some((pattern) => pattern.matches(item.id))),
    keyOf: (principal, endpoint, thing) =>
      JSON.stringify([
        config.name,
        windows,
        ...per.map((each) => [each, valueOf(each, principal, endpoint, thing)]),
      ]),
  };
}

type Per = Exclude<RuleConfig['per'], readonly unknown[]>;

/** Where somebody has no user, agent or team, the principal counts for itself. */
function valueOf(per: Per, principal: Principal, endpoint: string, thing: string): string {
  switch (per) {
    case 'principal':
      return `id ${principal.id}`;
    case 'user':
    case 'agent':
    case 'team':
      return principal[per] === '' ? `id ${principal.id}` : principal[per];
    case 'tool':
      return thing;
    case 'endpoint':
      return endpoint;
    case 'together':
      return '';
  }
}

function isWho(who: RuleConfig['who'], principal: Principal, endpoint: string): boolean {
  if (who === undefined) return true;
  const { users, agents, teams, groups, endpoints } = who;
  return (
    names(users, principal.user) &&
    names(agents, principal.agent) &&
    names(teams, principal.team) &&
    names(endpoints, endpoint) &&
    (groups === undefined || groups.some((group) => principal.groups.includes(group)))
  );
}

function names(list: readonly string[] | undefined, word: string): boolean {
  return list === undefined || list.includes(word);
}

function amountOf(text: string | undefined, kind: AmountKind): Amount | undefined {
  if (text === undefined) return undefined;
  const amount = parseAmount(text, kind);
  if (typeof amount === 'string') throw new RangeError(amount);
  return amount;
}

function isPattern(compiled: ItemPattern | string): compiled is ItemPattern {
  return typeof compiled !== 'string';
}
