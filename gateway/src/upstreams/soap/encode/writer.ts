/** Writers of values of shapes, compiled once: order and namespaces come from the schema, never from the caller. */
import {
  isJsonArray,
  isJsonObject,
  ownMember,
  type Json,
  type JsonObject,
} from '../../../kernel/index.ts';
import type { ShapeTable } from '../shape/fields.ts';
import { isOnlyText } from '../shape/schema.ts';
import {
  TEXT,
  TYPE,
  type ComplexShape,
  type ElementShape,
  type SimpleShape,
  type TypeUse,
} from '../shape/shape.ts';
import { SOAP_11_ENCODING, XSD, XSI } from '../wsdl/namespaces.ts';
import { escapeText } from '../xml/write.ts';
import { attributeWriter } from './attribute-writer.ts';
import { contentWriter, type WriteContent } from './content-writer.ts';
import { Prefixes, prefixed } from './prefixes.ts';
import { rawText } from './raw-text.ts';
import { simpleText } from './simple-text.ts';
import { Writing, type Unwritable, type WriteElement } from './writing.ts';

/** What follows the name of an element, up to its end. */
type WriteRest = (value: Json, writing: Writing, end: string) => string;

export interface Written {
  readonly xml: string;
  /** The first thing that cannot be written. */
  readonly problem: Unwritable | undefined;
}

export class Writers {
  private readonly table: ShapeTable;
  private readonly isEncoded: boolean;
  private readonly prefixes = new Prefixes();
  private readonly contents = new Map<ComplexShape, WriteContent>();
  private readonly elements = new Map<ElementShape, WriteElement>();

  /** @param isEncoded the type stands beside every value (SOAP 1.1, section 5) */
  constructor(table: ShapeTable, isEncoded: boolean) {
    this.table = table;
    this.isEncoded = isEncoded;
  }

  /** The element around a message; declares all that is used in it. */
  root(shape: ElementShape): (value: Json, path: string) => Written {
    const { start, rest, end } = this.parts(shape);
    const prefix = this.prefixes.of(shape.uri);
    return (value, path) => {
      const writing = new Writing(path);
      writing.use(prefix);
      const written = rest(value, writing, end);
      return { xml: start + writing.declarations() + written, problem: writing.problem };
    };
  }

  /** An element within another one. */
  element(shape: ElementShape): WriteElement {
    const known = this.elements.get(shape);
    if (known !== undefined) return known;
    const { start, rest, end } = this.parts(shape);
    const prefix = this.prefixes.of(shape.uri);
    const made = (value: Json, writing: Writing): string => {
      writing.use(prefix);
      return start + rest(value, writing, end);
    };
    this.elements.set(shape, made);
    return made;
  }

  private parts({ uri, local, type, isNillable }: ElementShape) {
    const name = prefixed(this.prefixes.of(uri), local);
    const xsi = this.prefixes.of(XSI);
    const typed = this.typed(type);
    const rest: WriteRest = (value, writing, end) => {
      if (value !== null) return typed(value, writing, end);
      if (!isNillable) return writing.fail('it must not be null.');
      writing.use(xsi);
      return ' xsi:nil="true"/>';
    };
    return { start: `<${name}`, rest, end: `</${name}>` };
  }

  private typed(type: TypeUse): WriteRest {
    if (type.kind === 'simple') return this.simple(type);
    if (type.kind === 'raw') return (value, writing, end) => `>${rawText(value, writing)}${end}`;
    const shape = this.table.shapes[type.id];
    if (shape === undefined) return (_value, writing) => writing.fail('its type is not known.');
    return isOnlyText(shape) ? this.simple(shape.text) : this.complex(type.id, shape);
  }

