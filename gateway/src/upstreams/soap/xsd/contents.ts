/** What complex types hold, put together over the steps of their derivation. */
import type { AttributeShape, GroupShape, SimpleShape } from '../shape/shape.ts';
import { XSD } from '../wsdl/namespaces.ts';
import { attributeOf, childrenNamed, keyOf, type XmlElement } from '../xml/element.ts';
import { Attributes } from './attributes.ts';
import { STRING } from './builtin.ts';
import type { Particles } from './particles.ts';
import {
  referredName,
  type Component,
  type SchemaContext,
  type SchemaIndex,
} from './schema-index.ts';
import type { SimpleTypes } from './simple-types.ts';

export interface Content {
  readonly attributes: ReadonlyMap<string, AttributeShape>;
  readonly content: GroupShape | null;
  /** Of simple content. */
  readonly text: SimpleShape | null;
  readonly isMixed: boolean;
}

const NOTHING: Content = { attributes: new Map(), content: null, text: null, isMixed: false };
const MAX_STEPS = 40;

export class Contents {
  private readonly index: SchemaIndex;
  private readonly simple: SimpleTypes;
  private readonly particles: Particles;
  private readonly attributes: Attributes;

  constructor(index: SchemaIndex, simple: SimpleTypes, particles: Particles) {
    this.index = index;
    this.simple = simple;
    this.particles = particles;
    this.attributes = new Attributes(index, simple);
  }

  /** @param node a `complexType` */
  of(node: XmlElement, context: SchemaContext): Content {
    return this.contentOf(node, context, [node]);
  }

  private baseOf(step: XmlElement, context: SchemaContext): Component | undefined {
    const written = attributeOf(step, 'base');
    const name = written === undefined ? undefined : referredName(step, written, context);
    const found = name === undefined ? undefined : this.index.types.get(keyOf(name));
    return found?.node.local === 'complexType' ? found : undefined;
  }

  /** What a step begins with; nothing where a type would be its own base. */
  private inherited(base: Component | undefined, path: readonly XmlElement[]): Content {
    const isLoop = base !== undefined && (path.includes(base.node) || path.length > MAX_STEPS);
    return base === undefined || isLoop
      ? NOTHING
      : this.contentOf(base.node, base.context, [...path, base.node]);
  }

  /** @param path types that are being read, so that none is its own base */
  private contentOf(
    node: XmlElement,
    context: SchemaContext,
    path: readonly XmlElement[],
  ): Content {
    const [simple] = childrenNamed(node, XSD, 'simpleContent');
    const isMixed = attributeOf(node, 'mixed') === 'true';
    if (simple !== undefined) return this.simpleContent(simple, context, path);
    const [complex] = childrenNamed(node, XSD, 'complexContent');
    if (complex === undefined) return this.ownContent(node, context, isMixed);
    const [step] = childrenNamed(complex, XSD, 'extension', 'restriction');
    if (step === undefined) return NOTHING;
    const inherited = this.inherited(this.baseOf(step, context), path);
    const own = this.ownContent(step, context, isMixed || attributeOf(complex, 'mixed') === 'true');
    const attributes = new Map(inherited.attributes);
    this.attributes.gather(step, context, attributes);
    const isExtension = step.local === 'extension';
    return {
      attributes,
      content: isExtension ? joined(inherited.content, own.content) : own.content,
      text: isExtension ? inherited.text : null,
      isMixed: own.isMixed || (isExtension && inherited.isMixed),
    };
  }

  private ownContent(node: XmlElement, context: SchemaContext, isMixed: boolean): Content {
    const attributes = new Map<string, AttributeShape>();
    this.attributes.gather(node, context, attributes);
    return { attributes, content: this.particles.of(node, context), text: null, isMixed };
  }

  private simpleContent(
    node: XmlElement,
    context: SchemaContext,
    path: readonly XmlElement[],
  ): Content {
    const [step] = childrenNamed(node, XSD, 'extension', 'restriction');
    if (step === undefined) return { ...NOTHING, attributes: new Map(), text: STRING };
    const inherited = this.inherited(this.baseOf(step, context), path);
    const written = attributeOf(step, 'base');
    const name = written === undefined ? undefined : referredName(step, written, context);
    const [inner] = childrenNamed(step, XSD, 'simpleType');
    const base =
      inner === undefined
        ? (inherited.text ?? this.simple.named(name) ?? STRING)
        : this.simple.read(inner, context);
    const attributes = new Map(inherited.attributes);
    this.attributes.gather(step, context, attributes);
    const text =
      step.local === 'restriction' ? this.simple.restricted(step, context, 0, base) : base;
    return { attributes, content: null, text, isMixed: false };
  }
}

function joined(a: GroupShape | null, b: GroupShape | null): GroupShape | null {
  if (a === null || b === null) return a ?? b;
  return { kind: 'sequence', min: 1, max: 1, items: [a, b] };
}
