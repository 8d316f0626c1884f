/** Fields of `.proto` text as descriptors. */
import { create } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  MessageOptionsSchema,
  type DescriptorProto,
  type FieldDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import { featuresOf } from './proto-features.ts';
import { behaviorOptions } from './proto-options.ts';
import { join } from './proto-scope.ts';
import type { TextContext } from './text-context.ts';

const SCALARS: ReadonlyMap<string, FieldDescriptorProto_Type> = new Map([
  ['double', FieldDescriptorProto_Type.DOUBLE],
  ['float', FieldDescriptorProto_Type.FLOAT],
  ['int64', FieldDescriptorProto_Type.INT64],
  ['uint64', FieldDescriptorProto_Type.UINT64],
  ['int32', FieldDescriptorProto_Type.INT32],
  ['fixed64', FieldDescriptorProto_Type.FIXED64],
  ['fixed32', FieldDescriptorProto_Type.FIXED32],
  ['bool', FieldDescriptorProto_Type.BOOL],
  ['string', FieldDescriptorProto_Type.STRING],
  ['bytes', FieldDescriptorProto_Type.BYTES],
  ['uint32', FieldDescriptorProto_Type.UINT32],
  ['sfixed32', FieldDescriptorProto_Type.SFIXED32],
  ['sfixed64', FieldDescriptorProto_Type.SFIXED64],
  ['sint32', FieldDescriptorProto_Type.SINT32],
  ['sint64', FieldDescriptorProto_Type.SINT64],
]);

export interface MadeField {
  readonly field: FieldDescriptorProto;
  /** The message that a map is a list of. */
  readonly entry: DescriptorProto | undefined;
}

/** @param owner full name of its message. @returns undefined where nobody knows its type */
export function fieldOf(
  field: protobuf.Field,
  owner: string,
  context: TextContext,
): MadeField | undefined {
  const at = join(owner, field.name);
  const typed = typeOf(field.type, owner, at, context);
  if (typed === undefined) return undefined;
  const { options, name, id: number } = field;
  const jsonName = typeof options?.['json_name'] === 'string' ? options['json_name'] : camel(name);
  if (field instanceof protobuf.MapField) return mapOf(field, typed, owner, jsonName, context);
  const made = create(FieldDescriptorProtoSchema, {
    name,
    number,
    jsonName,
    label: labelOf(field),
    ...typed,
    options: optionsOf(field),
  });
  if (isGroup(field)) made.type = FieldDescriptorProto_Type.GROUP;
  const text = defaultText(options?.['default']);
  if (text !== undefined) made.defaultValue = text;
  return { field: made, entry: undefined };
}

type Typed = Pick<FieldDescriptorProto, 'type' | 'typeName'>;

function typeOf(
  type: string,
  owner: string,
  at: string,
  { scope }: TextContext,
): Typed | undefined {
  const scalar = SCALARS.get(type);
  if (scalar !== undefined) return { type: scalar, typeName: '' };
  const found = scope.resolve(type, owner, at);
  if (found === undefined) return undefined;
  const { MESSAGE, ENUM } = FieldDescriptorProto_Type;
  return { type: found.kind === 'message' ? MESSAGE : ENUM, typeName: found.name };
}

function mapOf(
  field: protobuf.MapField,
  typed: Typed,
  owner: string,
  jsonName: string,
  context: TextContext,
): MadeField {
  const { name, id: number } = field;
  const entryName = `${upperCamel(name)}Entry`;
  const part = (part: string, no: number, of: Typed): FieldDescriptorProto =>
    create(FieldDescriptorProtoSchema, {
      name: part,
      jsonName: part,
      number: no,
      label: FieldDescriptorProto_Label.OPTIONAL,
      ...of,
    });
  const key = typeOf(field.keyType, owner, join(owner, name), context);
  const entry = create(DescriptorProtoSchema, {
    name: entryName,
    options: create(MessageOptionsSchema, { mapEntry: true }),
    field: [
      part('key', 1, key ?? { type: FieldDescriptorProto_Type.STRING, typeName: '' }),
      part('value', 2, typed),
    ],
  });
  const made = create(FieldDescriptorProtoSchema, {
    name,
    number,
    jsonName,
    label: FieldDescriptorProto_Label.REPEATED,
    type: FieldDescriptorProto_Type.MESSAGE,
    typeName: `.${join(owner, entryName)}`,
    options: optionsOf(field),
  });
  return { field: made, entry };
}

function labelOf({ rule }: protobuf.Field): FieldDescriptorProto_Label {
  if (rule === 'repeated') return FieldDescriptorProto_Label.REPEATED;
  return rule === 'required'
    ? FieldDescriptorProto_Label.REQUIRED
    : FieldDescriptorProto_Label.OPTIONAL;
}

function optionsOf(field: protobuf.FieldBase) {
  const { options } = field;
  const features = featuresOf(field);
  const made = create(FieldOptionsSchema, {
    ...(options?.['deprecated'] === true ? { deprecated: true } : {}),
    ...(typeof options?.['packed'] === 'boolean' ? { packed: options['packed'] } : {}),
    ...(features === undefined ? {} : { features }),
  });
  const behaviors = behaviorOptions(field);
  if (behaviors.length > 0) made.$unknown = behaviors;
  return made;
}

/** As descriptors write it; undefined for none, and for numbers of which the parser lost digits. */
function defaultText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return undefined;
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
}

function isGroup({ parent, type }: protobuf.Field): boolean {
  const nested = parent instanceof protobuf.Namespace ? parent.get(type) : null;
  return nested instanceof protobuf.Type && Reflect.get(nested, 'group') === true;
}

/** As protoc makes JSON names: without underscores, the letter behind each in upper case. */
function camel(name: string): string {
  return name.replace(/_+(.?)/g, (_whole, letter: string) => letter.toUpperCase());
}

function upperCamel(name: string): string {
  const made = camel(name);
  return made.slice(0, 1).toUpperCase() + made.slice(1);
}
