/** What the schemas of a service declare, and what they speak of that nothing declares. */
import {
  attribute,
  children,
  nameAt,
  nameOf,
  placeOf,
  SOAP_ENC,
  uriOf,
  WSDL,
  XML,
  XSD,
  type Documents,
  type Name,
  type Node,
} from './trees.ts';

export interface Schema {
  readonly node: Node;
  /** Where it was found, and where else it was looked for. */
  readonly locations: readonly string[];
  /** All that are declared where it stands. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** Namespaces that it declares in: several where several include one that has none of its own. */
  readonly targets: ReadonlySet<string>;
  readonly isIncluded: boolean;
}

export type Kind =
  | 'element'
  | 'attribute'
  | 'group'
  | 'attributeGroup'
  | 'type'
  | 'simple'
  | 'base';

/** A component that is spoken of and that nothing declares. */
export interface Missing {
  readonly name: Name;
  readonly kind: Kind;
}

export interface Declared {
  readonly schemas: readonly Schema[];
  readonly elements: ReadonlySet<Name>;
  readonly types: ReadonlySet<Name>;
  /** Named types of global elements. */
  readonly rootTypes: ReadonlyMap<Name, Name>;
  readonly missing: readonly Missing[];
  /** Prefixes in names that nothing declares. */
  readonly loose: readonly string[];
}

export function readDeclared(documents: Documents): Declared {
  const schemas = schemasOf(documents);
  const known = new Map<string, Set<Name>>();
  for (const { node, targets } of schemas) {
    const redefined = children(node, XSD, 'redefine').flatMap((one) => children(one, XSD));
    for (const one of [...children(node, XSD), ...redefined]) {
      const local = attribute(one, 'name');
      if (local === undefined) continue;
      const kind = one.local.endsWith('Type') ? 'type' : one.local;
      const names = known.get(kind) ?? new Set();
      for (const uri of targets) names.add(nameOf(uri, local));
      known.set(kind, names);
    }
  }
  const missing = new Map<string, Missing>();
  const loose = new Set<string>();
  for (const { node, targets } of schemas) {
    for (const uri of targets) {
      const own = attribute(node, 'targetNamespace') === undefined ? uri : '';
      walk(node, (at) => {
        for (const { written, kind } of referencesIn(at)) {
          const name = nameAt(at, written, own);
          if (name === undefined) loose.add(written);
          else if (isMissing(name, kind, known)) missing.set(`${kind} ${name}`, { name, kind });
        }
      });
    }
  }
  return {
    schemas,
    elements: known.get('element') ?? new Set(),
    types: known.get('type') ?? new Set(),
    rootTypes: rootTypesOf(schemas),
    missing: onePerName([...missing.values()]),
    loose: [...loose],
  };
}

function rootTypesOf(schemas: readonly Schema[]): ReadonlyMap<Name, Name> {
  const found = new Map<Name, Name>();
  for (const { node, targets } of schemas) {
    for (const element of children(node, XSD, 'element')) {
      for (const uri of targets) {
        const own = attribute(node, 'targetNamespace') === undefined ? uri : '';
        const type = nameAt(element, attribute(element, 'type') ?? '', own);
        if (type !== undefined) found.set(nameOf(uri, attribute(element, 'name') ?? ''), type);
      }
    }
  }
  return found;
}

function isMissing(name: Name, kind: Kind, known: ReadonlyMap<string, ReadonlySet<Name>>): boolean {
  const uri = uriOf(name);
  if (uri === XSD || uri === XML || uri === SOAP_ENC) return false;
  const table = kind === 'simple' || kind === 'base' ? 'type' : kind;
  return known.get(table)?.has(name) !== true;
}

/** Where a type is missing in several roles, the narrowest counts. */
function onePerName(all: readonly Missing[]): Missing[] {
  const order: readonly Kind[] = ['simple', 'base', 'type'];
  const types = Map.groupBy(
    all.filter(({ kind }) => order.includes(kind)),
    ({ name }) => name,
  );
  const narrowest = [...types.values()].flatMap(
    (each) => each.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0] ?? [],
  );
  return [...all.filter(({ kind }) => !order.includes(kind)), ...narrowest];
}

function referencesIn(node: Node): { readonly written: string; readonly kind: Kind }[] {
  const found: { written: string; kind: Kind }[] = [];
  const put = (name: string, kind: Kind): void => {
    const written = attribute(node, name)?.split(/\s+/) ?? [];
    for (const one of written) if (one !== '') found.push({ written: one, kind });
  };
  switch (node.local) {
    case 'element':
      put('type', 'type');
      put('ref', 'element');
      put('substitutionGroup', 'element');
      return found;
    case 'attribute':
      put('type', 'simple');
      put('ref', 'attribute');
      return found;
    case 'group':
    case 'attributeGroup':
      put('ref', node.local);
      return found;
    case 'list':
      put('itemType', 'simple');
      return found;
    case 'union':
      put('memberTypes', 'simple');
      return found;
    case 'extension':
    case 'restriction':
      put('base', children(node, XSD, 'sequence', 'choice', 'all').length > 0 ? 'base' : 'type');
      return found;
    default:
      return found;
  }
}

/** @param visit is called for elements of schemas only */
function walk(node: Node, visit: (node: Node) => void): void {
  if (node.uri !== XSD || node.local === 'annotation') return;
  visit(node);
  for (const child of node.children) if (typeof child === 'object') walk(child, visit);
}

function schemasOf(documents: Documents): readonly Schema[] {
  const all: (Schema & { targets: Set<string>; isIncluded: boolean })[] = [];
  for (const [root, entries] of Map.groupBy(documents, ([, one]) => one)) {
    if (typeof root === 'string') continue;
    const locations = entries.map(([location]) => location);
    for (const path of pathsIn(root)) {
      const node = path.at(-1) ?? root;
      const own = attribute(node, 'targetNamespace');
      const targets = new Set(own === undefined ? [] : [own]);
      const prefixes = new Map(path.flatMap(({ scope }) => [...scope.own]));
      all.push({ node, locations, prefixes, targets, isIncluded: false });
    }
  }
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const { node, locations, targets } of all) {
      for (const link of children(node, XSD, 'include', 'redefine')) {
        const place = placeOf(locations[0] ?? '', attribute(link, 'schemaLocation') ?? '');
        for (const one of all) {
          if (!one.locations.includes(place) || one.node === node) continue;
          one.isIncluded = true;
          if (attribute(one.node, 'targetNamespace') !== undefined) continue;
          const before = one.targets.size;
          for (const uri of targets) one.targets.add(uri);
          hasChanged ||= one.targets.size > before;
        }
      }
    }
  }
  for (const one of all) if (one.targets.size === 0) one.targets.add('');
  return all;
}

/** From the root to each schema of a document. */
function pathsIn(root: Node): readonly (readonly Node[])[] {
  if (root.local === 'schema') return [[root]];
  return children(root, WSDL, 'types').flatMap((types) =>
    children(types, XSD, 'schema').map((schema) => [root, types, schema]),
  );
}

/** In words, some of them. */
export function toldMissing({ missing, loose }: Declared): string {
  const names = [...missing.map(({ name }) => name), ...loose.map((one) => `${one} (its prefix)`)];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return names.slice(0, 3).join(', ') + more;
}
