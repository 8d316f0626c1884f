/** What a query asks an index for: each of its words, with what may stand for it. */
import type { Alternatives, SearchIndex } from './search-index.ts';
import type { Synonyms } from './synonyms.ts';
import { stemOf, wordsOf } from './words.ts';

/** Words of a query that count. */
const MAX_WORDS = 24;
const MIN_PREFIX_CHARACTERS = 3;
const MAX_PREFIXED = 8;

const SHARE_OF_SYNONYM = 0.6;
const SHARE_OF_PREFIXED = 0.5;
const SHARE_OF_BEGINNING = 0.6;
const SHARE_OF_SIMILAR = [1, 0.8, 0.6];

export function readQuery(query: string, index: SearchIndex, synonyms: Synonyms): Alternatives[] {
  const words = wordsOf(query).slice(0, MAX_WORDS);
  const stems = new Set(words.map(stemOf));
  // Two words may be one elsewhere: `git hub`, `time zone`.
  for (const [at, word] of words.entries()) {
    const next = words[at + 1];
    if (next !== undefined) {
      const joined = stemOf(word + next);
      if (index.vocabulary.find(joined) >= 0) stems.add(joined);
    }
  }
  return [...stems].map((stem) => alternativesOf(stem, index, synonyms));
}

function alternativesOf(stem: string, index: SearchIndex, synonyms: Synonyms): Alternatives {
  const { vocabulary } = index;
  const found = new Map<number, number>();
  const take = (number: number, share: number): void => {
    if (number >= 0 && share > (found.get(number) ?? 0)) found.set(number, share);
  };
  const exact = vocabulary.find(stem);
  take(exact, 1);
  const others = synonyms.get(stem) ?? [];
  const limit = exact < 0 ? Infinity : index.rarity(exact);
  for (const other of others) {
    const number = vocabulary.find(other);
    // A rare synonym of a usual word says no more than that word does.
    if (number >= 0) take(number, SHARE_OF_SYNONYM * Math.min(1, limit / index.rarity(number)));
  }
  if (stem.length >= MIN_PREFIX_CHARACTERS && found.size === 0) {
    const { start, end } = vocabulary.beginning(stem);
    for (let at = start; at < Math.min(end, start + MAX_PREFIXED); at++)
      take(at, SHARE_OF_PREFIXED);
  }
  if (found.size === 0) {
    take(vocabulary.beginningOf(stem), SHARE_OF_BEGINNING);
    for (const { stem: number, mistakes } of vocabulary.similar(stem)) {
      take(number, SHARE_OF_SIMILAR[mistakes] ?? 0);
    }
  }
  return found;
}
