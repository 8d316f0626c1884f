/** What an endpoint includes: its patterns, compiled. */
import { ITEM_KINDS, compilePattern, type ItemId, type ItemKind } from '../../kernel/index.ts';

export interface Scope {
  /** Whether the endpoint shows this item, policy aside. */
  includes(id: ItemId): boolean;
  /** Whether a pattern keeps this item out whatever else is said. */
  excludes(id: ItemId): boolean;
  /** Whether anything of this upstream, or of this kind of it, could be shown. */
  covers(upstream: string, kind?: ItemKind): boolean;
}

/** @param config patterns that have been checked; an invalid one is a programming error */
export function createScope(config: {
  readonly include: readonly string[];
  readonly exclude?: readonly string[] | undefined;
}): Scope {
  const include = config.include.map(compile);
  const exclude = (config.exclude ?? []).map(compile);
  const coversKind = (upstream: string, kind: ItemKind): boolean =>
    include.some((pattern) => pattern.reaches(upstream, kind)) &&
    !exclude.some((pattern) => pattern.isWhole && pattern.reaches(upstream, kind));
  const excludes = (id: ItemId): boolean => exclude.some((pattern) => pattern.matches(id));
  return {
    includes: (id) => include.some((pattern) => pattern.matches(id)) && !excludes(id),
    excludes,
    covers: (upstream, kind) =>
      kind === undefined
        ? ITEM_KINDS.some((each) => coversKind(upstream, each))
        : coversKind(upstream, kind),
  };
}

interface ScopePattern {
  matches(id: ItemId): boolean;
  /** Whether it could match an item of this upstream and kind. */
  reaches(upstream: string, kind: ItemKind): boolean;
  /** Whether it matches all names of the upstreams and kinds it reaches. */
  readonly isWhole: boolean;
}

function compile(text: string): ScopePattern {
  const pattern = mustCompile(text);
  const slash = text.indexOf('/');
  const head = slash < 0 ? '*' : text.slice(0, slash);
  const probe = mustCompile(slash < 0 ? '*' : `${head}/*`);
  return {
    matches: (id) => pattern.matches(id),
    reaches: (upstream, kind) => probe.matches({ upstream, kind, name: '' }),
    isWhole: slash < 0 || /^\*+$/.test(text.slice(slash + 1)),
  };
}

function mustCompile(text: string): { matches(id: ItemId): boolean } {
  const pattern = compilePattern(text);
  if (typeof pattern === 'string') throw new Error(pattern);
  return pattern;
}
