/** Models of content as shapes: sequences, choices, groups, elements and those that stand for them. */
import type { AnyShape, ElementShape, GroupShape, ParticleShape, TypeUse } from '../shape/shape.ts';
import { XSD } from '../wsdl/namespaces.ts';
import {
  attributeOf,
  childrenNamed,
  elementsOf,
  keyOf,
  type QName,
  type XmlElement,
} from '../xml/element.ts';
import { schemaDoc } from './documentation.ts';
import { wildcardOf } from './wildcards.ts';
import {
  referredName,
  type Component,
  type SchemaContext,
  type SchemaIndex,
} from './schema-index.ts';

export interface ParticleDeps {
  /** The type that an element's declaration says. */
  readonly typeOf: (node: XmlElement, context: SchemaContext) => TypeUse;
  /** Hears names that nothing declares. */
  readonly isMissing: (name: QName) => void;
}

/** Groups within groups; one that holds itself ends here too. */
const MAX_GROUPS = 30;
const MAX_SUBSTITUTES = 60;
const MODELS = ['sequence', 'choice', 'all', 'group'];

export class Particles {
  private readonly index: SchemaIndex;
  private readonly deps: ParticleDeps;

  constructor(index: SchemaIndex, deps: ParticleDeps) {
    this.index = index;
    this.deps = deps;
  }

  /** The model of a type or of a step of one; null where it has no elements. */
  of(node: XmlElement, context: SchemaContext): GroupShape | null {
    const [model] = childrenNamed(node, XSD, ...MODELS);
    const read = model === undefined ? undefined : this.read(model, context, []);
    if (read === undefined) return null;
    return 'items' in read ? read : { kind: 'sequence', min: 1, max: 1, items: [read] };
  }

  /** A global element, by itself. */
  global({ node, context, name }: Component, min: number, max: number): ElementShape {
    return this.shaped(node, context, name, min, max);
  }

  private read(
    node: XmlElement,
    context: SchemaContext,
    path: readonly XmlElement[],
  ): ParticleShape | undefined {
    const min = countOf(attributeOf(node, 'minOccurs'), 1);
    const max = countOf(attributeOf(node, 'maxOccurs'), 1);
    if (node.uri !== XSD || max === 0) return undefined;
    switch (node.local) {
      case 'element':
        return this.element(node, context, min, max);
      case 'any':
        return this.any(node, context, min, max);
      case 'group':
        return this.group(node, context, path, min, max);
      case 'sequence':
      case 'choice':
      case 'all': {
        const items = elementsOf(node).flatMap((child) => this.read(child, context, path) ?? []);
        // An empty choice that must be made would allow nothing at all.
        if (items.length === 0) return undefined;
        return { kind: node.local, min, max, items };
      }
      default:
        return undefined;
    }
  }

  private any(node: XmlElement, context: SchemaContext, min: number, max: number): AnyShape {
    const { allows, example } = wildcardOf(node, context, this.index);
    return {
      kind: 'any',
      min,
      max,
      ...(allows === undefined ? {} : { allows }),
      ...(example === undefined ? {} : { example }),
    };
  }

  private group(
    node: XmlElement,
    context: SchemaContext,
    path: readonly XmlElement[],
    min: number,
    max: number,
  ): ParticleShape | undefined {
    const written = attributeOf(node, 'ref');
    const name = written === undefined ? undefined : referredName(node, written, context);
    const found = name === undefined ? undefined : this.index.groups.get(keyOf(name));
    if (found === undefined) {
      if (name !== undefined) this.deps.isMissing(name);
      return undefined;
    }
    if (path.includes(found.node) || path.length > MAX_GROUPS) return undefined;
    const [model] = childrenNamed(found.node, XSD, 'sequence', 'choice', 'all');
    const inner =
      model === undefined ? undefined : this.read(model, found.context, [...path, found.node]);
    if (inner === undefined || (min === 1 && max === 1)) return inner;
    return { kind: 'sequence', min, max, items: [inner] };
  }

  private element(
    node: XmlElement,
    context: SchemaContext,
    min: number,
    max: number,
  ): ParticleShape | undefined {
    const written = attributeOf(node, 'ref');
    if (written !== undefined) return this.referred(node, written, context, min, max);
    const local = attributeOf(node, 'name')?.trim() ?? '';
    if (local === '') return undefined;
    const form = attributeOf(node, 'form');
    const isQualified = form === undefined ? context.areElementsQualified : form === 'qualified';
    const name = { uri: isQualified ? context.targetUri : '', local };
    return this.shaped(node, context, name, min, max);
  }

  private referred(
    node: XmlElement,
    written: string,
    context: SchemaContext,
    min: number,
    max: number,
  ): ParticleShape | undefined {
    const name = referredName(node, written, context);
    if (name === undefined) return undefined;
    const found = this.index.elements.get(keyOf(name));
    if (found === undefined) {
      this.deps.isMissing(name);
      return { ...unknownElement(name), min, max };
    }
    const all = [found, ...this.substitutesOf(found)];
    const usable = all.filter((one) => attributeOf(one.node, 'abstract') !== 'true');
    const [only] = usable;
    if (only === undefined || (usable.length === 1 && only === found)) {
      return this.withDoc(this.global(found, min, max), node);
    }
    const items = usable.map((one) => this.global(one, 1, 1));
    return { kind: 'choice', min, max, items };
  }

  private withDoc(shape: ElementShape, node: XmlElement): ElementShape {
    const doc = schemaDoc(node);
    return doc === '' ? shape : { ...shape, doc };
  }

  private substitutesOf(head: Component): readonly Component[] {
    const found = new Set<Component>();
    const open = [...(this.index.substitutes.get(keyOf(head.name)) ?? [])];
    for (let one = open.shift(); one !== undefined; one = open.shift()) {
      if (found.has(one) || one === head || found.size >= MAX_SUBSTITUTES) continue;
      found.add(one);
      open.push(...(this.index.substitutes.get(keyOf(one.name)) ?? []));
    }
    return [...found];
  }

  private shaped(
    node: XmlElement,
    context: SchemaContext,
    { uri, local }: QName,
    min: number,
    max: number,
  ): ElementShape {
    const fixed = attributeOf(node, 'fixed');
    const otherwise = attributeOf(node, 'default');
    return {
      kind: 'element',
      name: local,
      local,
      uri,
      type: this.deps.typeOf(node, context),
      min,
      max,
      isNillable: attributeOf(node, 'nillable') === 'true',
      ...(fixed === undefined ? {} : { fixed }),
      ...(otherwise === undefined ? {} : { default: otherwise }),
      doc: schemaDoc(node),
    };
  }
}

function unknownElement({ uri, local }: QName): ElementShape {
  const none = { min: 1, max: 1, isNillable: false, doc: '' };
  return { kind: 'element', name: local, local, uri, type: { kind: 'raw' }, ...none };
}

function countOf(written: string | undefined, otherwise: number): number {
  if (written === undefined) return otherwise;
  const text = written.trim();
  if (text === 'unbounded') return -1;
  return /^\d{1,9}$/.test(text) ? Math.min(Number(text), 1_000_000) : otherwise;
}
