/** Decides a call with all that is known of it. */
import type { Exchange, JudgedItem, Principal } from '../kernel/index.ts';
import type { Callers } from './callers.ts';
import { readArguments, type CallFacts } from './facts.ts';
import { settle, type Verdict } from './verdict.ts';

/** What the rules say of exactly this call. */
export function settled(
  x: Exchange & { readonly principal: Principal },
  item: JudgedItem,
  callers: Callers,
  nowMs: number,
): Verdict {
  const verdict = callers.classOf(x.principal, x.endpoint).verdictOn(item);
  if (verdict.outcome !== 'depends') return verdict;
  const { principal, endpoint } = x;
  return settle(verdict, { principal, endpoint, item: item.id, call: callFacts(x, nowMs) });
}

function callFacts({ call, head }: Exchange, nowMs: number): CallFacts {
  const text = call === undefined || call.arguments < 0 ? '' : call.view.raw(call.arguments);
  return { ...readArguments(text), time: new Date(nowMs), address: head.remoteAddress };
}
