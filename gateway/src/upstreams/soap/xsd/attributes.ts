/** Attributes of complex types as shapes. */
import type { AttributeShape } from '../shape/shape.ts';
import { SOAP_11_ENCODING, WSDL, XSD } from '../wsdl/namespaces.ts';
import { attributeOf, childrenNamed, elementsOf, keyOf, type XmlElement } from '../xml/element.ts';
import { STRING } from './builtin.ts';
import { schemaDoc } from './documentation.ts';
import { referredName, type SchemaContext, type SchemaIndex } from './schema-index.ts';
import { xmlAttribute, type SimpleTypes } from './simple-types.ts';

const MAX_GROUPS = 20;

export class Attributes {
  private readonly index: SchemaIndex;
  private readonly simple: SimpleTypes;

  constructor(index: SchemaIndex, simple: SimpleTypes) {
    this.index = index;
    this.simple = simple;
  }

  /**
   * Those that stand in a type or a step of one, put over those of its base.
   * @param into by namespace and name
   */
  gather(
    node: XmlElement,
    context: SchemaContext,
    into: Map<string, AttributeShape>,
    depth = 0,
  ): void {
    if (depth > MAX_GROUPS) return;
    for (const child of childrenNamed(node, XSD, 'attribute', 'attributeGroup')) {
      if (child.local === 'attribute') this.add(child, context, into);
      else {
        const written = attributeOf(child, 'ref');
        const name = written === undefined ? undefined : referredName(child, written, context);
        const found = name === undefined ? undefined : this.index.attributeGroups.get(keyOf(name));
        if (found !== undefined) this.gather(found.node, found.context, into, depth + 1);
      }
    }
  }

  private add(node: XmlElement, context: SchemaContext, into: Map<string, AttributeShape>): void {
    const shape = this.shapeOf(node, context);
    if (shape === undefined) return;
    const key = keyOf(shape);
    if (attributeOf(node, 'use') === 'prohibited') into.delete(key);
    else into.set(key, shape);
  }

  private shapeOf(node: XmlElement, context: SchemaContext): AttributeShape | undefined {
    const isRequired = attributeOf(node, 'use') === 'required';
    const written = attributeOf(node, 'ref');
    if (written === undefined) {
      const local = attributeOf(node, 'name')?.trim() ?? '';
      const form = attributeOf(node, 'form');
      const isQualified =
        form === undefined ? context.areAttributesQualified : form === 'qualified';
      return local === '' || elementsOf(node).length > 100
        ? undefined
        : this.made(
            node,
            context,
            { uri: isQualified ? context.targetUri : '', local },
            isRequired,
          );
    }
    const name = referredName(node, written, context);
    if (name === undefined || name.uri === SOAP_11_ENCODING || name.uri === WSDL) return undefined;
    const known = xmlAttribute(name);
    const found = this.index.attributes.get(keyOf(name));
    if (known !== undefined || found === undefined) {
      return { name: `@${name.local}`, ...name, type: known ?? STRING, isRequired, doc: '' };
    }
    const made = this.made(found.node, found.context, found.name, isRequired);
    const fixed = attributeOf(node, 'fixed');
    const otherwise = attributeOf(node, 'default');
    return {
      ...made,
      ...(fixed === undefined ? {} : { fixed }),
      ...(otherwise === undefined ? {} : { default: otherwise }),
    };
  }

  private made(
    node: XmlElement,
    context: SchemaContext,
    { uri, local }: { readonly uri: string; readonly local: string },
    isRequired: boolean,
  ): AttributeShape {
    const fixed = attributeOf(node, 'fixed');
    const otherwise = attributeOf(node, 'default');
    return {
      name: `@${local}`,
      local,
      uri,
      type: this.simple.ofAttribute(node, context),
      isRequired,
      ...(fixed === undefined ? {} : { fixed }),
      ...(otherwise === undefined ? {} : { default: otherwise }),
      doc: schemaDoc(node),
    };
  }
}
