/** The `xml` hints of a schema as the list of nodes that the encoder writes from. */
import { isMapping } from '../schema/node.ts';
import { member, rawProperties, settled } from './raw-schema.ts';
import type { Ref, Resolver } from '../document.ts';
import type { XmlNode } from '../encode/plan-data.ts';

const MAX_NODES = 500;

/** @returns the root first; [] where the schema has no structure to write by */
export function readXml(resolver: Resolver, schema: Ref | undefined): XmlNode[] {
  const nodes: XmlNode[] = [];
  const known = new Map<unknown, number>();

  const add = (ref: Ref | undefined): number => {
    const at = settled(resolver, ref);
    if (at === undefined || !isMapping(at.node)) return -1;
    const before = known.get(at.node);
    if (before !== undefined) return before;
    if (nodes.length >= MAX_NODES) return -1;
    const position = nodes.length;
    known.set(at.node, position);
    const node = hints(at);
    nodes.push(node);
    const properties: [string, number][] = [];
    for (const [name, child] of rawProperties(resolver, at)) {
      const found = add(child);
      if (found >= 0) properties.push([name, found]);
    }
    const items = member(at, 'items') === undefined ? -1 : add(resolver.child(at, 'items'));
    const kind = properties.length > 0 ? 'object' : items >= 0 ? 'array' : 'value';
    nodes[position] = { ...node, kind, items, properties: Object.fromEntries(properties) };
    return position;
  };

  add(schema);
  const root = nodes[0];
  if (root === undefined || root.kind === 'value') return [];
  return [
    root.name === '' ? { ...root, name: rootName(resolver, schema) } : root,
    ...nodes.slice(1),
  ];
}

function hints(at: Ref): XmlNode {
  const xml = member(at, 'xml');
  const text = (key: string): string => {
    const value = isMapping(xml) ? xml[key] : undefined;
    return typeof value === 'string' ? value : '';
  };
  const isSet = (key: string): boolean => isMapping(xml) && xml[key] === true;
  const node = text('nodeType');
  const place = isSet('attribute') || node === 'attribute' ? 'attribute' : 'element';
  return {
    kind: 'value',
    name: text('name'),
    prefix: text('prefix'),
    namespace: text('namespace'),
    place: node === 'text' || node === 'cdata' ? 'text' : place,
    isWrapped: isSet('wrapped'),
    properties: {},
    items: -1,
  };
}

/** A schema without a name is called like the component it is (OpenAPI 3.0, XML object). */
function rootName(resolver: Resolver, schema: Ref | undefined): string {
  const at = settled(resolver, schema);
  const name = /^#\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(at?.pointer ?? '')?.[1];
  return name === undefined ? 'root' : name.replaceAll('~1', '/').replaceAll('~0', '~');
}
