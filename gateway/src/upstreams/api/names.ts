/** Gives every operation of an API its name: unique, and the same over re-imports. */
import { markedName, nameOf } from './name-words.ts';

export interface NameWish {
  /** Stable key of the operation in its source. */
  readonly key: string;
  /** What it would be called: the words of its own identifier or of what it does. */
  readonly words: readonly string[];
  /** A valid name that its source asks for as it is, whatever its words. */
  readonly exact?: string;
}

export interface AllocatedName {
  /** `[a-z0-9_]{1,48}` unless it was known by another name before or asks for one. */
  readonly name: string;
  /** Names that call it, too: the one it would get today where it keeps an old one. */
  readonly aliases: readonly string[];
}

const VALID_NAME = /^[a-zA-Z0-9_-]{1,48}$/;
const MORE_DIGITS = [6, 8, 10, 12, 16, 24, 32];

/**
 * Allocates names. A key of `known` keeps its name. Where several keys want one name, all of them
 * are told apart by a hash of their keys, so that no name depends on the order of operations.
 * @param known names of an earlier import by key; names that are not valid or given twice are void
 */
export function allocateNames(
  wishes: readonly NameWish[],
  known: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, AllocatedName> {
  const wanted = new Map<string, string>();
  for (const { key, words, exact = '' } of wishes) {
    wanted.set(key, VALID_NAME.test(exact) ? exact : nameOf(words, key));
  }
  const rivals = countOf(wanted.values());
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const key of [...wanted.keys()].sort()) {
    const name = known.get(key);
    if (name === undefined || !VALID_NAME.test(name) || taken.has(name)) continue;
    names.set(key, name);
    taken.add(name);
  }
  // Who wants a name alone goes first: a mark never takes what another is called.
  const open = [...wanted].filter(([key]) => !names.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  const alone = open.filter(([, name]) => rivals.get(name) === 1);
  for (const [key, name] of alone) claim(key, name, taken, names);
  for (const [key, name] of open)
    if (!names.has(key)) claim(key, markedName(name, key), taken, names);
  return withAliases(wanted, rivals, taken, names);
}

function claim(key: string, name: string, taken: Set<string>, names: Map<string, string>): void {
  let free = name;
  for (const digits of MORE_DIGITS) {
    if (!taken.has(free)) break;
    free = markedName(name, key, digits);
  }
  taken.add(free);
  names.set(key, free);
}

function withAliases(
  wanted: ReadonlyMap<string, string>,
  rivals: ReadonlyMap<string, number>,
  taken: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
): ReadonlyMap<string, AllocatedName> {
  const allocated = new Map<string, AllocatedName>();
  for (const [key, wish] of wanted) {
    const name = names.get(key) ?? wish;
    const isFree = !taken.has(wish) && rivals.get(wish) === 1;
    allocated.set(key, { name, aliases: isFree ? [wish] : [] });
  }
  return allocated;
}

function countOf(names: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
