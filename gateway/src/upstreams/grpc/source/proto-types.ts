/** Messages, enumerations and services of `.proto` text as descriptors. */
import { create, isFieldSet } from '@bufbuild/protobuf';
import {
  DescriptorProto_ExtensionRangeSchema,
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  EnumOptionsSchema,
  EnumValueDescriptorProtoSchema,
  EnumValueOptionsSchema,
  FieldDescriptorProtoSchema,
  MessageOptionsSchema,
  MethodDescriptorProtoSchema,
  MethodOptions_IdempotencyLevel,
  MethodOptionsSchema,
  OneofDescriptorProtoSchema,
  ServiceDescriptorProtoSchema,
  ServiceOptionsSchema,
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  type MethodDescriptorProto,
  type ServiceDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import { fieldOf } from './proto-fields.ts';
import { featuresOf } from './proto-features.ts';
import { httpOption } from './proto-options.ts';
import { join, type Scope } from './proto-scope.ts';
import type { TextContext } from './text-context.ts';

export function messageOf(
  type: protobuf.Type,
  from: string,
  path: readonly number[],
  context: TextContext,
): DescriptorProto {
  const full = join(from, type.name);
  context.notes.add(path, type.comment);
  const message = create(DescriptorProtoSchema, { name: type.name });
  const features = featuresOf(type);
  const deprecated = type.options?.['deprecated'] === true;
  if (features !== undefined || deprecated) {
    message.options = create(MessageOptionsSchema, {
      deprecated,
      ...(features === undefined ? {} : { features }),
    });
  }
  addFields(message, type, full, path, context);
  message.extensionRange = (type.extensions ?? [])
    .filter((each): each is number[] => Array.isArray(each))
    .map(([start = 0, end = 0]) =>
      create(DescriptorProto_ExtensionRangeSchema, { start, end: end + 1 }),
    );
  for (const each of type.nestedArray) {
    if (each instanceof protobuf.Type) {
      const at = [...path, 3, message.nestedType.length];
      message.nestedType.push(messageOf(each, full, at, context));
    } else if (each instanceof protobuf.Enum) {
      message.enumType.push(enumOf(each, [...path, 4, message.enumType.length], context));
    } else if (each instanceof protobuf.Field) {
      const extension = extensionOf(each, full, context);
      if (extension !== undefined) message.extension.push(extension);
    }
  }
  return message;
}

/** A field that a message gets from outside. @param from full name of what it stands in */
export function extensionOf(
  field: protobuf.Field,
  from: string,
  context: TextContext,
): FieldDescriptorProto | undefined {
  const extended = context.scope.resolve(field.extend ?? '', from, join(from, field.name));
  const made = extended === undefined ? undefined : fieldOf(field, from, context);
  if (extended === undefined || made === undefined) return undefined;
  made.field.extendee = extended.name;
  return made.field;
}

function addFields(
  message: DescriptorProto,
  type: protobuf.Type,
  full: string,
  path: readonly number[],
  context: TextContext,
): void {
  // Those that a field makes for itself stand behind the written ones, as protoc has them.
  const oneofs = Object.values(type.oneofs ?? {});
  const ordered = [...oneofs].sort((a, b) => Number(isOwn(a)) - Number(isOwn(b)));
  for (const each of Object.values(type.fields)) {
    // What extends a message of the same file stands in it for the parser, too.
    const made = each.declaringField === null ? fieldOf(each, full, context) : undefined;
    if (made === undefined) continue;
    const { field, entry } = made;
    const { partOf } = each;
    if (partOf) field.oneofIndex = ordered.indexOf(partOf);
    if (partOf && isOwn(partOf)) field.proto3Optional = true;
    context.notes.add([...path, 2, message.field.length], each.comment);
    message.field.push(field);
    if (entry !== undefined) message.nestedType.push(entry);
  }
  ordered.forEach((each, at) => {
    const own = message.field.filter((one) => has(one) && one.oneofIndex === at);
    if (own.length === 0) return;
    context.notes.add([...path, 8, message.oneofDecl.length], each.comment);
    for (const one of own) one.oneofIndex = message.oneofDecl.length;
    message.oneofDecl.push(create(OneofDescriptorProtoSchema, { name: each.name }));
  });
}

function has(field: FieldDescriptorProto): boolean {
  return isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex);
}

function isOwn(oneof: protobuf.OneOf): boolean {
  return oneof.fieldsArray.length === 1 && oneof.isProto3Optional;
}

export function enumOf(
  type: protobuf.Enum,
  path: readonly number[],
  context: TextContext,
): EnumDescriptorProto {
  context.notes.add(path, type.comment);
  const allowAlias = type.options?.['allow_alias'] === true;
  const features = featuresOf(type);
  const deprecated = type.options?.['deprecated'] === true;
  const made = create(EnumDescriptorProtoSchema, { name: type.name });
  if (allowAlias || deprecated || features !== undefined) {
    made.options = create(EnumOptionsSchema, {
      ...(allowAlias ? { allowAlias } : {}),
      ...(deprecated ? { deprecated } : {}),
      ...(features === undefined ? {} : { features }),
    });
  }
  for (const [name, number] of Object.entries(type.values)) {
    const value = create(EnumValueDescriptorProtoSchema, { name, number });
    if (type.valuesOptions?.[name]?.['deprecated'] === true) {
      value.options = create(EnumValueOptionsSchema, { deprecated: true });
    }
    context.notes.add([...path, 2, made.value.length], type.comments[name]);
    made.value.push(value);
  }
  return made;
}

export function serviceOf(
  service: protobuf.Service,
  from: string,
  path: readonly number[],
  context: TextContext,
): ServiceDescriptorProto {
  context.notes.add(path, service.comment);
  const made = create(ServiceDescriptorProtoSchema, { name: service.name });
  if (service.options?.['deprecated'] === true) {
    made.options = create(ServiceOptionsSchema, { deprecated: true });
  }
  for (const each of Object.values(service.methods)) {
    const method = methodOf(each, join(from, service.name), context.scope);
    if (method === undefined) continue;
    context.notes.add([...path, 2, made.method.length], each.comment);
    made.method.push(method);
  }
  return made;
}

const LEVELS: Readonly<Record<string, MethodOptions_IdempotencyLevel>> = {
  NO_SIDE_EFFECTS: MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
  IDEMPOTENT: MethodOptions_IdempotencyLevel.IDEMPOTENT,
};

function methodOf(
  method: protobuf.Method,
  service: string,
  scope: Scope,
): MethodDescriptorProto | undefined {
  const at = `${service}/${method.name}`;
  const input = scope.resolve(method.requestType, service, at);
  const output = scope.resolve(method.responseType, service, at);
  if (input?.kind !== 'message' || output?.kind !== 'message') return undefined;
  const idempotencyLevel = LEVELS[String(method.options?.['idempotency_level'] ?? '')];
  const http = httpOption(method);
  const options = create(MethodOptionsSchema, {
    ...(method.options?.['deprecated'] === true ? { deprecated: true } : {}),
    ...(idempotencyLevel === undefined ? {} : { idempotencyLevel }),
  });
  if (http !== undefined) options.$unknown = [http];
  return create(MethodDescriptorProtoSchema, {
    name: method.name,
    inputType: input.name,
    outputType: output.name,
    clientStreaming: method.requestStream === true,
    serverStreaming: method.responseStream === true,
    options,
  });
}
