/** Pages of lists as JSON text: the upstreams' own bytes with only the changed members spliced. */
import { LRUCache } from 'lru-cache';
import { splice, type Edit } from '../kernel/index.ts';
import type { DefinitionParts } from './definition.ts';
import type { Entry } from './endpoint-index.ts';
import type { Finding } from './items.ts';

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

  /** @param withExecution legacy callers know the member `execution` of tools, modern ones do not */
  at(entries: readonly Entry[], offset: number, withExecution: boolean): Page {
    const key = `${this.numberOf(entries)}:${offset}:${withExecution}`;
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    const page = this.render(entries, offset, withExecution);
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

  private render(entries: readonly Entry[], offset: number, withExecution: boolean): Page {
    const texts: string[] = [];
    const findings: Finding[] = [];
    let end = offset;
    let bytes = 0;
    while (end < entries.length && texts.length < this.limits.maxItems) {
      const entry = entries[end];
      if (entry === undefined) break;
      const parts = entry.source.parts();
      if ('code' in parts) {
        findings.push({ ...parts, id: entry.item.id });
      } else {
        bytes += entry.source.definition.length;
        if (bytes > this.limits.maxBytes && texts.length > 0) break;
        texts.push(definitionText(entry, parts, withExecution));
      }
      end++;
    }
    return { text: texts.join(','), end, findings };
  }
}

function definitionText(
  { item, source }: Entry,
  parts: DefinitionParts,
  withExecution: boolean,
): string {
  const edits: Edit[] = [];
  if (item.publicName !== source.id.name) {
    const text = JSON.stringify(item.publicName);
    edits.push({ start: parts.nameStart, end: parts.nameEnd, text });
  }
  if (!withExecution && parts.withoutExecution !== undefined) edits.push(parts.withoutExecution);
  return splice(source.definition, edits).toString();
}
