/** How the values of parameters are written: what the versions say, and their defaults. */
import type { ParameterStyle, ParameterView, Ref, Resolver } from '../document.ts';
import { isTrue, memberOf, textOf } from '../source/node.ts';

export type Location = ParameterView['in'];

export interface Style {
  readonly style: ParameterStyle;
  readonly explode: boolean;
}

const ALLOWED: Readonly<Record<Location, readonly ParameterStyle[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form', 'cookie'],
  querystring: ['form'],
};

/** `style` and `explode` of 3.x; a style that its place does not know is read as the default. */
export function styleOf(resolver: Resolver, at: Ref, location: Location): Style {
  const allowed = ALLOWED[location];
  const fallback = allowed[0] ?? 'form';
  const written = textOf(memberOf(at.node, 'style'));
  const style = allowed.find((known) => known === written) ?? fallback;
  if (written !== '' && style !== written) {
    resolver.repaired(`The style "${written}" is none for "${location}"; read as "${style}".`, at);
  }
  const explode = memberOf(at.node, 'explode');
  const byDefault = style === 'form' || style === 'cookie';
  return { style, explode: explode === undefined ? byDefault : isTrue(explode) };
}

/** `collectionFormat` of 2.0 in the words of 3.x. */
export function legacyStyleOf(resolver: Resolver, at: Ref, location: Location): Style {
  const fallback = location === 'query' || location === 'cookie' ? 'form' : 'simple';
  const format = textOf(memberOf(at.node, 'collectionFormat'));
  switch (format) {
    case '':
    case 'csv':
      return { style: fallback, explode: false };
    case 'multi':
      return { style: fallback, explode: fallback === 'form' };
    case 'ssv':
      return { style: 'spaceDelimited', explode: false };
    case 'tsv':
      return { style: 'tabDelimited', explode: false };
    case 'pipes':
      return { style: 'pipeDelimited', explode: false };
    default:
      resolver.repaired(`The collectionFormat "${format}" is not known; read as "csv".`, at);
      return { style: fallback, explode: false };
  }
}
