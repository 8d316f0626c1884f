/** What an operation does to the world, from its verb, its words and what its author says. */
import type { Effects } from '../../api/model.ts';
import { wordsOf } from '../../api/name-words.ts';
import type { Curation } from './curation.ts';

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY', 'TRACE']);
const IDEMPOTENT: ReadonlySet<string> = new Set(['PUT', 'DELETE']);
/** Words of a POST that only asks. */
const ASKING =
  /^(?:search|query|find|filter|lookup|validate|verify|preview|estimate|calculate|simulate)$/;

/**
 * Reads by verb; everything else may destroy, unless a POST says by its last words that it asks, or
 * the author says more.
 * @param word the first of the operation's name
 */
export function effectsOf(method: string, path: string, word: string, curation: Curation): Effects {
  const byVerb = verbEffects(method, path, word);
  const { isReadOnly, isDestructive, isIdempotent } = curation;
  if (isReadOnly === undefined && isDestructive === undefined && isIdempotent === undefined) {
    return byVerb;
  }
  let { effect } = byVerb;
  if (isReadOnly === true) effect = 'read';
  else if (isDestructive !== undefined && !(effect === 'read' && isReadOnly === undefined)) {
    effect = isDestructive ? 'destroy' : 'write';
  } else if (isReadOnly === false && effect === 'read') effect = 'write';
  return {
    effect,
    isIdempotent: isIdempotent ?? (effect === 'read' || byVerb.isIdempotent),
    origin: 'extension',
  };
}

function verbEffects(method: string, path: string, word: string): Effects {
  if (READS.has(method)) return { effect: 'read', isIdempotent: true, origin: 'verb' };
  if (method === 'POST' && (ASKING.test(word) || asks(path))) {
    return { effect: 'read', isIdempotent: true, origin: 'guess' };
  }
  return { effect: 'destroy', isIdempotent: IDEMPOTENT.has(method), origin: 'verb' };
}

/** Whether the last literal segment of a path has such a word: `/pets/search`, `/orders:validate`. */
function asks(path: string): boolean {
  const last = path.split('/').findLast((part) => part !== '' && !part.startsWith('{'));
  return wordsOf(last ?? '').some((word) => ASKING.test(word));
}
