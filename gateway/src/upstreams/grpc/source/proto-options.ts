/** The options of others that are understood here, as they stand in descriptors. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { UnknownField } from '@bufbuild/protobuf';
import type protobuf from 'protobufjs';
import { bytesOf, numberOf, readFields } from './wire-fields.ts';

/** `google.api.http` of methods. */
const HTTP = 72_295_728;
/** `google.api.field_behavior` of fields. */
const BEHAVIOR = 1052;

/** Fields of `google.api.HttpRule`. */
const VERBS: readonly (readonly [no: number, verb: string])[] = [
  [2, 'GET'],
  [3, 'PUT'],
  [4, 'POST'],
  [5, 'DELETE'],
  [6, 'PATCH'],
];
const BEHAVIORS: Readonly<Record<string, number>> = { REQUIRED: 2, OUTPUT_ONLY: 3 };

/** What `google.api.http` of a method says in a descriptor; undefined where it says nothing. */
export function httpOption(method: protobuf.Method): UnknownField | undefined {
  const parsed = valuesOf(method, '(google.api.http)');
  for (const value of parsed) {
    if (typeof value !== 'object' || value === null) continue;
    const found = Object.entries(value).find(([name]) => noOf(name) !== undefined);
    const no = noOf(found?.[0] ?? '');
    if (found === undefined || no === undefined) continue;
    const rule = new BinaryWriter().tag(no, WireType.LengthDelimited).string(String(found[1]));
    return delimited(HTTP, rule.finish());
  }
  return undefined;
}

function noOf(name: string): number | undefined {
  return VERBS.find(([, verb]) => verb.toLowerCase() === name)?.[0];
}

export function behaviorOptions(field: protobuf.FieldBase): UnknownField[] {
  return valuesOf(field, '(google.api.field_behavior)')
    .flat()
    .flatMap((value) => {
      const number = BEHAVIORS[String(value)];
      if (number === undefined) return [];
      const data = new BinaryWriter().uint32(number).finish();
      return [{ no: BEHAVIOR, wireType: WireType.Varint, data }];
    });
}

function valuesOf(object: protobuf.ReflectionObject, name: string): unknown[] {
  const parsed: readonly unknown[] = object.parsedOptions ?? [];
  return parsed.flatMap((each): unknown[] => {
    if (typeof each !== 'object' || each === null || !Object.hasOwn(each, name)) return [];
    const value: unknown = Reflect.get(each, name);
    return [value];
  });
}

function delimited(no: number, bytes: Uint8Array): UnknownField {
  const data = new BinaryWriter().bytes(bytes).finish();
  return { no, wireType: WireType.LengthDelimited, data };
}

interface WithOptions {
  readonly $unknown?: UnknownField[] | undefined;
}

export interface HttpRule {
  readonly verb: string;
  readonly path: string;
}

/** `google.api.http` in a descriptor. */
export function httpRuleIn(options: WithOptions | undefined): HttpRule | undefined {
  const [rule] = fieldsOf(options, HTTP).flatMap((fields) => bytesOf(fields, HTTP));
  const fields = rule === undefined ? [] : readFields(rule);
  for (const [no, verb] of VERBS) {
    const [path] = bytesOf(fields, no);
    if (path !== undefined) return { verb, path: Buffer.from(path).toString('utf8') };
  }
  return undefined;
}

/** Whether `google.api.field_behavior` in a descriptor says so. */
export function hasBehavior(
  options: WithOptions | undefined,
  wanted: 'REQUIRED' | 'OUTPUT_ONLY',
): boolean {
  const number = BEHAVIORS[wanted];
  return fieldsOf(options, BEHAVIOR).some((fields) =>
    fields.some((field) =>
      field.bytes.length > 0
        ? field.bytes.includes(number ?? 0)
        : numberOf([field], BEHAVIOR) === number,
    ),
  );
}

/** Each unknown field of a number, with its tag in front. */
function fieldsOf(options: WithOptions | undefined, no: number) {
  return (options?.$unknown ?? [])
    .filter((field) => field.no === no)
    .map(({ wireType, data }) =>
      readFields(Buffer.concat([new BinaryWriter().tag(no, wireType).finish(), data])),
    );
}
