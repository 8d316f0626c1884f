/** Writers of what stands inside of complex types. */
import { ownMember, type JsonObject } from '../../../kernel/index.ts';
import type { Field, ShapeTable } from '../shape/fields.ts';
import { TEXT, type ComplexShape, type ElementShape, type GroupShape } from '../shape/shape.ts';
import { escapeText, isXmlText } from '../xml/write.ts';
import { valuesOf, writeValues } from './element-values.ts';
import { writeGroup, type Left } from './group-writer.ts';
import type { WriteElement, Writing } from './writing.ts';

/** Writes what stands inside of an element, and its end. */
export type WriteContent = (value: JsonObject, writing: Writing, end: string) => string;

type WriteInner = (value: JsonObject, writing: Writing) => string;
type WriterOf = (shape: ElementShape) => WriteElement;

export function contentWriter(
  shape: ComplexShape,
  table: ShapeTable,
  writerOf: WriterOf,
): WriteContent {
  const fields = table.fieldsOf(shape);
  const plain = plainMembers(shape.content);
  const write =
    plain === undefined
      ? groupsWriter(shape, fields, writerOf)
      : membersWriter(plain, fields, writerOf);
  return (value, writing, end) => {
    const leading = shape.isMixed ? leadingText(value, writing) : '';
    const inner = leading + write(value, writing);
    return inner === '' ? '/>' : `>${inner}${end}`;
  };
}

/** Elements in their order where each stands at one place and there is nothing to choose. */
function plainMembers(content: GroupShape | null): readonly ElementShape[] | undefined {
  const members: ElementShape[] = [];
  const isPlain = ({ kind, min, max, items }: GroupShape): boolean => {
    if (min !== 1 || max !== 1 || (kind === 'choice' && items.length > 1)) return false;
    return items.every((item) => {
      if (item.kind === 'element') members.push(item);
      return item.kind === 'element' || (item.kind !== 'any' && isPlain(item));
    });
  };
  if (content !== null && !isPlain(content)) return undefined;
  const names = new Set(members.map(({ name }) => name));
  return names.size === members.length ? members : undefined;
}

function membersWriter(
  shapes: readonly ElementShape[],
  fields: ReadonlyMap<string, Field>,
  writerOf: WriterOf,
): WriteInner {
  const members = shapes.map((shape) => {
    const isList = fields.get(shape.name)?.isArray === true;
    return { shape, isList, write: writerOf(shape) };
  });
  return (value, writing) => {
    let written = '';
    for (const { shape, isList, write } of members) {
      const values = valuesOf(ownMember(value, shape.name), isList);
      written += writeValues(shape, values, write, writing);
    }
    return written;
  };
}

/** Where there is something to choose or to repeat, values go where there is a place for them. */
function groupsWriter(
  { content }: ComplexShape,
  fields: ReadonlyMap<string, Field>,
  writerOf: WriterOf,
): WriteInner {
  return (value, writing) => {
    const left: Left = new Map();
    for (const [name, { isArray }] of fields) {
      const values = valuesOf(ownMember(value, name), isArray);
      if (values.length > 0) left.set(name, [...values]);
    }
    const written = content === null ? '' : writeGroup(content, { left, writing, writerOf });
    for (const [name, values] of left) {
      if (values.length === 0) continue;
      const why = 'it cannot be given beside the others: the schema takes one or the other.';
      return writing.fail(why, name);
    }
    return written;
  };
}

function leadingText(value: JsonObject, writing: Writing): string {
  const text = ownMember(value, TEXT);
  if (typeof text !== 'string') return '';
  if (isXmlText(text)) return escapeText(text);
  return writing.fail('it has a character that XML cannot hold.', TEXT);
}
