/**
 * Which URIs a template (RFC 6570, levels 1 to 4) may have been expanded to. Generous inside an
 * expression, exact outside: the upstream has the last word. The time is bounded by the length of
 * the text times the parts of the template, whatever either holds.
 */

/** Parts a template may have; one with more is listed but matches nothing. */
const MAX_PARTS = 32;

/** What may stand in the place of one expression. */
interface Expression {
  /** Character that begins a non-empty expansion; '' where there is none. */
  readonly lead: string;
  /** Characters that cannot be part of the expansion. */
  readonly stops: string;
}

type Part = string | Expression;

const OPERATORS: Readonly<Record<string, Expression>> = {
  '+': { lead: '', stops: '' },
  '#': { lead: '#', stops: '' },
  '.': { lead: '.', stops: '/?#' },
  '/': { lead: '/', stops: '?#' },
  ';': { lead: ';', stops: '/?#' },
  '?': { lead: '?', stops: '#' },
  '&': { lead: '&', stops: '#' },
};
const SIMPLE: Expression = { lead: '', stops: '/?#' };
const EXPRESSION =
  /^[+#./;?&]?[\w.%]+(?:\*|:[1-9]\d{0,3})?(?:,[\w.%]+(?:\*|:[1-9]\d{0,3})?){0,31}$/;

/** A template, ready to be asked. */
export type TemplateMatcher = (uri: string) => boolean;

/** @returns a matcher; one that never matches where the template does not follow the grammar */
export function compileTemplate(template: string): TemplateMatcher {
  const parts = parse(template);
  if (parts === undefined) return () => false;
  const [first] = parts;
  const prefix = typeof first === 'string' ? first : '';
  return (uri) => uri.startsWith(prefix) && matches(parts, uri);
}

function parse(template: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  let at = 0;
  while (at < template.length) {
    if (parts.length >= MAX_PARTS) return undefined;
    const open = template.indexOf('{', at);
    const literal = template.slice(at, open < 0 ? undefined : open);
    if (literal.includes('}')) return undefined;
    if (literal !== '') parts.push(literal);
    if (open < 0) break;
    const close = template.indexOf('}', open);
    const body = template.slice(open + 1, close < 0 ? open : close);
    if (!EXPRESSION.test(body)) return undefined;
    parts.push(OPERATORS[body[0] ?? ''] ?? SIMPLE);
    at = close + 1;
  }
  return parts;
}

/** Keeps every offset that the parts so far can end at, instead of trying one after the other. */
function matches(parts: readonly Part[], uri: string): boolean {
  let ends = new Uint8Array(uri.length + 1);
  ends[0] = 1;
  for (const part of parts) {
    const next = new Uint8Array(uri.length + 1);
    if (typeof part === 'string') stepLiteral(part, uri, ends, next);
    else stepExpression(part, uri, ends, next);
    ends = next;
  }
  return ends[uri.length] === 1;
}

function stepLiteral(literal: string, uri: string, ends: Uint8Array, next: Uint8Array): void {
  for (let at = ends.indexOf(1); at >= 0; at = ends.indexOf(1, at + 1)) {
    if (uri.startsWith(literal, at)) next[at + literal.length] = 1;
  }
}

/** From each offset an expansion reaches as far as no stop comes; it may also be empty. */
function stepExpression(part: Expression, uri: string, ends: Uint8Array, next: Uint8Array): void {
  let isOpen = false;
  for (let at = 0; at <= uri.length; at++) {
    if (isOpen) next[at] = 1;
    const character = uri[at] ?? '';
    if (ends[at] === 1) {
      next[at] = 1;
      if (part.lead === '' || character === part.lead) isOpen = true;
    }
    if (part.stops.includes(character)) isOpen = false;
  }
}
