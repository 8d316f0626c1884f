/** The body of a request, whatever the version. */
import type { BodyView, Node, Ref, Resolver } from '../document.ts';
import { isMapping, isTrue, memberOf, textOf } from '../source/node.ts';
import { bareContent, contentsOf, schemaUnder } from './contents.ts';
import type { RawParameter } from './gather-parameters.ts';
import { legacyBody } from './legacy-body.ts';

const JSON_TYPE = 'application/json';

/**
 * `requestBody`, else what 2.0 calls parameters in a body or form.
 * @param consumes of the operation, or else of the document
 */
export function bodyView(
  resolver: Resolver,
  operation: Ref,
  raw: readonly RawParameter[],
  consumes: Node,
): BodyView | undefined {
  const own = resolver.child(operation, 'requestBody');
  if (own.node === undefined || own.node === null) {
    const body = legacyBody(resolver, operation, raw, consumes);
    if (body !== undefined && resolver.version !== '2.0') {
      resolver.repaired('Parameters in a body or form were read as a request body.', operation);
    }
    return body;
  }
  const at = resolver.settle(own);
  if (typeof at === 'string' || !isMapping(at.node)) {
    const why = typeof at === 'string' ? ` ${at}` : '';
    resolver.repaired(`The request body was read as any JSON.${why}`, own);
    return { isRequired: false, description: '', contents: [bareContent(JSON_TYPE)], at: own };
  }
  let contents = contentsOf(resolver, at);
  if (contents.length === 0) {
    resolver.repaired('The request body names no media type; read as JSON.', at);
    contents = [bareContent(JSON_TYPE, schemaUnder(resolver, at, 'schema'))];
  }
  const beside = own === at ? '' : textOf(memberOf(own.node, 'description'));
  return {
    isRequired: isTrue(memberOf(at.node, 'required')),
    description: beside === '' ? textOf(memberOf(at.node, 'description')) : beside,
    contents,
    at,
  };
}
