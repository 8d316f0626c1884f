/** What a caller is told of a decision against it. */
import { Refusal, type Decision } from '../kernel/index.ts';

/** Names the rule and the decision, and the rule's own words where it has some. */
export function refusal({ id, rule, because, failed = [] }: Decision): Refusal {
  const named = JSON.stringify(rule);
  const isBroken = failed.includes(rule);
  const why =
    rule === 'default'
      ? 'No rule allows it, and the default is to deny.'
      : isBroken
        ? `The rule ${named} denies it, since its condition could not be evaluated for this call.`
        : `The rule ${named} denies it.`;
  const words = because === undefined ? '' : ` ${because.trim().replace(/(?<![.!?])$/, '.')}`;
  return new Refusal('policy_denied', {
    text: `${why}${words} Quote decision ${id} to whoever runs this gateway.`,
    data: { decision: id },
  });
}