  private simple(shape: SimpleShape): WriteRest {
    const { named } = shape;
    const name = named === undefined ? { uri: XSD, local: shape.xsd } : named;
    const isTold = this.isEncoded && name !== null;
    const prefix = isTold ? this.prefixes.of(name.uri) : undefined;
    const type = isTold ? ` xsi:type="${prefixed(this.prefixes.of(name.uri), name.local)}"` : '';
    const prefixes = prefix === undefined ? [] : [this.prefixes.of(XSI), prefix];
    return (value, writing, end) => {
      for (const one of prefixes) writing.use(one);
      return `${type}>${textOf(value, shape, writing)}${end}`;
    };
  }

  private complex(id: string, declared: ComplexShape): WriteRest {
    return (value, writing, end) => {
      if (!isJsonObject(value)) return writing.fail('it must be an object.');
      const said = ownMember(value, TYPE);
      const shape = this.instanceOf(id, declared, said);
      if (shape === undefined) {
        const known = declared.derived.filter((one) => this.table.shapes[one]?.isAbstract !== true);
        const names = known.slice(0, 20).join(', ') || 'the types of the schema';
        return writing.fail(`it must be one of ${names}.`, TYPE);
      }
      const isTold = shape !== declared || this.isEncoded;
      const type = isTold
        ? this.typeName(shape, writing) + this.arrayType(shape, value, writing)
        : '';
      return type + this.contentOf(shape)(value, writing, end);
    };
  }

  private instanceOf(
    id: string,
    declared: ComplexShape,
    said: Json | undefined,
  ): ComplexShape | undefined {
    const other =
      said === undefined || said === id ? id : declared.derived.find((one) => one === said);
    const found = other === undefined ? undefined : this.table.shapes[other];
    return found?.isAbstract === true ? undefined : found;
  }

  private typeName(shape: ComplexShape, writing: Writing): string {
    if (shape.isAnonymous) return '';
    const prefix = this.prefixes.of(shape.uri);
    writing.use(this.prefixes.of(XSI));
    writing.use(prefix);
    return ` xsi:type="${prefixed(prefix, shape.local)}"`;
  }

  /** How many items of what an array holds (SOAP 1.1, section 5.4.2). */
  private arrayType({ array, content }: ComplexShape, value: JsonObject, writing: Writing): string {
    const [item] = content?.items ?? [];
    if (array === undefined || item?.kind !== 'element') return '';
    const given = ownMember(value, item.name);
    const count = given === undefined ? 0 : isJsonArray(given) ? given.length : 1;
    const [soap, own] = [this.prefixes.of(SOAP_11_ENCODING), this.prefixes.of(array.uri)];
    writing.use(soap);
    writing.use(own);
    const type = `${prefixed(own, array.local)}${array.rank}[${count}]`;
    return ` ${prefixed(soap, 'arrayType')}="${type}"`;
  }

  /** Compiled when it is needed: types may hold themselves. */
  private contentOf(shape: ComplexShape): WriteContent {
    const known = this.contents.get(shape);
    if (known !== undefined) return known;
    const made = this.compile(shape);
    this.contents.set(shape, made);
    return made;
  }

  private compile(shape: ComplexShape): WriteContent {
    const names = this.table.namesOf(shape);
    const attributes = shape.attributes.map((one) => attributeWriter(one, this.prefixes));
    const { text } = shape;
    const content =
      text === null
        ? contentWriter(shape, this.table, (element) => this.element(element))
        : (value: JsonObject, writing: Writing, end: string) =>
            writing.within(
              TEXT,
              () => `>${textOf(ownMember(value, TEXT) ?? '', text, writing)}${end}`,
            );
    return (value, writing, end) => {
      for (const name of Object.keys(value)) {
        if (!names.has(name)) writing.fail('there is no such property.', name);
      }
      let start = '';
      for (const write of attributes) start += write(value, writing);
      return start + content(value, writing, end);
    };
  }
}

function textOf(value: Json, shape: SimpleShape, writing: Writing): string {
  const text = simpleText(value, shape);
  if (typeof text !== 'string') return writing.fail(text.fault);
  return escapeText(shape.xsd === 'QName' && text.startsWith('{') ? writing.qname(text) : text);
}
