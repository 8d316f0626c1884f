/**
 * Public names: what callers call an item. They depend on the item alone, so they stay the same
 * whatever stands beside it.
 */
import { hash } from 'node:crypto';
import type { ItemId } from '../../kernel/index.ts';

/** The longest name that every widespread client and model API takes. */
export const MAX_NAME_LENGTH = 64;

/** The shortest limit that still leaves room for something to recognise before the hash. */
export const MIN_NAME_LENGTH = 16;

const HASH_CHARACTERS = 10;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const UNSAFE = /[^a-zA-Z0-9_-]/gu;
/** A hash always holds a digit, so that names ending in a word of ten letters stay as they are. */
const ENDS_LIKE_A_HASH = /_(?=[a-z]*[2-7])[a-z2-7]{10}$/;
const HOLDS_DIGIT = /[2-7]/;
const BEGINS_LIKE_AN_ID = /^[a-z][a-z0-9-]{0,30}__/;

/** Whether a name could be made for an item that is not there yet. */
export function looksGenerated(name: string): boolean {
  return BEGINS_LIKE_AN_ID.test(name) || ENDS_LIKE_A_HASH.test(name);
}

/**
 * The public name `<id>__<original name>` in `[a-zA-Z0-9_-]`, at most `maxLength` characters. A name
 * that has to be cut or escaped ends in `_` and ten characters of a hash over the whole identity; so
 * does one that would otherwise look as if it did. Ids hold no `_`, so two names that are neither
 * cut nor escaped differ whenever their items do. Names are case-sensitive.
 * @param maxLength characters, from MIN_NAME_LENGTH to MAX_NAME_LENGTH
 */
export function publicName(id: ItemId, maxLength: number): string {
  const wanted = `${id.upstream}__${id.name}`;
  // Far longer names are cut anyway; the hash below still covers all of them.
  const safe = wanted.slice(0, maxLength * 4).replace(UNSAFE, '_');
  const isPlain = wanted.length <= maxLength && safe === wanted;
  if (isPlain && !ENDS_LIKE_A_HASH.test(wanted)) return wanted;
  return `${safe.slice(0, maxLength - HASH_CHARACTERS - 1)}_${shortHash(id)}`;
}

/** JSON keeps the three parts apart whatever they hold. The first hash with a digit counts. */
function shortHash(id: ItemId): string {
  let digest = hash('sha256', JSON.stringify([id.upstream, id.kind, id.name]), 'buffer');
  for (;;) {
    const text = base32(digest);
    if (HOLDS_DIGIT.test(text)) return text;
    digest = hash('sha256', digest, 'buffer');
  }
}

function base32(digest: Buffer): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let at = 0; text.length < HASH_CHARACTERS; at++) {
    held = (held << 8) | (digest[at] ?? 0);
    bits += 8;
    while (bits >= 5 && text.length < HASH_CHARACTERS) {
      bits -= 5;
      text += BASE32[(held >> bits) & 31] ?? '';
    }
    held &= (1 << bits) - 1;
  }
  return text;
}
