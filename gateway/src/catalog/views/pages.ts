/** Pages of lists as JSON text: the upstreams' own bytes with only the changed members spliced. */
import { LRUCache } from 'lru-cache';
import type { DefinitionFault } from '../items/definition.ts';
import { compactText, definitionText } from '../items/definition-text.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';
import type { Finding } from '../items/items.ts';

export interface PageLimits {
  readonly maxItems: number;
  /** A page ends before it grows larger than this, unless it is a single item. */
  readonly maxBytes: number;
}

/** A page without the frame around it. */
export interface Page {
  /** Definitions joined by commas. */
  readonly text: string;
  /** Offset of the first entry that is not on it. */
  readonly end: number;
  /** Items between its first and last that turned out not to be usable. */
  readonly findings: readonly Finding[];
}

/** Characters of pages that are remembered. */
const MAX_CACHED_CHARACTERS = 32 * 1024 * 1024;

/** Makes pages and remembers them as long as their list is the same array. */
export class Pages {
  private readonly limits: PageLimits;
  private readonly numbers = new WeakMap<readonly Entry[], number>();
  private lastNumber = 0;
  private readonly cache = new LRUCache<string, Page>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (page, key) => page.text.length + key.length,
  });

  constructor(limits: PageLimits) {
    this.limits = limits;
  }

  /** @param isLegacy definitions are for callers of the legacy era */
  at(entries: readonly Entry[], offset: number, isLegacy: boolean): Page {
    const key = `${this.numberOf(entries)}:${offset}:${isLegacy}`;
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const page = this.render(entries, offset, isLegacy);
    this.cache.set(key, page);
    return page;
  }

  private numberOf(entries: readonly Entry[]): number {
    let number = this.numbers.get(entries);
    if (number === undefined) {
      number = ++this.lastNumber;
      this.numbers.set(entries, number);
    }
    return number;
  }

  private render(entries: readonly Entry[], offset: number, isLegacy: boolean): Page {
    const texts: string[] = [];
    const findings: Finding[] = [];
    let end = offset;
    let bytes = 0;
    while (end < entries.length && texts.length < this.limits.maxItems) {
      const entry = entries[end];
      if (entry === undefined) break;
      const text = textOf(entry, isLegacy);
      if (typeof text !== 'string') findings.push({ ...text, id: entry.item.id });
      else {
        bytes += text.length;
        if (bytes > this.limits.maxBytes && texts.length > 0) break;
        texts.push(text);
      }
      end++;
    }
    return { text: texts.join(','), end, findings };
  }
}

function textOf(entry: Entry, isLegacy: boolean): string | DefinitionFault {
  if (entry.mode === 'compact') return compactText(entry);
  const parts = entry.source.parts();
  return 'code' in parts ? parts : definitionText(entry, parts, isLegacy);
}
