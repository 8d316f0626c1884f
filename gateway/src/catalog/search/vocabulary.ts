/** All stems of an index, in order: found exactly, by how they begin, or by how they look. */

/** Typing mistakes are only looked for in words of at least this many characters. */
const MIN_TYPO_CHARACTERS = 5;
const MAX_SIMILAR = 4;
/** What a word may have after a stem that it begins with. */
const MAX_ENDING_CHARACTERS = 4;
const MIN_BEGINNING_CHARACTERS = 4;

export class Vocabulary {
  private readonly stems: readonly string[];
  /** For each stem, which letters it has, one bit each. */
  private readonly letters: Uint32Array;

  /** @param stems sorted by code units, without duplicates; a stem's place is its number */
  constructor(stems: readonly string[]) {
    this.stems = stems;
    this.letters = Uint32Array.from(stems, lettersOf);
  }

  get size(): number {
    return this.stems.length;
  }

  /** @returns -1 where there is none */
  find(stem: string): number {
    const at = this.firstFrom(stem);
    return this.stems[at] === stem ? at : -1;
  }

  /** Numbers from `start` up to `end` of all stems that begin so. */
  beginning(start: string): { readonly start: number; readonly end: number } {
    return { start: this.firstFrom(start), end: this.firstFrom(`${start}\u{10FFFF}`) };
  }

  /** The longest stem that the word begins with and that leaves little of it, or -1. */
  beginningOf(word: string): number {
    const least = Math.max(MIN_BEGINNING_CHARACTERS, word.length - MAX_ENDING_CHARACTERS);
    for (let length = word.length - 1; length >= least; length--) {
      const at = this.find(word.slice(0, length));
      if (at >= 0) return at;
    }
    return -1;
  }

  /** Stems that one or two mistakes could have made this of, the nearest first. */
  similar(stem: string): readonly { readonly stem: number; readonly mistakes: number }[] {
    if (stem.length < MIN_TYPO_CHARACTERS) return [];
    const max = stem.length < 8 ? 1 : 2;
    const mask = lettersOf(stem);
    const found: { readonly stem: number; readonly mistakes: number }[] = [];
    for (let at = 0; at < this.stems.length; at++) {
      // Each mistake changes at most one letter for another: two bits.
      if (bitsOf((this.letters[at] ?? 0) ^ mask) > 2 * max) continue;
      const other = this.stems[at] ?? '';
      if (other.length < MIN_TYPO_CHARACTERS - 1) continue;
      if (Math.abs(other.length - stem.length) > max) continue;
      const mistakes = mistakesBetween(stem, other, max);
      if (mistakes <= max) found.push({ stem: at, mistakes });
    }
    return found
      .toSorted((a, b) => a.mistakes - b.mistakes || a.stem - b.stem)
      .slice(0, MAX_SIMILAR);
  }

  private firstFrom(stem: string): number {
    let low = 0;
    let high = this.stems.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.stems[middle] ?? '') < stem) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function lettersOf(stem: string): number {
  let mask = 0;
  for (let at = 0; at < stem.length; at++) mask |= 1 << (stem.charCodeAt(at) & 31);
  return mask >>> 0;
}

function bitsOf(mask: number): number {
  const pairs = mask - ((mask >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Letters put in, left out, replaced or swapped with their neighbour; `max + 1` for more. */
function mistakesBetween(a: string, b: string, max: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
      }
      next.push(cost);
      least = Math.min(least, cost);
    }
    if (least > max) return max + 1;
    before = last;
    last = next;
  }
  return last[b.length] ?? max + 1;
}
