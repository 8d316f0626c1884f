/** What a parsed condition looks at, and how much work it can be. */

interface Survey {
  /** Variables it names. */
  readonly names: ReadonlySet<string>;
  /** How deep loops stand in one another. */
  readonly loops: number;
  readonly problem: string | undefined;
}

const LOOPS: ReadonlySet<unknown> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
const MAX_LOOPS = 2;

const FORBIDDEN: ReadonlyMap<unknown, string> = new Map([
  ['matches', 'knows no regular expressions; use startsWith, endsWith or contains'],
  ['bind', 'knows no cel.bind; write the value where it is used'],
  ['json', 'knows no bytes.json()'],
]);

/** @param ast as the parser made it: nodes with `op` and `args` */
export function surveyCondition(ast: unknown): Survey {
  const names = new Set<string>();
  let loops = 0;
  let problem: string | undefined;
  const waiting: { readonly part: unknown; readonly inside: number }[] = [{ part: ast, inside: 0 }];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { part, inside } = at;
    if (Array.isArray(part)) {
      for (const each of part) waiting.push({ part: each, inside });
      continue;
    }
    if (typeof part !== 'object' || part === null || !('op' in part) || !('args' in part)) continue;
    const { op, args } = part;
    if (op === 'id' && typeof args === 'string') names.add(args);
    const isCall = (op === 'call' || op === 'rcall') && Array.isArray(args);
    const called: unknown = isCall ? args[0] : undefined;
    problem ??= FORBIDDEN.get(called);
    if (called === 'split' && inside > 0) problem ??= 'must not split texts in a loop';
    const within = op === 'rcall' && LOOPS.has(called) ? inside + 1 : inside;
    loops = Math.max(loops, within);
    waiting.push({ part: args, inside: within });
  }
  if (loops > MAX_LOOPS) problem ??= `has loops ${loops} deep; ${MAX_LOOPS} is the most`;
  return { names, loops, problem };
}
