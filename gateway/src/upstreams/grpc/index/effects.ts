/** What a method does to the world: by what its author says, else by the words of its name. */
import type { DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Level } from '@bufbuild/protobuf/wkt';
import type { Effects } from '../../api/model.ts';
import { wordsOf } from '../../api/name-words.ts';
import { httpRuleIn } from '../source/proto-options.ts';

const READS =
  /^(?:get|list|search|find|query|lookup|look|read|describe|check|validate|verify|count|watch|fetch|show|view|ping|health|estimate|calculate|preview|exists|has|is|can|status|stat|stats|batchget|stream|subscribe|tail|resolve|compare|inspect|peek|test|version|lint|decode|select)$/;
const WRITES =
  /^(?:create|add|insert|register|append|publish|upload|import|open|start|begin|log|record)$/;

/** Everything that does not say otherwise may destroy. */
export function effectsOf(method: DescMethod): Effects {
  const options = method.proto.options;
  const level = method.idempotency;
  if (level === Level.NO_SIDE_EFFECTS) {
    return { effect: 'read', isIdempotent: true, origin: 'extension' };
  }
  const verb = httpRuleIn(options)?.verb ?? '';
  const isIdempotent = level === Level.IDEMPOTENT || verb === 'PUT' || verb === 'DELETE';
  if (verb === 'GET') return { effect: 'read', isIdempotent: true, origin: 'extension' };
  if (verb === 'DELETE') return { effect: 'destroy', isIdempotent, origin: 'extension' };
  const [first = '', second = ''] = wordsOf(method.name);
  const word = first === 'batch' ? second : first;
  if (READS.test(word) && verb !== 'PUT' && verb !== 'PATCH') {
    return { effect: 'read', isIdempotent: true, origin: 'guess' };
  }
  return { effect: WRITES.test(word) ? 'write' : 'destroy', isIdempotent, origin: 'guess' };
}
