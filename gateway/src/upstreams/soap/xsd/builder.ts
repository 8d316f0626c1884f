/** Complex types and elements of schemas as shapes, those that one operation needs. */
import { fieldNames } from './field-names.ts';
import type { ComplexShape, ElementShape, Shapes, TypeUse } from '../shape/shape.ts';
import { SOAP_11_ENCODING, XSD } from '../wsdl/namespaces.ts';
import { attributeOf, childrenNamed, keyOf, type QName, type XmlElement } from '../xml/element.ts';
import { Arrays } from './arrays.ts';
import { builtinType, isBuiltin } from './builtin.ts';
import { Contents } from './contents.ts';
import { schemaDoc } from './documentation.ts';
import { Particles } from './particles.ts';
import {
  findNamed,
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

export class ShapeBuilder {
  readonly index: SchemaIndex;
  readonly simple: SimpleTypes;
  /** Names that are spoken of and that nothing declares. */
  readonly missing = new Set<string>();
  private readonly particles: Particles;
  private readonly contents: Contents;
  private readonly arrays: Arrays;
  private readonly built = new Map<string, ComplexShape>();
  private readonly ids = new Map<XmlElement, string>();
  private readonly taken = new Set<string>();
  private readonly queue: Wanted[] = [];

  constructor(index: SchemaIndex) {
    this.index = index;
    this.simple = new SimpleTypes(index);
    this.particles = new Particles(index, {
      typeOf: (node, context) => this.typeOfElement(node, context),
      isMissing: (name) => this.missing.add(keyOf(name)),
    });
    this.contents = new Contents(index, this.simple, this.particles);
    this.arrays = new Arrays((name) => this.typeNamed(name));
  }

  /** A global element; undefined where nothing declares it. */
  element(name: QName): ElementShape | undefined {
    const found = findNamed(this.index.elements, name);
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
    if (name.uri === XSD || name.uri === SOAP_11_ENCODING) return { kind: 'raw' };
    const found = this.index.types.get(keyOf(name));
    if (found === undefined) {
      // Without a prefix where there is no default namespace: only the built-in one can be meant.
      if (name.uri === '' && isBuiltin(name.local)) return builtinType(name.local);
      this.missing.add(keyOf(name));
      return { kind: 'raw' };
    }
    return this.wanted(found.node, found.context, found.name, false);
  }

  private typeOfElement(node: XmlElement, context: SchemaContext): TypeUse {
    const written = attributeOf(node, 'type');
    if (written !== undefined) {
      const name = referredName(node, written, context);
      return this.typeNamed(name ?? { uri: '', local: written.slice(written.indexOf(':') + 1) });
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
    const array = this.arrays.of(node, context);
    const read = array?.content ?? this.contents.of(node, context);
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
      ...(array === undefined ? {} : { array: array.items }),
      derived,
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
}
