/** Everything that the schemas of a service declare for all to use, by name. */
import { locationFrom, schemasIn, type Documents } from '../import/collect.ts';
import { XSD } from '../wsdl/namespaces.ts';
import {
  attributeOf,
  childrenNamed,
  elementsOf,
  keyOf,
  qnameIn,
  type QName,
  type XmlElement,
} from '../xml/element.ts';

/** What holds for all that one schema declares. */
export interface SchemaContext {
  readonly targetUri: string;
  readonly areElementsQualified: boolean;
  readonly areAttributesQualified: boolean;
  /** Included without a namespace of its own: names without a prefix are in that of the includer. */
  readonly isChameleon: boolean;
  /** Within a redefinition: the name that means what it redefines, and what that is called here. */
  readonly redefines?: QName;
}

export interface Component {
  readonly node: XmlElement;
  readonly context: SchemaContext;
  readonly name: QName;
}

type Components = ReadonlyMap<string, Component>;

export interface SchemaIndex {
  readonly elements: Components;
  readonly types: Components;
  readonly groups: Components;
  readonly attributes: Components;
  readonly attributeGroups: Components;
  /** Types that extend or restrict one, by its key. */
  readonly derived: ReadonlyMap<string, readonly Component[]>;
  /** Elements that may stand for one, by its key. */
  readonly substitutes: ReadonlyMap<string, readonly Component[]>;
}

const KINDS: Readonly<
  Record<string, 'elements' | 'types' | 'groups' | 'attributes' | 'attributeGroups'>
> = {
  element: 'elements',
  complexType: 'types',
  simpleType: 'types',
  group: 'groups',
  attribute: 'attributes',
  attributeGroup: 'attributeGroups',
};

/** Of two declarations of one name the first counts. */
export function indexSchemas(documents: Documents): SchemaIndex {
  return new Indexer(documents).run();
}

/** A component by its name; where nothing has it, the only one that is called so in any namespace. */
export function findNamed(table: Components, name: QName): Component | undefined {
  const exact = table.get(keyOf(name));
  if (exact !== undefined) return exact;
  const alike = [...table.values()].filter((one) => one.name.local === name.local);
  const [only, second] = alike;
  return second === undefined ? only : undefined;
}

/** The name that a value of an attribute means there. */
export function referredName(
  node: XmlElement,
  written: string,
  context: SchemaContext,
): QName | undefined {
  const { targetUri, isChameleon, redefines } = context;
  const found = qnameIn(node, written);
  const name =
    found !== undefined && found.uri === '' && isChameleon
      ? { uri: targetUri, local: found.local }
      : found;
  const isOwn = name !== undefined && redefines !== undefined && keyOf(name) === keyOf(redefines);
  return isOwn ? originalOf(name) : name;
}

/** What a redefined component was before; no schema can write such a name. */
function originalOf({ uri, local }: QName): QName {
  return { uri, local: `${local} (original)` };
}

class Indexer {
  private readonly documents: Documents;
  private readonly tables = {
    elements: new Map<string, Component>(),
    types: new Map<string, Component>(),
    groups: new Map<string, Component>(),
    attributes: new Map<string, Component>(),
    attributeGroups: new Map<string, Component>(),
  };
  private readonly derived = new Map<string, Component[]>();
  private readonly substitutes = new Map<string, Component[]>();
  private readonly seen = new Map<XmlElement, Set<string>>();

  constructor(documents: Documents) {
    this.documents = documents;
  }

