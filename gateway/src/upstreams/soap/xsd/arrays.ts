/** Arrays of section 5 of SOAP 1.1: restrictions of its `Array` that say of what. */
import type { ArrayItems, ElementShape, TypeUse } from '../shape/shape.ts';
import { SOAP_11_ENCODING, SOAP_12_ENCODING, WSDL, XSD } from '../wsdl/namespaces.ts';
import { attributeOf, childrenNamed, qnameIn, type XmlElement } from '../xml/element.ts';
import type { Content } from './contents.ts';
import { referredName, type SchemaContext } from './schema-index.ts';

/** What the items are called on the wire; readers go by their order. */
const ITEM = 'item';

export class Arrays {
  private readonly typeNamed: (name: ArrayItems) => TypeUse;

  constructor(typeNamed: (name: ArrayItems) => TypeUse) {
    this.typeNamed = typeNamed;
  }

  /** @returns undefined where a `complexType` is no array, or does not say of what */
  of(
    node: XmlElement,
    context: SchemaContext,
  ): { readonly content: Content; readonly items: ArrayItems } | undefined {
    const [complex] = childrenNamed(node, XSD, 'complexContent');
    const [step] =
      complex === undefined ? [] : childrenNamed(complex, XSD, 'restriction', 'extension');
    const written = step === undefined ? undefined : attributeOf(step, 'base');
    const base =
      step === undefined || written === undefined
        ? undefined
        : referredName(step, written, context);
    if (step === undefined || base === undefined || base.local !== 'Array') return undefined;
    if (base.uri !== SOAP_11_ENCODING && base.uri !== SOAP_12_ENCODING) return undefined;
    const items = saidItems(step) ?? listedItems(step, context);
    if (items === undefined) return undefined;
    const element: ElementShape = {
      kind: 'element',
      name: items.element,
      local: items.element,
      uri: '',
      // Arrays within arrays have no type of their own that could be looked up.
      type: items.rank === '' ? this.typeNamed(items) : { kind: 'raw' },
      min: 0,
      max: -1,
      isNillable: true,
      doc: '',
    };
    const content: Content = {
      attributes: new Map(),
      content: { kind: 'sequence', min: 1, max: 1, items: [element] },
      text: null,
      isMixed: false,
    };
    return { content, items: { uri: items.uri, local: items.local, rank: items.rank } };
  }
}

type Said = ArrayItems & { readonly element: string };

/** `wsdl:arrayType` beside the attribute of the array (WSDL 1.1, section 2.2). */
function saidItems(step: XmlElement): Said | undefined {
  for (const attribute of childrenNamed(step, XSD, 'attribute')) {
    const written = attributeOf(attribute, 'arrayType', WSDL)?.trim();
    const [, name, rank = ''] = /^([^[]+)((?:\[[\d,]*\])*)\[[\d,]*\]$/.exec(written ?? '') ?? [];
    const type = name === undefined ? undefined : qnameIn(attribute, name);
    if (type !== undefined) return { ...type, rank, element: elementIn(step) ?? ITEM };
  }
  return undefined;
}

/** Where nothing says it, the only element of the model does. */
function listedItems(step: XmlElement, context: SchemaContext): Said | undefined {
  const [model] = childrenNamed(step, XSD, 'sequence', 'all', 'choice');
  const [element] = model === undefined ? [] : childrenNamed(model, XSD, 'element');
  const written = element === undefined ? undefined : attributeOf(element, 'type');
  if (element === undefined || written === undefined) return undefined;
  const type = referredName(element, written, context);
  return type === undefined ? undefined : { ...type, rank: '', element: elementIn(step) ?? ITEM };
}

function elementIn(step: XmlElement): string | undefined {
  const [model] = childrenNamed(step, XSD, 'sequence', 'all', 'choice');
  const [element] = model === undefined ? [] : childrenNamed(model, XSD, 'element');
  return element === undefined ? undefined : attributeOf(element, 'name');
}
