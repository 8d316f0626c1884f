/** What an operation may answer, whatever the version. */
import type { ContentView, Node, Ref, ResponseView, Resolver } from '../document.ts';
import { isMapping, kindOf, memberOf, membersOf, textOf, textsOf } from '../source/node.ts';
import { bareContent, contentsOf, headersOf, schemaUnder } from './contents.ts';

const STATUS = /^(?:[1-5](?:\d\d|xx)|default)$/i;

/** @param produces of the operation, or else of the document (2.0) */
export function responseViews(
  resolver: Resolver,
  operation: Ref,
  produces: Node,
): readonly ResponseView[] {
  const responses = resolver.settle(resolver.child(operation, 'responses'));
  if (typeof responses === 'string') {
    resolver.repaired(`The responses are left out. ${responses}`, operation);
    return [];
  }
  if (responses.node !== undefined && responses.node !== null && !isMapping(responses.node)) {
    resolver.repaired(`The responses are left out: they are ${kindOf(responses.node)}.`, responses);
  }
  const views: ResponseView[] = [];
  for (const [status] of membersOf(responses.node)) {
    if (status.startsWith('x-')) continue;
    const own = resolver.child(responses, status);
    const at = resolver.settle(own);
    if (!STATUS.test(status)) {
      resolver.repaired(`"${status}" is no status; the response is left out.`, own);
    } else if (typeof at === 'string') {
      resolver.repaired(`The response ${status} is left out. ${at}`, own);
    } else if (isMapping(at.node)) views.push(responseView(resolver, status, at, produces));
  }
  return views;
}

function responseView(resolver: Resolver, written: string, at: Ref, produces: Node): ResponseView {
  const status = written.toLowerCase() === 'default' ? 'default' : written.toUpperCase();
  const contents = contentsOf(resolver, at);
  return {
    status,
    description: textOf(memberOf(at.node, 'description')),
    contents: contents.length > 0 ? contents : legacyContents(resolver, at, produces),
    headers: headersOf(resolver, at),
  };
}

/** 2.0 says the schema once for all media types, and examples by media type. */
function legacyContents(resolver: Resolver, at: Ref, produces: Node): readonly ContentView[] {
  const schema = schemaUnder(resolver, at, 'schema');
  if (schema === undefined) return [];
  if (resolver.version !== '2.0') {
    resolver.repaired('A response names no media type for its schema; read as JSON.', at);
  }
  const types = textsOf(produces);
  const isFile = memberOf(schema.node, 'type') === 'file';
  const fallback = isFile ? 'application/octet-stream' : 'application/json';
  const examples = memberOf(at.node, 'examples');
  return (types.length > 0 ? types : [fallback]).map((mediaType) => ({
    ...bareContent(mediaType, schema),
    example: memberOf(examples, mediaType),
  }));
}
