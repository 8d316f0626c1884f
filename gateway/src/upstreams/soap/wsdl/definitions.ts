/** What the WSDL documents of a service define, by name. */
import { WSDL } from './namespaces.ts';
import type { Documents } from '../import/collect.ts';
import {
  attributeOf,
  childrenNamed,
  keyOf,
  qnameIn,
  type QName,
  type XmlElement,
} from '../xml/element.ts';

/** Something defined, with the document that it stands in. */
export interface Defined {
  readonly node: XmlElement;
  readonly location: string;
  readonly name: QName;
}

export interface Definitions {
  readonly messages: ReadonlyMap<string, Defined>;
  readonly portTypes: ReadonlyMap<string, Defined>;
  readonly bindings: ReadonlyMap<string, Defined>;
  readonly services: ReadonlyMap<string, Defined>;
}

const KINDS = {
  message: 'messages',
  portType: 'portTypes',
  binding: 'bindings',
  service: 'services',
} as const;

export function readDefinitions(documents: Documents): Definitions {
  const tables = {
    messages: new Map<string, Defined>(),
    portTypes: new Map<string, Defined>(),
    bindings: new Map<string, Defined>(),
    services: new Map<string, Defined>(),
  };
  for (const [location, root] of documents) {
    if (typeof root === 'string' || root.uri !== WSDL) continue;
    const uri = attributeOf(root, 'targetNamespace') ?? '';
    for (const [kind, table] of Object.entries(KINDS)) {
      for (const node of childrenNamed(root, WSDL, kind)) {
        const name = { uri, local: attributeOf(node, 'name') ?? '' };
        const key = keyOf(name);
        if (!tables[table].has(key)) tables[table].set(key, { node, location, name });
      }
    }
  }
  return tables;
}

/** What an attribute refers to; a name in a wrong namespace is looked for by itself. */
export function definedBy(
  node: XmlElement,
  attribute: string,
  table: ReadonlyMap<string, Defined>,
): Defined | undefined {
  const written = attributeOf(node, attribute)?.trim();
  if (written === undefined) return undefined;
  const name = qnameIn(node, written);
  const exact = name === undefined ? undefined : table.get(keyOf(name));
  if (exact !== undefined) return exact;
  // Many WSDLs give the wrong namespace, or a prefix that is not declared, where only one can be meant.
  const local = written.slice(written.indexOf(':') + 1);
  const [only, second] = [...table.values()].filter((one) => one.name.local === local);
  return second === undefined ? only : undefined;
}
