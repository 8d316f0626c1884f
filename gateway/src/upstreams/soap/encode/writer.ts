/** Writes values of shapes as XML: order and namespaces come from the schema, never from the caller. */
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
  ANY,
  TEXT,
  TYPE,
  type AnyShape,
  type AttributeShape,
  type ComplexShape,
  type ElementShape,
  type GroupShape,
  type ParticleShape,
  type SimpleShape,
  type TypeUse,
} from '../shape/shape.ts';
import { XSD, XSI } from '../wsdl/namespaces.ts';
import { XML_URI } from '../xml/element.ts';
import { escapeAttribute, escapeText } from '../xml/write.ts';
import { rawXml } from './raw-xml.ts';
import { simpleText } from './simple-text.ts';

/** Why a value cannot be written, by its path: `order.lines[2].price`. */
export interface Unwritable {
  readonly path: string;
  readonly text: string;
}

const MAX_DEPTH = 150;

/** Values that are still to be written, by the names of their properties. */
type Left = Map<string, Json[]>;

export class Writer {
  /** The first problem; what was written is of no use then. */
  problem: Unwritable | undefined;
  private readonly table: ShapeTable;
  private readonly isEncoded: boolean;
  private readonly prefixes = new Map<string, string>();
  private depth = 0;

  /** @param isEncoded the type stands beside every value (SOAP 1.1, section 5) */
  constructor(table: ShapeTable, isEncoded: boolean) {
    this.table = table;
    this.isEncoded = isEncoded;
  }

  /** Declarations of all prefixes that were used so far. */
  declarations(): string {
    return [...this.prefixes]
      .map(([uri, prefix]) => ` xmlns:${prefix}="${escapeAttribute(uri)}"`)
      .join('');
  }

  /** One element. */
  element(shape: ElementShape, value: Json, path: string): string {
    const name = this.name(shape.uri, shape.local);
    if (value === null) {
      if (!shape.isNillable) return this.fail(path, 'it must not be null.');
      return `<${name} ${this.name(XSI, 'nil')}="true"/>`;
    }
    return this.typed(name, shape.type, value, path);
  }

  /** The element around a message; declares all that is used in it. */
  root(shape: ElementShape, value: Json, path: string): string {
    const written = this.element(shape, value, path);
    const end = /[\s/>]/.exec(written.slice(1))?.index ?? 0;
    return `${written.slice(0, end + 1)}${this.declarations()}${written.slice(end + 1)}`;
  }

  private typed(name: string, type: TypeUse, value: Json, path: string): string {
    if (type.kind === 'simple') return this.simple(name, type, value, path, '');
    if (type.kind === 'raw') return `<${name}>${this.raw(value, path)}</${name}>`;
    const shape = this.table.shapes[type.id];
    if (shape === undefined) return this.fail(path, 'its type is not known.');
    if (isOnlyText(shape)) return this.simple(name, shape.text, value, path, '');
    if (!isJsonObject(value)) return this.fail(path, 'it must be an object.');
    if (++this.depth > MAX_DEPTH) return this.fail(path, 'it is nested too deep.');
    const written = this.complex(name, shape, value, path);
    this.depth--;
    return written;
  }

  private simple(
    name: string,
    shape: SimpleShape,
    value: Json,
    path: string,
    attributes: string,
  ): string {
    const text = simpleText(value, shape);
    if (text === undefined)
      return this.fail(path, 'it has a character that XML cannot hold, or is no plain value.');
    const qualified = shape.xsd === 'QName' && text.startsWith('{') ? this.qname(text) : text;
    const type =
      this.isEncoded && attributes === ''
        ? ` ${this.name(XSI, 'type')}="${this.name(XSD, shape.xsd)}"`
        : '';
    return `<${name}${attributes}${type}>${escapeText(qualified)}</${name}>`;
  }

  /** `{namespace}name` with a prefix that is declared. */
  private qname(text: string): string {
    const end = text.indexOf('}');
    return this.name(text.slice(1, end), text.slice(end + 1));
  }

