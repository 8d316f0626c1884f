/** What the documents of a service define, by name. */
import {
  attribute,
  children,
  localOf,
  nameAt,
  nameOf,
  WSDL,
  type Documents,
  type Name,
  type Node,
} from './trees.ts';

export interface Entry {
  readonly node: Node;
  readonly location: string;
}

/** Things of one kind. */
export class Table {
  readonly all: ReadonlyMap<Name, Entry>;

  constructor(all: ReadonlyMap<Name, Entry>) {
    this.all = all;
  }

  /** A name in a wrong namespace means the only thing that is called so. */
  find(node: Node, written: string): Entry | undefined {
    const name = nameAt(node, written);
    const exact = name === undefined ? undefined : this.all.get(name);
    if (exact !== undefined) return exact;
    const local = written.slice(written.indexOf(':') + 1);
    const [only, second] = [...this.all].filter(([one]) => localOf(one) === local);
    return second === undefined ? only?.[1] : undefined;
  }
}

/** @param kind `message`, `portType`, `binding` or `service` */
export function tableOf(documents: Documents, kind: string): Table {
  const all = new Map<Name, Entry>();
  for (const [location, root] of documents) {
    if (typeof root === 'string' || root.uri !== WSDL) continue;
    const uri = attribute(root, 'targetNamespace') ?? '';
    for (const node of children(root, WSDL, kind)) {
      const name = nameOf(uri, attribute(node, 'name') ?? '');
      if (!all.has(name)) all.set(name, { node, location });
    }
  }
  return new Table(all);
}
