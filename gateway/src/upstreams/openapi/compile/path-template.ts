/** Path templates as documents write them. */
import { leavesItsPlace } from '../encode/path-steps.ts';
import type { PathPiece } from '../encode/plan-data.ts';

/** Literal text, or the name of a variable as it is written. */
export type TemplatePart = { readonly text: string } | { readonly variable: string };

/**
 * Takes a template apart: `/a/{id}.json`, and `{id*}`, `{+id}` of RFC 6570. What stands behind `#`
 * only tells operations apart and is never sent.
 * @param declared names that may also be written `:id`, as routers do
 */
export function splitTemplate(template: string, declared: readonly string[] = []): TemplatePart[] {
  const hash = template.indexOf('#');
  const path = withBraces(hash < 0 ? template : template.slice(0, hash), declared);
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const match of path.matchAll(/\{([^{}]*)\}/g)) {
    const name = match[1] ?? '';
    // `{?a,b}` lists query parameters, which are declared as such.
    if (match.index > at) parts.push({ text: path.slice(at, match.index) });
    if (!/^[?&]/.test(name)) parts.push({ variable: name });
    at = match.index + match[0].length;
  }
  if (at < path.length) parts.push({ text: path.slice(at) });
  return parts;
}

/** Names in the query of a template: what it says of them holds, whatever else is declared. */
export function namesInQuery(template: string): string[] {
  const plain = template.split('#', 1)[0] ?? '';
  const mark = plain.indexOf('?');
  if (mark < 0) return [];
  const pairs = plain.slice(mark + 1).split('&');
  const names = pairs.filter((pair) => /^[^{}=]+=/.test(pair)).map((pair) => pair.split('=', 1)[0]);
  return names.filter((name) => name !== undefined);
}

function withBraces(path: string, declared: readonly string[]): string {
  return path.replace(/(^|\/):([\w-]+)(?=\/|$)/g, (whole, slash: string, name: string) =>
    declared.includes(name) ? `${slash}{${name}}` : whole,
  );
}

/** The name without the marks of RFC 6570. */
export function plainVariable(variable: string): string {
  return variable
    .trim()
    .replace(/^[+./;]/, '')
    .replace(/(?:\*|\+|:\d+)$/, '');
}

/**
 * Finds what is declared for each variable: by its name, by its name without marks or case, and what
 * then remains by its order, where as many are declared as are missing.
 * @returns positions among the names; nothing for a variable that nobody declares
 */
export function matchVariables(
  variables: readonly string[],
  names: readonly string[],
): Map<string, number> {
  const found = new Map<string, number>();
  const used = new Set<number>();
  const forms = [
    (text: string) => text,
    plainVariable,
    (text: string) => plainVariable(text).toLowerCase(),
  ];
  for (const form of forms) {
    const positions = new Map(names.map((name, at) => [form(name), at] as const).toReversed());
    for (const variable of variables) {
      const at = found.has(variable) ? undefined : positions.get(form(variable));
      if (at === undefined || used.has(at)) continue;
      found.set(variable, at);
      used.add(at);
    }
  }
  const open = [...new Set(variables)].filter((variable) => !found.has(variable));
  const free = [...names.keys()].filter((at) => !used.has(at));
  if (open.length === free.length) {
    for (const [turn, variable] of open.entries()) found.set(variable, free[turn] ?? 0);
  }
  return found;
}

/**
 * Puts the pieces together: literal text is made safe for a request line and begins with one `/`.
 * @param positionOf the parameter that fills a variable; a text that is sent as it is
 */
export function buildPath(
  parts: readonly TemplatePart[],
  positionOf: (variable: string) => number,
): PathPiece[] {
  const pieces: PathPiece[] = [];
  for (const part of parts) {
    if ('variable' in part) pieces.push(positionOf(part.variable));
    else pieces.push(literal(part.text));
  }
  const first = pieces[0];
  if (typeof first !== 'string') pieces.unshift('/');
  else pieces[0] = first.replace(/^\/*/, '/');
  return pieces;
}

/** Whether the template itself would leave the address of the API. */
export function climbs(pieces: readonly PathPiece[]): boolean {
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : '{}')).join('');
  const path = text.split('?', 1)[0] ?? '';
  return path.split('/').some((segment) => segment !== '' && leavesItsPlace(segment));
}

/** RFC 3986 characters stay, percent signs of valid triples too. */
function literal(text: string): string {
  return text
    .toWellFormed()
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/[^\w\-.~!$&'()*+,;=:@/?%]+/g, encodeURIComponent);
}