  private complex(name: string, declared: ComplexShape, value: JsonObject, path: string): string {
    const said = ownMember(value, TYPE);
    const shape = this.instanceOf(declared, said);
    if (shape === undefined) {
      const known = declared.derived.filter((id) => this.table.shapes[id]?.isAbstract !== true);
      return this.fail(
        below(path, TYPE),
        `it must be one of ${known.slice(0, 20).join(', ') || 'the types of the schema'}.`,
      );
    }
    const isOther = shape !== declared || this.isEncoded;
    const type =
      isOther && !shape.isAnonymous && shape.uri !== ''
        ? ` ${this.name(XSI, 'type')}="${this.name(shape.uri, shape.local)}"`
        : '';
    const attributes =
      type + shape.attributes.map((one) => this.attribute(one, value, path)).join('');
    if (shape.text !== null) {
      const text = ownMember(value, TEXT) ?? '';
      this.refuseOthers(shape, value, path);
      const written = simpleText(text, shape.text);
      if (written === undefined) return this.fail(below(path, TEXT), 'it is no plain value.');
      return `<${name}${attributes}>${escapeText(written)}</${name}>`;
    }
    const inner = this.content(shape, value, path);
    return inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;
  }

  private instanceOf(declared: ComplexShape, said: Json | undefined): ComplexShape | undefined {
    if (said === undefined) return declared.isAbstract ? undefined : declared;
    const id = declared.derived.find((one) => one === said);
    const found = id === undefined ? undefined : this.table.shapes[id];
    if (found !== undefined) return found.isAbstract ? undefined : found;
    const own = Object.entries(this.table.shapes).find(([, one]) => one === declared)?.[0];
    return own === said && !declared.isAbstract ? declared : undefined;
  }

  private attribute(shape: AttributeShape, value: JsonObject, path: string): string {
    const given = ownMember(value, shape.name) ?? (shape.isRequired ? shape.fixed : undefined);
    if (given === undefined) {
      return shape.isRequired ? this.fail(below(path, shape.name), 'it is missing.') : '';
    }
    const text = simpleText(given, shape.type);
    if (text === undefined) return this.fail(below(path, shape.name), 'it is no plain value.');
    return ` ${this.name(shape.uri, shape.local)}="${escapeAttribute(text)}"`;
  }

  private content(shape: ComplexShape, value: JsonObject, path: string): string {
    const left: Left = new Map();
    for (const [name, field] of this.table.fieldsOf(shape)) {
      const given = ownMember(value, name);
      if (given === undefined) continue;
      left.set(name, field.isArray && isJsonArray(given) ? [...given] : [given]);
    }
    this.refuseOthers(shape, value, path);
    const text = shape.isMixed ? ownMember(value, TEXT) : undefined;
    const leading = typeof text === 'string' ? escapeText(text) : '';
    const written =
      shape.content === null ? '' : this.group(shape.content, left, path, { required: true });
    for (const [name, values] of left) {
      if (values.length > 0)
        return this.fail(
          below(path, name),
          'it cannot be given beside the others: the schema takes one or the other.',
        );
    }
    return leading + written;
  }

  private refuseOthers(shape: ComplexShape, value: JsonObject, path: string): void {
    const known = this.table.namesOf(shape);
    const other = Object.keys(value).find((name) => !known.has(name));
    if (other !== undefined) this.fail(below(path, other), 'there is no such property.');
  }

  private group(
    shape: GroupShape,
    left: Left,
    path: string,
    { required }: { readonly required: boolean },
  ): string {
    let written = '';
    for (let turn = 0; shape.max < 0 || turn < shape.max; turn++) {
      const isNeeded = required && turn < shape.min;
      if (!isNeeded && !hasAny(shape, left)) break;
      written +=
        shape.kind === 'choice' ? this.choice(shape, left, path) : this.all(shape, left, path);
      if (this.problem !== undefined || (isNeeded && !hasAny(shape, left) && turn + 1 >= shape.min))
        break;
    }
    return written;
  }

  private all(shape: GroupShape, left: Left, path: string): string {
    return shape.items.map((item) => this.particle(item, left, path)).join('');
  }