  run(): SchemaIndex {
    const queue: { schema: XmlElement; location: string; includer: string }[] = [];
    for (const [location, root] of this.documents) {
      if (typeof root === 'string' || root.local === 'schema') continue;
      for (const schema of schemasIn(root)) queue.push({ schema, location, includer: '' });
    }
    for (const { schema, location, includer } of queue) {
      const targetUri = attributeOf(schema, 'targetNamespace') ?? includer;
      const uris = this.seen.get(schema) ?? new Set();
      if (uris.has(targetUri)) continue;
      this.seen.set(schema, uris.add(targetUri));
      this.add(schema, targetUri);
      for (const link of childrenNamed(schema, XSD, 'import', 'include', 'redefine')) {
        const to = locationFrom(location, attributeOf(link, 'schemaLocation') ?? '');
        const target = this.documents.get(to);
        if (target === undefined || typeof target === 'string') continue;
        const from = link.local === 'import' ? '' : targetUri;
        for (const one of schemasIn(target)) {
          queue.push({ schema: one, location: to, includer: from });
        }
      }
    }
    // A schema that a WSDL imports as if it were one, and nothing else speaks of.
    for (const root of this.documents.values()) {
      if (typeof root === 'string' || root.local !== 'schema' || this.seen.has(root)) continue;
      this.add(root, attributeOf(root, 'targetNamespace') ?? '');
    }
    return { ...this.tables, derived: this.derived, substitutes: this.substitutes };
  }

  private add(schema: XmlElement, targetUri: string): void {
    const context: SchemaContext = {
      targetUri,
      areElementsQualified: attributeOf(schema, 'elementFormDefault') === 'qualified',
      areAttributesQualified: attributeOf(schema, 'attributeFormDefault') === 'qualified',
      isChameleon: targetUri !== '' && attributeOf(schema, 'targetNamespace') === undefined,
    };
    for (const node of elementsOf(schema)) this.component(node, context, false);
    for (const node of childrenNamed(schema, XSD, 'redefine').flatMap(elementsOf)) {
      const redefines = { uri: targetUri, local: attributeOf(node, 'name')?.trim() ?? '' };
      this.component(node, { ...context, redefines }, true);
    }
  }

  /** A redefinition takes the name of what it redefines, whichever of them comes first. */
  private component(node: XmlElement, context: SchemaContext, isRedefinition: boolean): void {
    const kind = node.uri === XSD ? KINDS[node.local] : undefined;
    const local = attributeOf(node, 'name')?.trim();
    if (kind === undefined || local === undefined) return;
    const table = this.tables[kind];
    const name = { uri: context.targetUri, local };
    const known = table.get(keyOf(name));
    const component: Component = { node, context, name };
    const original = originalOf(name);
    if (known === undefined || (isRedefinition && known.context.redefines === undefined)) {
      if (known !== undefined) table.set(keyOf(original), { ...known, name: original });
      table.set(keyOf(name), component);
    } else if (known.context.redefines !== undefined && !isRedefinition) {
      if (table.has(keyOf(original))) return;
      table.set(keyOf(original), { ...component, name: original });
    } else return;
    this.relate(component, kind);
  }

  private relate(component: Component, kind: string): void {
    const { node, context } = component;
    const head = kind === 'elements' ? attributeOf(node, 'substitutionGroup') : undefined;
    const heads = (head ?? '').split(/\s+/).filter((one) => one !== '');
    for (const one of heads) put(this.substitutes, referredName(node, one, context), component);
    if (kind === 'types') put(this.derived, baseOf(component), component);
  }
}

/** The type that a complex type with complex content extends or restricts. */
function baseOf({ node, context }: Component): QName | undefined {
  if (node.local !== 'complexType') return undefined;
  const [content] = childrenNamed(node, XSD, 'complexContent');
  const [step] =
    content === undefined ? [] : childrenNamed(content, XSD, 'extension', 'restriction');
  const base = step === undefined ? undefined : attributeOf(step, 'base');
  return step === undefined || base === undefined ? undefined : referredName(step, base, context);
}

function put(map: Map<string, Component[]>, name: QName | undefined, one: Component): void {
  if (name === undefined) return;
  const key = keyOf(name);
  const list = map.get(key);
  if (list === undefined) map.set(key, [one]);
  else list.push(one);
}
