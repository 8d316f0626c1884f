/** Complex types and elements of schemas as shapes, those that one operation needs. */
import { fieldNames } from './field-names.ts';
import type {
  AttributeShape,
  ComplexShape,
  ElementShape,
  GroupShape,
  Shapes,
  SimpleShape,
  TypeUse,
} from '../shape/shape.ts';
import { XSD } from '../wsdl/namespaces.ts';
import {
  attributeOf,
  childrenNamed,
  elementsOf,
  keyOf,
  type QName,
  type XmlElement,
} from '../xml/element.ts';
import { Attributes } from './attributes.ts';
import { STRING } from './builtin.ts';
import { schemaDoc } from './documentation.ts';
import { Particles } from './particles.ts';
import {
  referredName,
  type Component,
  type SchemaContext,
  type SchemaIndex,
} from './schema-index.ts';
import { SimpleTypes } from './simple-types.ts';

/** Types of one operation; what else there would be is XML text. */
const MAX_TYPES = 4000;
/** Types that may stand for one. */
const MAX_DERIVED = 40;
const MAX_STEPS = 40;

/** A complex type that is wanted and not built yet. */
interface Wanted {
  readonly id: string;
  readonly node: XmlElement;
  readonly context: SchemaContext;
  readonly name: QName;
  readonly isAnonymous: boolean;
}

interface Content {
  readonly attributes: Map<string, AttributeShape>;
  readonly content: GroupShape | null;
  readonly text: SimpleShape | null;
  readonly isMixed: boolean;
}

const NOTHING: Content = { attributes: new Map(), content: null, text: null, isMixed: false };

export class ShapeBuilder {
  readonly index: SchemaIndex;
  readonly simple: SimpleTypes;
  /** Names that are spoken of and that nothing declares. */
  readonly missing = new Set<string>();
  private readonly attributes: Attributes;
  private readonly particles: Particles;
  private readonly built = new Map<string, ComplexShape>();
  private readonly ids = new Map<XmlElement, string>();
  private readonly taken = new Set<string>();
  private readonly queue: Wanted[] = [];

  constructor(index: SchemaIndex) {
    this.index = index;
    this.simple = new SimpleTypes(index);
    this.attributes = new Attributes(index, this.simple);
    this.particles = new Particles(index, {
      typeOf: (node, context) => this.typeOfElement(node, context),
      isMissing: (name) => this.missing.add(keyOf(name)),
    });
  }

  /** A global element; undefined where nothing declares it. */
  element(name: QName): ElementShape | undefined {
    const found = this.index.elements.get(keyOf(name));
    return found === undefined ? undefined : this.particles.global(found, 1, 1);
  }

  /** Adds a type that no schema has. @returns its id */
  addOwn(local: string, shape: Omit<ComplexShape, 'kind' | 'local'>): string {
    const id = this.allocate(local);
    this.built.set(id, { kind: 'complex', local, ...shape });
    return id;
  }

  /** Builds all that was asked for, and all that it leads to. */
  shapes(): Shapes {
    for (let wanted = this.queue.shift(); wanted !== undefined; wanted = this.queue.shift()) {
      this.built.set(wanted.id, this.build(wanted));
    }
    return Object.fromEntries(this.built);
  }

  typeNamed(name: QName): TypeUse {
    const simple = this.simple.named(name);
    if (simple !== undefined) return simple;
    if (name.uri === XSD) return { kind: 'raw' };
    const found = this.index.types.get(keyOf(name));
    if (found === undefined) {
      this.missing.add(keyOf(name));
      return { kind: 'raw' };
    }
    return this.wanted(found.node, found.context, found.name, false);
  }

  private typeOfElement(node: XmlElement, context: SchemaContext): TypeUse {
    const written = attributeOf(node, 'type');
    if (written !== undefined) {
      const name = referredName(node, written, context);
      return name === undefined ? { kind: 'raw' } : this.typeNamed(name);
    }
    const [own] = childrenNamed(node, XSD, 'complexType', 'simpleType');
    if (own === undefined) return this.typeOfHead(node, context);
    if (own.local === 'simpleType') return this.simple.read(own, context);
    const local = attributeOf(node, 'name') ?? 'Type';
    return this.wanted(own, context, { uri: context.targetUri, local }, true);
  }