  private choice(shape: GroupShape, left: Left, path: string): string {
    const chosen =
      shape.items.find((item) => isComplete(item, left)) ??
      shape.items.find((item) => hasAny(item, left));
    if (chosen !== undefined) return this.particle(chosen, left, path);
    if (shape.items.some((item) => item.min === 0 || !needsAny(item))) return '';
    const names = shape.items.flatMap(namesIn).slice(0, 20);
    return this.fail(below(path, names[0] ?? ''), `one of ${names.join(', ')} must be given.`);
  }

  private particle(item: ParticleShape, left: Left, path: string): string {
    if (item.kind === 'element') return this.elements(item, left, path);
    if (item.kind === 'any') return this.others(item, left, path);
    return this.group(item, left, path, { required: true });
  }

  private elements(shape: ElementShape, left: Left, path: string): string {
    const values = left.get(shape.name) ?? [];
    if (values.length === 0 && shape.min > 0 && shape.fixed !== undefined) values.push(shape.fixed);
    const count = shape.max < 0 ? values.length : Math.min(values.length, shape.max);
    const place = below(path, shape.name);
    if (count < shape.min)
      return this.fail(place, shape.min > 1 ? `it needs ${shape.min} values.` : 'it is missing.');
    const taken = values.splice(0, count);
    return taken
      .map((value, at) => this.element(shape, value, taken.length > 1 ? `${place}[${at}]` : place))
      .join('');
  }

  private others(shape: AnyShape, left: Left, path: string): string {
    const values = left.get(ANY) ?? [];
    const count = shape.max < 0 ? values.length : Math.min(values.length, shape.max);
    if (count < shape.min) return this.fail(below(path, ANY), 'it is missing.');
    return values
      .splice(0, count)
      .map((one) => this.rawElement(one, below(path, ANY)))
      .join('');
  }

  private rawElement(value: Json, path: string): string {
    const xml = typeof value === 'string' ? rawXml(value) : undefined;
    return (
      xml ??
      this.fail(path, 'it must be well-formed XML of whole elements, without a document type.')
    );
  }

  /** A text, or XML where it begins so. */
  private raw(value: Json, path: string): string {
    if (typeof value === 'string' && value.trimStart().startsWith('<'))
      return this.rawElement(value, path);
    const text = simpleText(value, { kind: 'simple', json: 'string', xsd: 'string' });
    return text === undefined ? this.fail(path, 'it must be a text.') : escapeText(text);
  }

  private name(uri: string, local: string): string {
    if (uri === '') return local;
    if (uri === XML_URI) return `xml:${local}`;
    let prefix = this.prefixes.get(uri);
    if (prefix === undefined) {
      prefix = uri === XSI ? 'xsi' : uri === XSD ? 'xsd' : `n${this.prefixes.size}`;
      this.prefixes.set(uri, prefix);
    }
    return `${prefix}:${local}`;
  }

  private fail(path: string, text: string): string {
    this.problem ??= { path, text };
    return '';
  }
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function namesIn(item: ParticleShape): readonly string[] {
  if (item.kind === 'element') return [item.name];
  return item.kind === 'any' ? [ANY] : item.items.flatMap(namesIn);
}

function hasAny(item: ParticleShape, left: Left): boolean {
  if (item.kind === 'element') return (left.get(item.name)?.length ?? 0) > 0;
  if (item.kind === 'any') return (left.get(ANY)?.length ?? 0) > 0;
  return item.items.some((one) => hasAny(one, left));
}

function needsAny(item: ParticleShape): boolean {
  if (item.min === 0) return false;
  if (item.kind === 'element' || item.kind === 'any') return true;
  return item.kind === 'choice' ? item.items.every(needsAny) : item.items.some(needsAny);
}

/** Whether a way to choose has something, and all that it needs. */
function isComplete(item: ParticleShape, left: Left): boolean {
  if (!hasAny(item, left)) return false;
  if (item.kind === 'element' || item.kind === 'any') return true;
  if (item.kind === 'choice') return item.items.some((one) => isComplete(one, left));
  return item.items.every((one) => !needsAny(one) || hasAny(one, left));
}
