import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  create,
  createFileRegistry,
  fromBinary,
  ScalarType,
  toBinary,
  type DescField,
  type DescMessage,
  type FileRegistry,
  type Message,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import { isJsonObject, parseExact, stringifyExact, type Json } from '../../../kernel/index.ts';
import { Scope } from '../source/proto-scope.ts';
import { parseProto, toDescriptor } from '../source/proto-text.ts';
import { createCodec } from './codec.ts';

const SCALARS =
  'double float int64 uint64 int32 fixed64 fixed32 bool string bytes uint32 sfixed32 sfixed64 sint32 sint64'.split(
    ' ',
  );
const KEYS =
  'int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string'.split(
    ' ',
  );

/** A field as text: its kind, and what it is of. Messages are M0 to M2, which hold each other. */
const type = fc.oneof(fc.constantFrom(...SCALARS), fc.constantFrom('E', 'M0', 'M1', 'M2'));
const field = fc.oneof(
  type.map((of) => of),
  fc.constantFrom(...SCALARS, 'E').map((of) => `optional ${of}`),
  type.map((of) => `repeated ${of}`),
  fc.tuple(fc.constantFrom(...KEYS), type).map(([key, of]) => `map<${key}, ${of}>`),
);
const message = fc.record({
  fields: fc.array(field, { minLength: 1, maxLength: 8 }),
  choices: fc.array(type, { maxLength: 4 }),
});

/** `.proto` text of three messages, the field `f3` of number 4 and so on. */
const text = fc.tuple(message, message, message).map((all) => {
  const bodies = all.map(({ fields, choices }, at) => {
    const lines = fields.map((of, no) => `${of} f_${no} = ${no + 1};`);
    const members = choices.map((of, no) => `${of} c_${no} = ${no + 100};`);
    const oneof = members.length === 0 ? '' : `oneof by { ${members.join(' ')} }`;
    return `message M${at} { ${lines.join(' ')} ${oneof} }`;
  });
  return `syntax = "proto3"; package p;
enum E { E_ZERO = 0; E_ONE = 1; E_LEAST = -5; E_MANY = 2147483647; }
service S { rpc Do(M0) returns (M0); } ${bodies.join('\n')}`;
});

function registryOf(source: string): FileRegistry {
  const parsed = parseProto('p.proto', source);
  if (typeof parsed === 'string') throw new Error(parsed);
  const scope = new Scope();
  scope.addText(parsed);
  const file = [toDescriptor(parsed, scope)];
  return createFileRegistry(create(FileDescriptorSetSchema, { file }));
}

/** A generator of values, so that a message is as random as what it is drawn from. */
type Draw = <T>(arb: fc.Arbitrary<T>) => T;

const INT32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const UINT32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const INT64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const UINT64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const VALUES: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  [ScalarType.DOUBLE]: fc.double(),
  [ScalarType.FLOAT]: fc.float(),
  [ScalarType.INT64]: INT64,
  [ScalarType.UINT64]: UINT64,
  [ScalarType.INT32]: INT32,
  [ScalarType.FIXED64]: UINT64,
  [ScalarType.FIXED32]: UINT32,
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.STRING]: fc.string({ unit: 'grapheme', maxLength: 8 }),
  [ScalarType.BYTES]: fc.uint8Array({ maxLength: 8 }),
  [ScalarType.UINT32]: UINT32,
  [ScalarType.SFIXED32]: INT32,
  [ScalarType.SFIXED64]: INT64,
  [ScalarType.SINT32]: INT32,
  [ScalarType.SINT64]: INT64,
};

function drawMessage(desc: DescMessage, draw: Draw, depth: number): Message {
  const made: Record<string, unknown> = {};
  for (const each of desc.fields) {
    if (!draw(fc.boolean())) continue;
    if (depth > 3 && each.message !== undefined) continue;
    const value = drawField(each, draw, depth);
    if (each.oneof === undefined) made[each.localName] = value;
    else made[each.oneof.localName] = { case: each.localName, value };
  }
  return create(desc, made);
}

function drawField(each: DescField, draw: Draw, depth: number): unknown {
  const one = (): unknown => {
    if (each.message !== undefined) return drawMessage(each.message, draw, depth + 1);
    if (each.enum !== undefined) return draw(fc.constantFrom(0, 1, -5, 2_147_483_647, 77));
    return each.scalar === undefined ? undefined : draw(VALUES[each.scalar]);
  };
  const count = draw(fc.integer({ min: 0, max: 3 }));
  if (each.fieldKind === 'list') return Array.from({ length: count }, one);
  if (each.fieldKind !== 'map') return one();
  const keys = Array.from({ length: count }, () => String(draw(VALUES[each.mapKey])));
  return Object.fromEntries(keys.map((key) => [key, one()]));
}

test('random messages of random descriptors come back as they were, over JSON as callers have it', () => {
  fc.assert(
    fc.property(text, fc.gen(), (source, gen) => {
      const registry = registryOf(source);
      const method = registry.getService('p.S')?.methods[0];
      if (method === undefined) throw new Error('no method');
      const codec = createCodec(method, registry);
      const drawn = drawMessage(method.input, (arb) => gen(() => arb), 0);
      const bytes = toBinary(method.input, drawn);
      const json: Json = parseExact(stringifyExact(codec.decode(bytes)));
      if (!isJsonObject(json)) throw new Error('no object');
      const encoded = codec.encode(json);
      if ('kind' in encoded) throw new Error(`${encoded.argument} ${encoded.text}`);
      const [again = new Uint8Array()] = encoded;
      expect(hexOf(again)).toBe(hexOf(bytes));
      expect(codec.weigh(bytes, Infinity)).toBeGreaterThanOrEqual(bytes.length);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

test('another implementation reads the same of what is sent', () => {
  fc.assert(
    fc.property(text, fc.gen(), (source, gen) => {
      const registry = registryOf(source);
      const method = registry.getService('p.S')?.methods[0];
      if (method === undefined) throw new Error('no method');
      const codec = createCodec(method, registry);
      const drawn = drawMessage(method.input, (arb) => gen(() => arb), 0);
      const json = codec.decode(toBinary(method.input, drawn));
      const encoded = isJsonObject(json) ? codec.encode(json) : [];
      if ('kind' in encoded) throw new Error(`${encoded.argument} ${encoded.text}`);
      const [sent = new Uint8Array()] = encoded;
      const { root } = protobuf.parse(source, { keepCase: true });
      const other = root.lookupType('p.M0');
      const back = other.encode(other.decode(sent)).finish();
      const read = toBinary(method.input, fromBinary(method.input, back));
      expect(hexOf(read)).toBe(hexOf(toBinary(method.input, drawn)));
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

/** Equal messages are equal bytes here, and NaN equals itself. */
function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
