/** Exchanges that are under way, as a list that forgets at once whoever has left it. */
import type { Exchange } from './exchange.ts';

/**
 * Takes and gives back places in constant time. A Set would do, but every rehash of one leaves its
 * old table pointing at the new one: once the first has grown old, the collector copies whatever
 * was in the others since, and thousands of ended exchanges are kept until the next full collection.
 * An exchange is in one such list at most.
 */
export class OpenExchanges implements Iterable<Exchange> {
  private readonly places: Exchange[] = [];

  get size(): number {
    return this.places.length;
  }

  add(x: Exchange): void {
    if (this.places[x.place] === x) return;
    x.place = this.places.length;
    this.places.push(x);
  }

  /** Does nothing where it is not in the list. */
  remove(x: Exchange): void {
    const { place } = x;
    if (this.places[place] !== x) return;
    const last = this.places.pop();
    if (last !== undefined && last !== x) {
      last.place = place;
      this.places[place] = last;
    }
    x.place = NOWHERE;
  }

  /** Those in it now; it may change meanwhile. */
  [Symbol.iterator](): Iterator<Exchange> {
    return this.places.slice().values();
  }
}

const NOWHERE = -1;
