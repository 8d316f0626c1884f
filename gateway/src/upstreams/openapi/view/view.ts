/** Everything about one operation, in one form for all versions. */
import type { Operation } from '../../api/model.ts';
import type { Node, OperationView, Ref, Resolver } from '../document.ts';
import type { FoundOperation } from '../index/find-operations.ts';
import { legacyServers, serversOf, type ServerVariables } from '../index/servers.ts';
import { memberOf, membersOf, setMember, textOf } from '../source/node.ts';
import { bodyView } from './body.ts';
import { gatherParameters } from './gather-parameters.ts';
import { parameterViews } from './parameters.ts';
import { responseViews } from './responses.ts';

export interface ViewContext {
  readonly resolver: Resolver;
  readonly root: Ref;
  readonly variables: ServerVariables;
  /** Of the document. */
  readonly servers: readonly string[];
}

const IN_BODY = new Set(['body', 'formdata']);

export function viewOperation(
  { resolver, root, variables, servers }: ViewContext,
  operation: Operation,
  found: FoundOperation,
): OperationView {
  const { at } = found;
  const raw = gatherParameters(resolver, found);
  const inherited = (key: string): Node => memberOf(at.node, key) ?? memberOf(root.node, key);
  const outside = raw.filter(({ location }) => !IN_BODY.has(location));
  const own =
    resolver.version === '2.0'
      ? legacyOwnServers(root, at)
      : [at, ...found.pathItems].flatMap((holder) => serversOf(resolver, holder, variables));
  return {
    operation,
    description: descriptionOf(found),
    parameters: parameterViews(resolver, found, outside),
    body: bodyView(resolver, at, raw, inherited('consumes')),
    responses: responseViews(resolver, at, inherited('produces')),
    servers: [...new Set([...own, ...servers])],
    extensions: extensionsOf(at.node),
  };
}

function legacyOwnServers(root: Ref, operation: Ref): readonly string[] {
  const schemes = memberOf(operation.node, 'schemes');
  return schemes === undefined ? [] : legacyServers(root.node, schemes);
}

/** What is said to models goes before what is said to people. */
function descriptionOf({ at, pathItems }: FoundOperation): string {
  const candidates = [
    ...['x-mcp', 'x-speakeasy-mcp', 'x-gram'].map((name) => memberOf(at.node, name)),
    at.node,
    ...pathItems.map((item) => item.node),
  ];
  for (const candidate of candidates) {
    const text = textOf(memberOf(candidate, 'description'));
    if (text !== '') return text;
  }
  return textOf(memberOf(at.node, 'summary'));
}

function extensionsOf(node: Node): Readonly<Record<string, Node>> {
  const extensions: Record<string, Node> = {};
  for (const [key, value] of membersOf(node)) {
    if (key.startsWith('x-')) setMember(extensions, key, value);
  }
  return extensions;
}
