/** A selection that a caller gave in the place of the one that is made for an operation. */
import type { GraphQLSchema } from 'graphql';
import type { RequestPlan } from '../compile/request-plan.ts';
import { checkQuery, type QueryLimits } from './check-query.ts';
import { MAX_QUERY_CHARS } from './tools.ts';

const DOTTED = /^[\w.,\s]*$/;

/**
 * @param given `id name owner { login }`, with braces around it or without, or dotted paths with
 * commas: `id, owner.login`
 */
export function selectionDocument(
  schema: GraphQLSchema,
  plan: RequestPlan,
  given: unknown,
  limits: QueryLimits,
): { readonly document: string } | { readonly fault: string } {
  const text = typeof given === 'string' ? given.trim() : '';
  if (text === '') return { fault: 'it must name at least one field.' };
  if (text.length > MAX_QUERY_CHARS) return { fault: `it is longer than ${MAX_QUERY_CHARS}.` };
  const inner = DOTTED.test(text) && text.includes('.') ? nested(text) : bare(text);
  if (!isBalanced(inner)) return { fault: 'its braces do not match.' };
  const document = `${plan.head}{ ${inner} }${plan.tail}`;
  // The field itself was judged when the operation became a tool.
  const checked = checkQuery(schema, document, {}, plan.kind, limits, () => '');
  return typeof checked === 'string' ? { fault: `it ${checked}` } : { document };
}

function bare(text: string): string {
  return text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
}

/** Whether it stays inside the braces around it; texts and comments could hide some. */
function isBalanced(text: string): boolean {
  if (/["#]/.test(text)) return !/[{}]/.test(text.replace(/^[^"#]*/, ''));
  let depth = 0;
  for (const char of text) {
    if (char === '{') depth++;
    if (char === '}' && --depth < 0) return false;
  }
  return depth === 0;
}

interface Branch extends Map<string, Branch> {}

function nested(text: string): string {
  const root: Branch = new Map();
  for (const path of text.split(/[,\s]+/)) {
    let at = root;
    for (const step of path.split('.').filter((one) => one !== '')) {
      const next: Branch = at.get(step) ?? new Map();
      at.set(step, next);
      at = next;
    }
  }
  return written(root);
}

function written(branch: Branch): string {
  return [...branch]
    .map(([name, below]) => (below.size === 0 ? name : `${name} { ${written(below)} }`))
    .join(' ');
}
