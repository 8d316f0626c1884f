/** Ranks tools by words, offline. */
import { LRUCache } from 'lru-cache';
import type { Entry } from '../endpoints/endpoint-index.ts';
import { stemWeights } from './fields.ts';
import { IndexBuilder } from './search-index.ts';
import { readQuery } from './query.ts';
import { readSynonyms, type Synonyms } from './synonyms.ts';
import { Vocabulary } from './vocabulary.ts';

/** Tools in all indexes that are kept; one costs about half a kilobyte. */
const MAX_INDEXED_TOOLS = 60_000;

/** Tools that are indexed before others get their turn. */
const CHUNK_TOOLS = 100;

/** Places that are looked at for a tool whose very name was asked for. */
const MAX_NAMED = 20;

export interface Found {
  /** The best first; equal ones in the order of their list. */
  readonly best: readonly Entry[];
  /** How many match at all. */
  readonly matches: number;
}

/** Finds tools among those it was made of. */
export interface Ranking {
  /**
   * @param limit of `best`
   * @param isWanted undefined for all
   */
  find(query: string, limit: number, isWanted: ((entry: Entry) => boolean) | undefined): Found;
}

/**
 * Keeps rankings. Each is made of exactly the tools that somebody sees: what is hidden has no
 * influence on what is found, nor on its order.
 */
export class Rankings {
  private readonly synonyms = readSynonyms();
  private readonly kept = new LRUCache<readonly Entry[], Promise<Ranking>>({
    maxSize: MAX_INDEXED_TOOLS,
  });

  /** @param tools a set that somebody sees; the same array gives the same ranking */
  of(tools: readonly Entry[]): Promise<Ranking> {
    let ranking = this.kept.get(tools);
    if (ranking === undefined) {
      ranking = buildRanking(tools, this.synonyms);
      this.kept.set(tools, ranking, {
        size: Math.min(Math.max(tools.length, 1), MAX_INDEXED_TOOLS),
      });
    }
    return ranking;
  }
}

async function buildRanking(tools: readonly Entry[], synonyms: Synonyms): Promise<Ranking> {
  const builder = new IndexBuilder();
  for (const [at, entry] of tools.entries()) {
    if (at > 0 && at % CHUNK_TOOLS === 0) await nextTurn();
    builder.add(stemWeights(entry.source, entry.knownAs));
  }
  const index = builder.build((stems) => new Vocabulary(stems));
  return {
    find: (query, limit, isWanted) => {
      const scores = index.scores(readQuery(query, index, synonyms));
      if (isWanted !== undefined) {
        for (const [place, entry] of tools.entries()) {
          if ((scores[place] ?? 0) > 0 && !isWanted(entry)) scores[place] = 0;
        }
      }
      const { places, matches } = bestPlaces(scores, Math.max(limit, MAX_NAMED));
      const best = places.map((place) => tools[place]).filter((entry) => entry !== undefined);
      return { best: namedFirst(best, query).slice(0, limit), matches };
    },
  };
}

/** The places with the highest scores, in order; of equal ones the first. */
function bestPlaces(
  scores: Float32Array,
  limit: number,
): { readonly places: readonly number[]; readonly matches: number } {
  const places: number[] = [];
  let matches = 0;
  let least = 0;
  for (let place = 0; place < scores.length; place++) {
    const score = scores[place] ?? 0;
    if (score === 0) continue;
    matches++;
    if (score <= least) continue;
    let at = places.length;
    while (at > 0 && (scores[places[at - 1] ?? 0] ?? 0) < score) at--;
    places.splice(at, 0, place);
    if (places.length > limit) places.pop();
    if (places.length === limit) least = scores[places.at(-1) ?? 0] ?? 0;
  }
  return { places, matches };
}

function namedFirst(entries: readonly Entry[], query: string): readonly Entry[] {
  const asked = plain(query);
  const isNamed = ({ item, knownAs }: Entry): boolean =>
    plain(knownAs) === asked || plain(item.publicName) === asked;
  const named = entries.filter(isNamed);
  return named.length === 0 ? entries : [...named, ...entries.filter((one) => !isNamed(one))];
}

function plain(name: string): string {
  return name.replaceAll(/[\s_.-]+/g, '').toLowerCase();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
