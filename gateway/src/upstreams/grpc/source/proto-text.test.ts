import { expect, test } from 'vitest';
import { createFileRegistry, create } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { findMethods, matches } from '../index/find-methods.ts';
import { compileMethod } from '../compile/method.ts';
import { createCodec } from '../call/codec.ts';
import { Comments } from './comments.ts';
import { orderFiles } from './descriptors.ts';
import { Scope } from './proto-scope.ts';
import { parseProto, toDescriptor } from './proto-text.ts';

const TEXT = `syntax = "proto3";
package shop.v1;
// The shop.
service Orders {
  // Gets an order. It is cheap.
  rpc GetOrder(Order) returns (Order);
  rpc Talk(stream Order) returns (stream Order);
  rpc DeleteOrder(Order) returns (Order) { option deprecated = true; }
}
message Order {
  // Its number.
  int64 number = 1 [(google.api.field_behavior) = REQUIRED];
  oneof by { string name = 2; Order parent = 3; }
  map<int32, Order> parts = 4;
  optional bool is_open = 5;
  string made_by = 6 [(google.api.field_behavior) = OUTPUT_ONLY];
  Gone gone = 7;
}`;

function opened() {
  const parsed = parseProto('shop.proto', TEXT);
  if (typeof parsed === 'string') throw new Error(parsed);
  const scope = new Scope();
  scope.addText(parsed);
  const ordered = orderFiles([toDescriptor(parsed, scope)]);
  if (typeof ordered === 'string') throw new Error(ordered);
  const registry = createFileRegistry(
    create(FileDescriptorSetSchema, { file: [...ordered.files] }),
  );
  return { registry, scope };
}

const ALL = { services: [], exclude: [], isBidirectional: false, offered: undefined };

test('methods become operations, with names, words, effects and what is left out', () => {
  const { registry, scope } = opened();
  const found = findMethods(registry, ALL, new Map(), new Comments());
  expect(
    found.operations.map(({ key, name, summary, effects, isDeprecated }) => {
      return [key, name, summary, effects.effect, isDeprecated];
    }),
  ).toEqual([
    ['grpc:shop.v1.Orders/GetOrder', 'get_order', 'Gets an order.', 'read', false],
    [
      'grpc:shop.v1.Orders/DeleteOrder',
      'delete_order',
      'Calls shop.v1.Orders/DeleteOrder.',
      'destroy',
      true,
    ],
  ]);
  expect(found.skipped.map(({ what }) => what)).toEqual(['shop.v1.Orders/Talk']);
  expect(scope.unknown).toEqual([{ type: 'Gone', at: 'shop.v1.Order.gone' }]);
});

test('a message that holds itself is a definition, and its choices are told', () => {
  const [service] = [...opened().registry].filter((each) => each.kind === 'service');
  const method = service?.methods[0];
  if (method === undefined) throw new Error('no method');
  const { input } = compileMethod(method, new Comments());
  expect(input).toMatchObject({
    description: expect.stringContaining('At most one of name, parent.'),
    required: ['number'],
    properties: { number: { type: ['string', 'integer'] }, isOpen: { type: 'boolean' } },
    $defs: { Order: { type: 'object' } },
  });
  expect(Object.keys(input['properties'] ?? {})).toEqual([
    'number',
    'name',
    'parent',
    'parts',
    'isOpen',
  ]);
});

test('arguments become bytes and bytes JSON; what does not fit is told by its name', () => {
  const { registry } = opened();
  const method = registry.getService('shop.v1.Orders')?.methods[0];
  if (method === undefined) throw new Error('no method');
  const codec = createCodec(method, registry);
  const values = { number: '9007199254740993', parts: { 7: { isOpen: false } } };
  const [bytes] = codec.encode(values) as Uint8Array[];
  expect(codec.decode(bytes ?? new Uint8Array())).toEqual(values);
  expect(codec.encode({ number: 'x' })).toMatchObject({ kind: 'unsendable', argument: 'number' });
});

test.each([
  ['shop.*', 'shop.v1.Orders', true],
  ['*Orders', 'shop.v1.Orders', true],
  ['shop.*.Orders', 'shop.v1.Orders', true],
  ['shop.v1', 'shop.v1.Orders', false],
  ['a*a', 'a', false],
])('%s fits %s: %s', (pattern, name, fits) => {
  expect(matches(pattern, name)).toBe(fits);
});

test('text that is none says where', () => {
  expect(parseProto('x.proto', 'message {')).toMatch(/line 1/);
  expect(parseProto('x.proto', 'message A {'.repeat(200))).toMatch(/nest/);
});
