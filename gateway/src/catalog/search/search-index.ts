/** Where stems stand and how much they say there, packed; and the scores of a query by it. */
import type { Vocabulary } from './vocabulary.ts';

/** How soon more of the same word stops to count (k1 of BM25). */
const SATURATION = 1.2;
/** Saturated weights are kept in a byte. */
const SCALE = 255 / (SATURATION + 1);

/** Stems any of which answers one word of a query, each with how well, 0 to 1. */
export type Alternatives = ReadonlyMap<number, number>;

export class SearchIndex {
  readonly vocabulary: Vocabulary;
  readonly size: number;
  /** Postings of stem n stand from `starts[n]` up to `starts[n + 1]`. */
  private readonly starts: Uint32Array;
  private readonly places: Uint16Array | Uint32Array;
  private readonly weights: Uint8Array;
  private readonly totals: Float32Array;
  private readonly best: Float32Array;
  /** For which word, from 1, `best` holds at each place. */
  private readonly words: Uint8Array;

  constructor(vocabulary: Vocabulary, postings: Postings, size: number) {
    this.vocabulary = vocabulary;
    this.size = size;
    this.starts = postings.starts;
    this.places = postings.places;
    this.weights = postings.weights;
    this.totals = new Float32Array(size);
    this.best = new Float32Array(size);
    this.words = new Uint8Array(size);
  }

  /** How rare a stem is: the more, the fewer tools have it. */
  rarity(stem: number): number {
    const count = (this.starts[stem + 1] ?? 0) - (this.starts[stem] ?? 0);
    return Math.log(1 + (this.size - count + 0.5) / (count + 0.5));
  }

  /**
   * The score of each place, 0 where nothing matches. Of the alternatives for one word the best one
   * counts. The array is used again for the next query.
   * @param words at most 255
   */
  scores(words: readonly Alternatives[]): Float32Array {
    this.totals.fill(0);
    this.words.fill(0);
    for (const [at, alternatives] of words.entries()) {
      for (const [stem, share] of alternatives) this.take(stem, share, at + 1);
    }
    return this.totals;
  }

  /** Adds to each total what this stem says more than the others for the same word. */
  private take(stem: number, share: number, word: number): void {
    const { starts, places, weights, totals, best, words } = this;
    const factor = (share * this.rarity(stem)) / SCALE;
    const end = starts[stem + 1] ?? 0;
    for (let at = starts[stem] ?? 0; at < end; at++) {
      const place = places[at] ?? 0;
      const score = factor * (weights[at] ?? 0);
      const before = words[place] === word ? (best[place] ?? 0) : 0;
      if (score <= before) continue;
      words[place] = word;
      best[place] = score;
      totals[place] = (totals[place] ?? 0) + score - before;
    }
  }
}

interface Postings {
  readonly starts: Uint32Array;
  readonly places: Uint16Array | Uint32Array;
  readonly weights: Uint8Array;
}

/** Collects what an index is made of, tool by tool. */
export class IndexBuilder {
  private readonly numbers = new Map<string, number>();
  private readonly stems: number[] = [];
  private readonly places: number[] = [];
  private readonly weights: number[] = [];
  private size = 0;

  /** @param weights of all stems of the next tool */
  add(weights: ReadonlyMap<string, number>): void {
    for (const [stem, weight] of weights) {
      let number = this.numbers.get(stem);
      if (number === undefined) {
        number = this.numbers.size;
        this.numbers.set(stem, number);
      }
      const saturated = (weight * (SATURATION + 1)) / (weight + SATURATION);
      this.stems.push(number);
      this.places.push(this.size);
      this.weights.push(Math.max(1, Math.round(saturated * SCALE)));
    }
    this.size++;
  }

  build(makeVocabulary: (stems: readonly string[]) => Vocabulary): SearchIndex {
    const sorted = [...this.numbers.keys()].toSorted(byCodeUnits);
    const order = new Uint32Array(sorted.length);
    for (const [at, stem] of sorted.entries()) order[this.numbers.get(stem) ?? 0] = at;
    const starts = new Uint32Array(sorted.length + 1);
    const count = this.stems.length;
    for (const stem of this.stems) {
      const next = (order[stem] ?? 0) + 1;
      starts[next] = (starts[next] ?? 0) + 1;
    }
    for (let at = 1; at < starts.length; at++) {
      starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
    }
    const free = starts.slice();
    const places = this.size > 0xffff ? new Uint32Array(count) : new Uint16Array(count);
    const weights = new Uint8Array(count);
    for (let at = 0; at < count; at++) {
      const stem = order[this.stems[at] ?? 0] ?? 0;
      const to = free[stem] ?? 0;
      free[stem] = to + 1;
      places[to] = this.places[at] ?? 0;
      weights[to] = this.weights[at] ?? 0;
    }
    // A copy of each, so that none keeps the text alive that it was cut from.
    const vocabulary = makeVocabulary(sorted.map((stem) => Buffer.from(stem).toString()));
    return new SearchIndex(vocabulary, { starts, places, weights }, this.size);
  }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
