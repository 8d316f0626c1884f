/** The one example that is shown of a parameter or a body. */
import type { Node, Ref, Resolver } from '../document.ts';
import { isMapping, memberOf, membersOf } from '../source/node.ts';

/** `example`, else the first of `examples`; undefined where there is none. */
export function exampleOf(resolver: Resolver, at: Ref): Node {
  const single = memberOf(at.node, 'example');
  if (single !== undefined) return single;
  const examples = resolver.child(at, 'examples');
  const [name] = membersOf(examples.node)[0] ?? [];
  if (name === undefined) return memberOf(at.node, 'x-example');
  const first = resolver.settle(resolver.child(examples, name));
  if (typeof first === 'string' || !isMapping(first.node)) return undefined;
  return memberOf(first.node, 'value') ?? memberOf(first.node, 'dataValue');
}
