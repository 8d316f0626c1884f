/** Ranks tools by words, offline. */
import { LRUCache } from 'lru-cache';
import MiniSearch from 'minisearch';
import type { Entry } from './endpoint-index.ts';

/** Tools in all indexes that are kept; one costs about two kilobytes. */
const MAX_INDEXED_TOOLS = 60_000;

/** Tools that are indexed before others get their turn. */
const CHUNK_TOOLS = 250;

/** Words of a query that count. */
const MAX_TERMS = 12;
const MAX_TAGS = 16;
const MAX_FIELD_CHARACTERS = 256;

/** Words that say nothing about a tool. */
const NOISE: ReadonlySet<string> = new Set(
  'a an and are as at be by for from how i in into is it me my of on or that the this to with'.split(
    ' ',
  ),
);

interface Document {
  /** Offset among the tools that were indexed. */
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly line: string;
  readonly tags: string;
  readonly upstream: string;
}

/** Finds tools among those it was made of. */
export interface Ranking {
  /** All that match, the best first; equal ones in the order of their list. */
  find(query: string, isWanted: (entry: Entry) => boolean): readonly Entry[];
}

/**
 * Keeps rankings. Each is made of exactly the tools that somebody sees: what is hidden has no
 * influence on what is found, nor on its order.
 */
export class Rankings {
  private readonly kept = new LRUCache<readonly Entry[], Promise<Ranking>>({
    maxSize: MAX_INDEXED_TOOLS,
  });

  /** @param tools a set that somebody sees; the same array gives the same ranking */
  of(tools: readonly Entry[]): Promise<Ranking> {
    let ranking = this.kept.get(tools);
    if (ranking === undefined) {
      ranking = buildRanking(tools);
      this.kept.set(tools, ranking, {
        size: Math.min(Math.max(tools.length, 1), MAX_INDEXED_TOOLS),
      });
    }
    return ranking;
  }
}

async function buildRanking(tools: readonly Entry[]): Promise<Ranking> {
  const index = new MiniSearch<Document>({
    fields: ['name', 'title', 'line', 'tags', 'upstream'],
    tokenize: wordsOf,
    processTerm: (term) => termOf(term),
    searchOptions: {
      boost: { name: 3, title: 2, tags: 1.5, upstream: 0.5 },
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      tokenize: (query) =>
        [...new Set(wordsOf(query).map(lower))].filter(isTerm).slice(0, MAX_TERMS),
    },
  });
  for (let from = 0; from < tools.length; from += CHUNK_TOOLS) {
    if (from > 0) await nextTurn();
    index.addAll(
      tools.slice(from, from + CHUNK_TOOLS).map((entry, at) => documentOf(entry, from + at)),
    );
  }
  return {
    find: (query, isWanted) => {
      const found: { readonly entry: Entry; readonly id: number; readonly score: number }[] = [];
      for (const { id, score } of index.search(query)) {
        const entry = tools[Number(id)];
        if (entry !== undefined && isWanted(entry)) found.push({ entry, id: Number(id), score });
      }
      return found.toSorted((a, b) => b.score - a.score || a.id - b.id).map(({ entry }) => entry);
    },
  };
}

function documentOf({ item, source }: Entry, id: number): Document {
  const { title, line, tags } = source.brief;
  const cut = (text: string): string => text.slice(0, MAX_FIELD_CHARACTERS);
  return {
    id,
    name: cut(item.id.name),
    title: cut(title),
    line: cut(line),
    tags: cut(tags.slice(0, MAX_TAGS).join(' ')),
    upstream: item.id.upstream,
  };
}

/** Also the words of names like `createPullRequest` and `list_open-orders`. */
function wordsOf(text: string): string[] {
  return text
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .split(/[\s\p{P}\p{S}]+/u)
    .filter((word) => word !== '');
}

function lower(word: string): string {
  return word.toLowerCase();
}

function isTerm(term: string): boolean {
  return !NOISE.has(term);
}

function termOf(word: string): string | null {
  const term = lower(word);
  return isTerm(term) ? term : null;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
