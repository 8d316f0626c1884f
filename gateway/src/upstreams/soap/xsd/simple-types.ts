/** Simple types of schemas as shapes. */
import type { SimpleShape } from '../shape/shape.ts';
import { SOAP_11_ENCODING, XSD } from '../wsdl/namespaces.ts';
import { attributeOf, childrenNamed, keyOf, type QName, type XmlElement } from '../xml/element.ts';
import { XML_URI } from '../xml/element.ts';
import { builtinType, isBuiltin, STRING } from './builtin.ts';
import { referredName, type SchemaContext, type SchemaIndex } from './schema-index.ts';

/** A type that is derived from one that is derived from it, or nearly without end. */
const MAX_STEPS = 40;
const MAX_VALUES = 2000;
/** Types that XML Schema, its drafts and SOAP's encoding have beside the simple ones. */
const COMPLEX = new Set(['anyType', 'ur-type', 'Array', 'Struct']);
const MAX_PATTERN_CHARS = 500;

export class SimpleTypes {
  private readonly index: SchemaIndex;
  private readonly known = new Map<string, SimpleShape>();

  constructor(index: SchemaIndex) {
    this.index = index;
  }

  /** @returns undefined where the name is not that of a simple type */
  named(name: QName | undefined, steps = 0): SimpleShape | undefined {
    if (name === undefined || steps > MAX_STEPS) return undefined;
    if (name.uri === XSD || name.uri === SOAP_11_ENCODING) {
      if (COMPLEX.has(name.local)) return undefined;
      return name.uri === XSD
        ? builtinType(name.local)
        : { ...builtinType(name.local === 'base64' ? 'base64Binary' : name.local), named: name };
    }
    const key = keyOf(name);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = this.index.types.get(key);
    if (found === undefined && name.uri === '' && isBuiltin(name.local)) {
      return builtinType(name.local);
    }
    if (found?.node.local !== 'simpleType') return undefined;
    const made = { ...this.read(found.node, found.context, steps + 1), named: found.name };
    this.known.set(key, made);
    return made;
  }

  /** A `simpleType`; text where it says nothing that can be read. */
  read(node: XmlElement, context: SchemaContext, steps = 0): SimpleShape {
    if (steps > MAX_STEPS) return STRING;
    const [step] = childrenNamed(node, XSD, 'restriction', 'list', 'union');
    if (step === undefined) return STRING;
    if (step.local === 'restriction') return this.restricted(step, context, steps);
    if (step.local === 'list') {
      const item = this.inside(step, 'itemType', context, steps);
      return { kind: 'simple', json: 'list', xsd: 'string', named: null, item };
    }
    const names = (attributeOf(step, 'memberTypes') ?? '').split(/\s+/).filter((one) => one !== '');
    const members = [
      ...names.map((one) => this.named(referredName(step, one, context), steps + 1) ?? STRING),
      ...childrenNamed(step, XSD, 'simpleType').map((one) => this.read(one, context, steps + 1)),
    ];
    return { kind: 'simple', json: 'union', xsd: 'string', named: null, members };
  }

  /** Also of simple content, whose base may be given from outside. */
  restricted(
    step: XmlElement,
    context: SchemaContext,
    steps: number,
    base = this.inside(step, 'base', context, steps),
  ): SimpleShape {
    return withFacets(base, step);
  }

  /** The type of an attribute. */
  ofAttribute(node: XmlElement, context: SchemaContext): SimpleShape {
    return this.inside(node, 'type', context, 0);
  }

  private inside(
    node: XmlElement,
    attribute: string,
    context: SchemaContext,
    steps: number,
  ): SimpleShape {
    const written = attributeOf(node, attribute);
    if (written !== undefined) {
      return this.named(referredName(node, written, context), steps + 1) ?? STRING;
    }
    const [own] = childrenNamed(node, XSD, 'simpleType');
    return own === undefined ? STRING : this.read(own, context, steps + 1);
  }
}

/** Attributes that every document may use. */
export function xmlAttribute({ uri, local }: QName): SimpleShape | undefined {
  return uri === XML_URI ? builtinType(local === 'lang' ? 'language' : 'string') : undefined;
}

type Facets = { -readonly [K in keyof SimpleShape]?: SimpleShape[K] };

function withFacets(base: SimpleShape, step: XmlElement): SimpleShape {
  const own: Facets = {};
  const patterns: string[] = [];
  const values: string[] = [];
  for (const facet of step.children) {
    if (typeof facet === 'string' || facet.uri !== XSD) continue;
    const value = attributeOf(facet, 'value');
    if (value === undefined) continue;
    if (facet.local === 'pattern') patterns.push(value);
    else if (facet.local === 'enumeration') values.push(value);
    else readFacet(facet.local, value.trim(), own);
  }
  if (values.length > 0 && values.length <= MAX_VALUES) own.enum = [...new Set(values)];
  const pattern = patterns.length === 1 ? patterns[0] : patterns.map((one) => `(${one})`).join('|');
  if (pattern !== undefined && pattern !== '' && pattern.length <= MAX_PATTERN_CHARS) {
    own.patterns = [...(base.patterns ?? []), pattern];
  }
  return { ...base, ...own, named: null };
}

function readFacet(name: string, value: string, into: Facets): void {
  const count = /^\d{1,9}$/.test(value) ? Number(value) : undefined;
  switch (name) {
    case 'length':
    case 'minLength':
    case 'maxLength':
    case 'totalDigits':
    case 'fractionDigits':
      if (count !== undefined) into[name] = count;
      return;
    case 'minInclusive':
      into.min = value;
      return;
    case 'maxInclusive':
      into.max = value;
      return;
    case 'minExclusive':
      into.above = value;
      return;
    case 'maxExclusive':
      into.below = value;
      return;
    default:
  }
}
