/** Which fields of the roots may be asked for. */
import type { GraphQlConfig } from '../config-schema.ts';

export type RootKind = 'query' | 'mutation';

/** @returns why a field is left out; '' where it is not */
export type FieldFilter = (kind: RootKind, field: string) => string;

export function fieldFilter(
  config: Pick<GraphQlConfig, 'include' | 'exclude' | 'mutations'>,
): FieldFilter {
  const included = config.include?.map(matcher);
  const excluded = (config.exclude ?? []).map(matcher);
  return (kind, field) => {
    if (kind === 'mutation' && !config.mutations) return 'mutations is false';
    if (included?.every((fits) => !fits(kind, field)) === true) return 'include does not name it';
    return excluded.some((fits) => fits(kind, field)) ? 'exclude names it' : '';
  };
}

function matcher(written: string): (kind: RootKind, field: string) => boolean {
  const dot = written.indexOf('.');
  const root = dot < 0 ? '' : written.slice(0, dot);
  const pieces = written.slice(dot + 1).split('*');
  return (kind, field) => (root === '' || root === kind) && fitsPieces(pieces, field);
}

/** Each piece in turn at the earliest place; no regular expression that could be slow. */
function fitsPieces(pieces: readonly string[], text: string): boolean {
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.endsWith(last) && text.length - last.length >= at;
}
