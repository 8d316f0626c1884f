/** Which messages were taken already, so that none is taken twice. */
import { LRUCache } from 'lru-cache';

/** The oldest are forgotten; those with a signed timestamp are refused for their age before that. */
export const MAX_REMEMBERED = 100_000;

export class Replays {
  private readonly seen = new LRUCache<string, true>({ max: MAX_REMEMBERED });

  has(key: string): boolean {
    return this.seen.has(key);
  }

  add(key: string): void {
    this.seen.set(key, true);
  }
}
