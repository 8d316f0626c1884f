/** What an operation does to the world, from its kind and the words of its name. */
import type { Effects } from '../../api/model.ts';
import { wordsOf } from '../../api/name-words.ts';

const DESTROYING =
  /^(?:delete|remove|destroy|purge|drop|clear|erase|wipe|reset|revoke|cancel|archive|unpublish|terminate|disable|deactivate|void|refund|reject|close|detach|unlink|replace|overwrite|merge|transfer|rollback)$/;

/** Words of a mutation that adds something and takes nothing away. */
const ADDING =
  /^(?:create|add|insert|append|register|invite|upload|import|comment|post|send|submit|request|duplicate|copy|clone|follow|subscribe|star|like|generate|schedule)$/;

/** A query that is called so does more than reading, whatever its kind promises. */
const CHANGING = /^(?:create|add|insert|update|set|save|upsert|write|send|execute|trigger)$/;

/**
 * Queries read, unless their first word says otherwise. A mutation writes where its first or last
 * word is one of adding and none of them is one of taking away; every other may destroy.
 * @param fields names of the fields of the root that it asks for
 */
export function effectsOf(kind: 'query' | 'mutation', fields: readonly string[]): Effects {
  const all = fields.map((field) => wordsOf(field));
  if (kind === 'query') {
    const isOdd = all.some(([first = '']) => CHANGING.test(first) || DESTROYING.test(first));
    return isOdd
      ? { effect: 'unknown', isIdempotent: false, origin: 'guess' }
      : { effect: 'read', isIdempotent: true, origin: 'verb' };
  }
  const isAdding = all.length > 0 && all.every(adds);
  return { effect: isAdding ? 'write' : 'destroy', isIdempotent: false, origin: 'guess' };
}

function adds(words: readonly string[]): boolean {
  if (words.some((word) => DESTROYING.test(word))) return false;
  return ADDING.test(words[0] ?? '') || ADDING.test(words.at(-1) ?? '');
}
