/** Reads XML of a known shape as JSON: lists stay lists, numbers exact, nil is null. */
import { isJsonArray, parseExact, type Json, type JsonObject } from '../../../kernel/index.ts';
import type { Field, ShapeTable } from '../shape/fields.ts';
import { isOnlyText } from '../shape/schema.ts';
import {
  ANY,
  TEXT,
  TYPE,
  type ComplexShape,
  type ElementShape,
  type SimpleShape,
  type TypeUse,
} from '../shape/shape.ts';
import { XSI } from '../wsdl/namespaces.ts';
import {
  attributeOf,
  elementsOf,
  keyOf,
  qnameIn,
  textIn,
  type XmlElement,
} from '../xml/element.ts';
import { writeChildren, writeTree } from '../xml/write.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,6})?$/;

export class Reader {
  private readonly table: ShapeTable;

  constructor(table: ShapeTable) {
    this.table = table;
  }

  element(element: XmlElement, shape: Pick<ElementShape, 'type'>): Json {
    if (isNil(element)) return null;
    return this.typed(element, shape.type);
  }

  /** @param element what holds the children; its own type is not asked for */
  complex(element: XmlElement, shape: ComplexShape): JsonObject {
    const members: Record<string, Json> = {};
    for (const { name, local, uri, type } of shape.attributes) {
      const text = attributeOf(element, local, uri);
      if (text !== undefined) members[name] = simpleValue(text, type);
    }
    if (shape.text !== null)
      return { ...members, [TEXT]: simpleValue(textIn(element), shape.text) };
    const fields = this.table.fieldsOf(shape);
    const byName = this.table.byElement(shape);
    for (const child of elementsOf(element)) {
      const found = byName.get(keyOf(child)) ?? byName.get(child.local);
      if (found === undefined) this.addOther(members, child, fields.get(ANY));
      else this.addKnown(members, child, found);
    }
    if (shape.isMixed) {
      const text = element.children
        .filter((one) => typeof one === 'string')
        .join('')
        .trim();
      if (text !== '') members[TEXT] = text;
    }
    for (const [name, { isArray, min }] of fields) {
      if (isArray && min > 0 && !Object.hasOwn(members, name)) members[name] = [];
    }
    return members;
  }

  private typed(element: XmlElement, type: TypeUse): Json {
    if (type.kind === 'simple') return simpleValue(textIn(element), type);
    if (type.kind === 'raw') return rawValue(element);
    const declared = this.table.shapes[type.id];
    if (declared === undefined) return rawValue(element);
    if (isOnlyText(declared)) return simpleValue(textIn(element), declared.text);
    const [id, shape] = this.instanceOf(element, type.id, declared);
    const members = this.complex(element, shape);
    return id === type.id ? members : { [TYPE]: id, ...members };
  }

  private instanceOf(
    element: XmlElement,
    id: string,
    declared: ComplexShape,
  ): readonly [string, ComplexShape] {
    const written = attributeOf(element, 'type', XSI);
    const name = written === undefined ? undefined : qnameIn(element, written);
    if (name === undefined) return [id, declared];
    for (const other of declared.derived) {
      const shape = this.table.shapes[other];
      if (shape?.local === name.local && shape.uri === name.uri) return [other, shape];
    }
    return [id, declared];
  }

  private addKnown(
    members: Record<string, Json>,
    child: XmlElement,
    [name, field]: readonly [string, Field],
  ): void {
    const value =
      field.shape.kind === 'element' ? this.element(child, field.shape) : writeTree(child);
    put(members, name, value, field.isArray);
  }

  private addOther(members: Record<string, Json>, child: XmlElement, any: Field | undefined): void {
    if (any === undefined) put(members, child.local, freeValue(child), false);
    else put(members, ANY, writeTree(child), any.isArray);
  }
}

function put(members: Record<string, Json>, name: string, value: Json, isArray: boolean): void {
  const before = Object.hasOwn(members, name) ? members[name] : undefined;
  const next: Json =
    before === undefined
      ? isArray
        ? [value]
        : value
      : isJsonArray(before)
        ? [...before, value]
        : [before, value];
  Object.defineProperty(members, name, {
    value: next,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

export function isNil(element: XmlElement): boolean {
  const nil = attributeOf(element, 'nil', XSI)?.trim();
  return nil === 'true' || nil === '1';
}

/** XML inside where there is any, else the text. */
function rawValue(element: XmlElement): string {
  return elementsOf(element).length === 0 ? textIn(element) : writeChildren(element);
}

/** An element that no schema speaks of, as the JSON that is nearest. */
export function freeValue(element: XmlElement): Json {
  if (isNil(element)) return null;
  const children = elementsOf(element);
  if (children.length === 0) return textIn(element);
  const members: Record<string, Json> = {};
  for (const child of children) put(members, child.local, freeValue(child), false);
  return members;
}

export function simpleValue(written: string, shape: SimpleShape): Json {
  const text = written.trim();
  switch (shape.json) {
    case 'list':
      return text === ''
        ? []
        : text.split(/\s+/).map((one) => simpleValue(one, shape.item ?? shape));
    case 'boolean':
      return text === 'true' || text === '1'
        ? true
        : text === 'false' || text === '0'
          ? false
          : written;
    case 'integer':
    case 'number':
      return numberValue(text);
    case 'union': {
      const isNumeric = shape.members?.every(({ json }) => json === 'integer' || json === 'number');
      return isNumeric === true ? numberValue(text) : written;
    }
    case 'string':
      return shape.xsd === 'string' || shape.xsd === 'normalizedString' ? written : text;
  }
}

/** INF, NaN and what is no number stay texts. */
function numberValue(text: string): Json {
  if (!NUMBER.test(text)) return text;
  const plain = text
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '');
  return parseExact(plain);
}
