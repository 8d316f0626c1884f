/** What an operation does to the world, guessed from the words of its name. */
import type { Effects } from '../../api/model.ts';
import { wordsOf } from '../../api/name-words.ts';

const READS =
  /^(?:get|gets|list|find|search|query|read|lookup|fetch|describe|show|view|retrieve|count|is|has|exists|check|validate|verify|calculate|estimate|preview|enumerate|browse|select|ping|echo)$/;
const DESTROYS =
  /^(?:delete|remove|destroy|purge|drop|erase|cancel|terminate|revoke|clear|reset|wipe|kill|unregister|void|disable|reject|close|uninstall|empty|merge|undelete|execute|run)$/;
const WRITES =
  /^(?:create|add|insert|new|post|put|save|store|submit|send|register|open|start|upload|subscribe|assign|attach|append|book|order|place|publish|notify|import)$/;
/** Words that tell that a name which begins like reading does more. */
const AND_MORE =
  /^(?:and|or|then|delete|remove|update|set|create|insert|lock|reset|clear|increment)$/;

/** Only a name that plainly asks is a reading; whatever is not plain may destroy. */
export function effectsOf(name: string): Effects {
  const [first = '', ...rest] = wordsOf(name);
  const isPlain = !rest.some((word) => AND_MORE.test(word));
  if (READS.test(first) && isPlain) return { effect: 'read', isIdempotent: true, origin: 'guess' };
  if (WRITES.test(first) && !rest.some((word) => DESTROYS.test(word))) {
    return { effect: 'write', isIdempotent: false, origin: 'guess' };
  }
  return { effect: 'destroy', isIdempotent: false, origin: 'guess' };
}