  /** An element without a type has that of the element that it may stand for. */
  private typeOfHead(node: XmlElement, context: SchemaContext, steps = 0): TypeUse {
    const written = attributeOf(node, 'substitutionGroup')?.trim().split(/\s+/)[0];
    const name = written === undefined ? undefined : referredName(node, written, context);
    const head = name === undefined ? undefined : this.index.elements.get(keyOf(name));
    if (head === undefined || steps > MAX_STEPS) return { kind: 'raw' };
    const isTyped =
      attributeOf(head.node, 'type') !== undefined ||
      childrenNamed(head.node, XSD, 'complexType', 'simpleType').length > 0;
    return isTyped
      ? this.typeOfElement(head.node, head.context)
      : this.typeOfHead(head.node, head.context, steps + 1);
  }

  private wanted(
    node: XmlElement,
    context: SchemaContext,
    name: QName,
    isAnonymous: boolean,
  ): TypeUse {
    const known = this.ids.get(node);
    if (known !== undefined) return { kind: 'ref', id: known };
    if (this.ids.size >= MAX_TYPES) return { kind: 'raw' };
    const id = this.allocate(name.local);
    this.ids.set(node, id);
    this.queue.push({ id, node, context, name, isAnonymous });
    return { kind: 'ref', id };
  }

  private allocate(local: string): string {
    const plain = local.replace(/[^\p{L}\p{N}_.-]+/gu, '_') || 'type';
    let id = plain;
    for (let turn = 2; this.taken.has(id); turn++) id = `${plain}_${turn}`;
    this.taken.add(id);
    return id;
  }

  private build({ node, context, name, isAnonymous }: Wanted): ComplexShape {
    const read = this.contentOf(node, context, [node]);
    const derived = isAnonymous ? [] : this.derivedOf(name);
    const shape: ComplexShape = {
      kind: 'complex',
      local: name.local,
      uri: name.uri,
      attributes: [...read.attributes.values()],
      content: read.content,
      text: read.text,
      isMixed: read.isMixed,
      isAbstract: attributeOf(node, 'abstract') === 'true',
      isAnonymous,
      derived,
      saysType: this.isBelowAbstract(node, context),
      doc: schemaDoc(node),
    };
    fieldNames(shape);
    return shape;
  }

  private derivedOf(name: QName): string[] {
    const found = new Map<string, Component>();
    const open = [...(this.index.derived.get(keyOf(name)) ?? [])];
    for (let one = open.shift(); one !== undefined; one = open.shift()) {
      const key = keyOf(one.name);
      if (found.has(key) || key === keyOf(name) || found.size >= MAX_DERIVED) continue;
      found.set(key, one);
      open.push(...(this.index.derived.get(key) ?? []));
    }
    return [...found.values()].flatMap((one) => {
      const use = this.wanted(one.node, one.context, one.name, false);
      return use.kind === 'ref' ? [use.id] : [];
    });
  }

  private isBelowAbstract(node: XmlElement, context: SchemaContext): boolean {
    let at: Pick<Component, 'node' | 'context'> = { node, context };
    for (let steps = 0; steps < MAX_STEPS; steps++) {
      const step = complexStep(at.node);
      const base = step === undefined ? undefined : this.baseOf(step, at.context);
      if (base === undefined) return false;
      if (attributeOf(base.node, 'abstract') === 'true') return true;
      at = base;
    }
    return false;
  }

  private baseOf(step: XmlElement, context: SchemaContext): Component | undefined {
    const written = attributeOf(step, 'base');
    const name = written === undefined ? undefined : referredName(step, written, context);
    const found = name === undefined ? undefined : this.index.types.get(keyOf(name));
    return found?.node.local === 'complexType' ? found : undefined;
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
    const base = this.baseOf(step, context);
    const isLoop = base !== undefined && (path.includes(base.node) || path.length > MAX_STEPS);
    const inherited =
      base === undefined || isLoop
        ? NOTHING
        : this.contentOf(base.node, base.context, [...path, base.node]);
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
    const complex = this.baseOf(step, context);
    const isLoop =
      complex !== undefined && (path.includes(complex.node) || path.length > MAX_STEPS);
    const inherited =
      complex === undefined || isLoop
        ? NOTHING
        : this.contentOf(complex.node, complex.context, [...path, complex.node]);
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

function complexStep(node: XmlElement): XmlElement | undefined {
  const [content] = childrenNamed(node, XSD, 'complexContent');
  return content === undefined
    ? undefined
    : elementsOf(content).find(({ local }) => local === 'extension' || local === 'restriction');
}

function joined(a: GroupShape | null, b: GroupShape | null): GroupShape | null {
  if (a === null || b === null) return a ?? b;
  return { kind: 'sequence', min: 1, max: 1, items: [a, b] };
}
