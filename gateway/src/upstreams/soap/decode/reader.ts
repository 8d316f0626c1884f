/** Readers of known shapes, compiled once: lists stay lists, numbers exact, nil is null. */
import type { Json } from '../../../kernel/index.ts';
import type { ShapeTable } from '../shape/fields.ts';
import { isOnlyText } from '../shape/schema.ts';
import { ANY, TEXT, TYPE, type ComplexShape, type TypeUse } from '../shape/shape.ts';
import { XSI } from '../wsdl/namespaces.ts';
import { attributeOf, qnameIn, textIn, type XmlElement } from '../xml/element.ts';
import { writeTree } from '../xml/write.ts';
import { freeValue, isNil, rawValue } from './free-value.ts';
import { Members } from './members.ts';
import { simpleReader, type ReadText } from './simple-value.ts';

export type Read = (element: XmlElement) => Json;
type Fill = (element: XmlElement, members: Members) => void;

/** An element that an object may have. */
interface Slot {
  readonly uri: string;
  readonly name: string;
  readonly isList: boolean;
  readonly read: Read;
}

interface AttributeSlot {
  readonly uri: string;
  readonly name: string;
  readonly local: string;
  readonly read: ReadText;
}

export class Readers {
  private readonly table: ShapeTable;
  private readonly fills = new Map<ComplexShape, Fill>();

  constructor(table: ShapeTable) {
    this.table = table;
  }

  /** Of an element of a type. */
  of(type: TypeUse): Read {
    const typed = this.typed(type);
    return (element) => (isNil(element) ? null : typed(element));
  }

  private typed(type: TypeUse): Read {
    if (type.kind === 'raw') return rawValue;
    if (type.kind === 'simple') return textOf(simpleReader(type));
    const declared = this.table.shapes[type.id];
    if (declared === undefined) return rawValue;
    if (isOnlyText(declared)) return textOf(simpleReader(declared.text));
    // Filled in when it is needed: types may hold themselves.
    return (element) => {
      const members = new Members();
      const derived = declared.derived.length === 0 ? undefined : this.derived(element, declared);
      if (derived !== undefined) members.set(TYPE, derived);
      const shape = derived === undefined ? declared : this.table.shapes[derived];
      this.fillOf(shape ?? declared)(element, members);
      return members.value;
    };
  }

  /** The type that an element says it has, where that stands for the declared one. */
  private derived(element: XmlElement, declared: ComplexShape): string | undefined {
    const written = attributeOf(element, 'type', XSI)?.trim();
    if (written === undefined) return undefined;
    // Where the prefix is not declared, the name has to do.
    const local = written.slice(written.indexOf(':') + 1);
    const uri = qnameIn(element, written)?.uri;
    return declared.derived.find((id) => {
      const shape = this.table.shapes[id];
      return shape?.local === local && (uri === undefined || shape.uri === uri);
    });
  }

  private fillOf(shape: ComplexShape): Fill {
    const known = this.fills.get(shape);
    if (known !== undefined) return known;
    const made = this.compile(shape);
    this.fills.set(shape, made);
    return made;
  }

  private compile(shape: ComplexShape): Fill {
    const attributes = shape.attributes.map(({ name, local, uri, type }): AttributeSlot => {
      return { name, local, uri, read: simpleReader(type) };
    });
    if (shape.text !== null) {
      const read = simpleReader(shape.text);
      return (element, members) => {
        fillAttributes(attributes, element, members);
        members.set(TEXT, read(textIn(element)));
      };
    }
    const slots = this.slotsOf(shape);
    const fields = this.table.fieldsOf(shape);
    const any = fields.get(ANY);
    // Items of arrays go by their order, whatever they are called (SOAP 1.1, section 5.4.2).
    const [[item] = []] = shape.array === undefined ? [] : slots.values();
    const lists = [...fields].filter(([, one]) => one.isArray && one.min > 0).map(([name]) => name);
    return (element, members) => {
      fillAttributes(attributes, element, members);
      for (const child of element.children) {
        if (typeof child === 'string') continue;
        const slot = slotFor(child, slots, any !== undefined) ?? item;
        if (slot !== undefined) members.put(slot.name, slot.read(child), slot.isList);
        else if (any === undefined) members.put(child.local, freeValue(child), false);
        else members.put(ANY, writeTree(child), any.isArray);
      }
      if (shape.isMixed) fillText(element, members);
      for (const name of lists) if (!members.has(name)) members.set(name, []);
    };
  }

  /** By local name; of several with one name each has its namespace. */
  private slotsOf(shape: ComplexShape): ReadonlyMap<string, readonly Slot[]> {
    const slots: (Slot & { readonly local: string })[] = [];
    for (const [name, { shape: field, isArray }] of this.table.fieldsOf(shape)) {
      if (field.kind !== 'element') continue;
      const { uri, local, type } = field;
      slots.push({ uri, name, local, isList: isArray, read: this.of(type) });
    }
    return Map.groupBy(slots, ({ local }) => local);
  }
}

/** Servers often get namespaces wrong: the name is enough where nothing else can be meant. */
function slotFor(
  { local, uri }: XmlElement,
  slots: ReadonlyMap<string, readonly Slot[]>,
  hasOthers: boolean,
): Slot | undefined {
  const named = slots.get(local);
  const first = named?.[0];
  if (named === undefined || first === undefined || first.uri === uri) return first;
  const exact = named.length === 1 ? undefined : named.find((one) => one.uri === uri);
  return exact ?? (hasOthers && uri !== '' ? undefined : first);
}

function textOf(read: ReadText): Read {
  return (element) => read(textIn(element));
}

function fillAttributes(
  slots: readonly AttributeSlot[],
  element: XmlElement,
  members: Members,
): void {
  if (element.attributes.length === 0) return;
  for (const { name, local, uri, read } of slots) {
    const text = attributeOf(element, local, uri);
    if (text !== undefined) members.set(name, read(text));
  }
}

function fillText({ children }: XmlElement, members: Members): void {
  const text = children.filter((one) => typeof one === 'string').join('');
  if (text.trim() !== '') members.set(TEXT, text.trim());
}
