import { describe, expect, test } from 'vitest';
import { create, toBinary } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { parseExact, stringifyExact, type JsonObject, type Json } from '../../../kernel/index.ts';
import { openProto, type TestProto } from './test-proto.ts';

const NUMBERS = `syntax = "proto3";
message M {
  double d = 1; float f = 2; int64 i = 3; uint64 u = 4; int32 n = 5; repeated double ds = 6;
  repeated float fs = 7; map<string, double> dm = 8; map<bool, sint64> bm = 9; fixed64 x = 10;
  optional M inner = 11; repeated M each = 12; bool b = 13; string s = 14; bytes raw = 15;
}`;

/** As a caller writes arguments, and as a caller reads the answer. */
function roundTrip({ codec }: TestProto, written: string): string {
  const values = parseExact(written) as JsonObject;
  const messages = codec.encode(values);
  if ('kind' in messages) return `${messages.argument}: ${messages.text}`;
  return stringifyExact(codec.decode(messages[0] ?? new Uint8Array()));
}

describe('numbers by the JSON mapping of proto3', () => {
  const proto = openProto(NUMBERS);
  test.each([
    ['{"d":"NaN","f":"NaN"}', '{"d":"NaN","f":"NaN"}'],
    ['{"d":"Infinity","f":"-Infinity"}', '{"d":"Infinity","f":"-Infinity"}'],
    ['{"d":-0.0,"f":-0}', '{"d":-0,"f":-0}'],
    ['{"ds":[0,-0.0,1.5],"dm":{"a":-0.0}}', '{"ds":[0,-0,1.5],"dm":{"a":-0}}'],
    ['{"inner":{"d":-0.0},"each":[{"f":-0.0}]}', '{"inner":{"d":-0},"each":[{"f":-0}]}'],
    [
      '{"f":0.1,"fs":[3.4028235e38,1e-45,16777217,0.3]}',
      '{"f":0.1,"fs":[3.4028235e+38,1.4013e-45,16777216,0.3]}',
    ],
    [
      '{"d":0.1,"ds":[1.7976931348623157e308,5e-324]}',
      '{"d":0.1,"ds":[1.7976931348623157e+308,5e-324]}',
    ],
    ['{"d":"1.5","f":"-2.5e1"}', '{"d":1.5,"f":-25}'],
    [
      '{"i":9007199254740993,"u":18446744073709551615}',
      '{"i":"9007199254740993","u":"18446744073709551615"}',
    ],
    ['{"i":"-9223372036854775808","x":"1"}', '{"i":"-9223372036854775808","x":"1"}'],
    ['{"i":5.0,"u":1e19,"n":1e3}', '{"i":"5","u":"10000000000000000000","n":1000}'],
    [
      '{"bm":{"true":"-1","false":9223372036854775807}}',
      '{"bm":{"true":"-1","false":"9223372036854775807"}}',
    ],
    ['{"raw":"AP8="}', '{"raw":"AP8="}'],
    ['{"raw":"_-8"}', '{"raw":"/+8="}'],
    ['{"s":"\\ud83d\\ude00\\u0000"}', '{"s":"😀\\u0000"}'],
    ['{"d":null,"each":null}', '{}'],
  ])('%s', (written, read) => {
    expect(roundTrip(proto, written)).toBe(read);
  });

  test.each([
    ['{"i":9223372036854775808}', 'i: '],
    ['{"u":-1}', 'u: '],
    ['{"n":1.5}', 'n: '],
    ['{"f":1e39}', 'f: '],
    ['{"d":"1e400"}', 'd: '],
    ['{"d":"many"}', 'd: '],
    ['{"inner":{"each":[{},{"inner":{"n":"x"}}]}}', 'inner.each[1].inner.n: '],
    ['{"dm":{"a":1,"b":"c"}}', 'dm.b: '],
    ['{"ds":[1,2,"c"]}', 'ds[2]: '],
    ['{"raw":"?"}', 'raw: '],
    ['{"s":"\\ud800"}', 's: '],
    ['{"inner":{"nobody":1}}', 'inner.nobody: '],
  ])('%s is told by its name', (written, told) => {
    expect(roundTrip(proto, written).slice(0, told.length)).toBe(told);
    expect(roundTrip(proto, written)).toMatch(/[.!?]$/);
  });
});

describe('messages that JSON writes otherwise', () => {
  const proto = openProto(`syntax = "proto3";
import "google/protobuf/any.proto"; import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto"; import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto"; import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
enum Level { LOW = 0; HIGH = 5; }
message M {
  google.protobuf.Any any = 1; google.protobuf.Duration takes = 2; google.protobuf.Empty none = 3;
  google.protobuf.FieldMask mask = 4; google.protobuf.Struct open = 5; google.protobuf.Value v = 6;
  google.protobuf.Timestamp at = 7; google.protobuf.DoubleValue dv = 8;
  google.protobuf.FloatValue fv = 16; google.protobuf.Int64Value lv = 9;
  google.protobuf.ListValue list = 10; Level level = 11; repeated Level levels = 12;
  oneof by { string name = 13; google.protobuf.NullValue nothing = 14; M other = 15; }
}`);
  test.each([
    ['{"takes":"-1.500s","at":"2026-01-31T12:00:00.123456789Z"}'],
    ['{"none":{},"mask":"a,bC.dE"}'],
    ['{"open":{"a":[1,"b",null,{"c":-0,"d":true}]},"v":-0.5,"list":[-0,[]]}'],
    ['{"v":null}'],
    ['{"v":"x","dv":-0,"fv":0.1,"lv":"0"}'],
    ['{"dv":"NaN","fv":"Infinity"}'],
    ['{"level":"HIGH","levels":["LOW","HIGH"]}'],
    ['{"name":""}'],
    ['{"nothing":null}'],
    ['{"other":{"other":{"fv":0.1}}}'],
    ['{"any":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"3s"}}'],
    ['{"any":{"@type":"type.googleapis.com/M","name":"a"}}'],
  ])('%s', (written) => {
    expect(parseExact(roundTrip(proto, written))).toEqual(parseExact(written));
  });

  test('a value of an enumeration that nobody named is a number', () => {
    expect(roundTrip(proto, '{"levels":["LOW",77]}')).toBe('{"levels":["LOW",77]}');
  });

  test('two of a choice are refused, and a duration that is none', () => {
    expect(roundTrip(proto, '{"name":"a","other":{}}')).toMatch(/^The arguments: .*by/);
    expect(roundTrip(proto, '{"other":{"takes":"soon"}}')).toMatch(/^other\.takes: /);
    expect(roundTrip(proto, '{"any":{"@type":"type.googleapis.com/Gone"}}')).toMatch(/^any: /);
  });

  test('what is of a type that nobody described is shown as bytes, and takes no other with it', () => {
    const unknown = create(AnySchema, {
      typeUrl: 'type.googleapis.com/shop.Gone',
      value: new Uint8Array([1, 2, 3]),
    });
    const bytes = Buffer.concat([
      field(1, toBinary(AnySchema, unknown)),
      field(13, Buffer.from('a')),
    ]);
    const shown = { '@type': 'type.googleapis.com/shop.Gone', value: 'AQID' };
    expect(proto.codec.decode(bytes)).toEqual({ any: shown, name: 'a' });
    const outer = create(AnySchema, { typeUrl: 'type.googleapis.com/M', value: bytes });
    expect(proto.codec.decode(field(1, toBinary(AnySchema, outer)))).toEqual({
      any: { '@type': 'type.googleapis.com/M', any: shown, name: 'a' },
    });
  });
});

describe('proto2 and editions', () => {
  const proto2 = openProto(`syntax = "proto2";
message M {
  required string name = 1;
  optional int32 count = 2 [default = 7];
  optional group Part = 3 { optional string id = 4; repeated group Leaf = 5 { optional int32 n = 1; } }
  extensions 100 to 199;
  optional Level level = 6 [default = HIGH];
  repeated int32 packed = 7 [packed = true];
}
enum Level { LOW = 0; HIGH = 1; }
extend M { optional string note = 100; repeated M more = 101; }
service S { rpc Do(M) returns (M); }`);
  const edition = openProto(`edition = "2023";
package shop;
option features.field_presence = IMPLICIT;
message M {
  string name = 1 [features.field_presence = LEGACY_REQUIRED];
  int32 count = 2;
  int32 told = 3 [features.field_presence = EXPLICIT];
  M part = 4 [features.message_encoding = DELIMITED];
  repeated int32 spread = 5 [features.repeated_field_encoding = EXPANDED];
}
service S { rpc Do(M) returns (M); }`);

  test.each([
    ['{"name":"a","part":{"id":"x","leaf":[{"n":1},{}]}}'],
    ['{"name":"a","count":0,"level":"LOW","packed":[1,2]}'],
    ['{"name":"a","[note]":"b","[more]":[{"name":"c"}]}'],
  ])('proto2: %s', (written) => {
    expect(JSON.parse(roundTrip(proto2, written))).toEqual(JSON.parse(written));
  });

  test('what is required is asked for, and an answer without it is none', () => {
    expect(roundTrip(proto2, '{"count":1}')).toContain('required');
    expect(() => proto2.codec.decode(new Uint8Array())).toThrow(/required/);
  });

  test('groups are on the wire as groups, packed numbers as one', () => {
    expect(hexOf(proto2, { name: '', part: { id: 'x' } })).toBe(
      '0a00 1b 220178 1c'.replaceAll(' ', ''),
    );
    expect(hexOf(proto2, { name: '', packed: [1, 2] })).toBe('0a003a020102');
  });

  test('features of an edition hold from the file down to the field', () => {
    expect(hexOf(edition, { name: 'a', count: 0, told: 0 })).toBe('0a01611800');
    expect(hexOf(edition, { name: 'a', part: { name: 'b' } })).toBe(
      '0a0161 23 0a0162 24'.replaceAll(' ', ''),
    );
    expect(hexOf(edition, { name: 'a', spread: [1, 2] })).toBe('0a016128012802');
    expect(roundTrip(edition, '{"told":1}')).toContain('required');
  });
});

test('a list of messages is told by the position of what does not fit', () => {
  const proto = openProto(`syntax = "proto3"; message M { int32 n = 1; M m = 2; }
service S { rpc Do(stream M) returns (M); }`);
  expect(proto.codec.encode({ messages: [{}, { m: { n: 'x' } }] })).toMatchObject({
    argument: 'messages[1].m.n',
  });
  expect(proto.codec.encode({ messages: [{ n: 1 }, {}] })).toEqual([
    new Uint8Array([8, 1]),
    new Uint8Array(),
  ]);
});

test('messages that nest too deep are refused in both directions', () => {
  const proto = openProto('syntax = "proto3"; message M { M m = 1; }');
  let value: Json = {};
  let bytes: Buffer = Buffer.alloc(0);
  for (let at = 0; at < 150; at++) {
    value = { m: value };
    bytes = field(1, bytes);
  }
  expect(proto.codec.encode(value as JsonObject)).toMatchObject({ kind: 'unsendable' });
  expect(() => proto.codec.decode(bytes)).toThrow();
});

describe('what a message weighs', () => {
  const proto = openProto(NUMBERS);
  test.each([
    ['empty messages', Buffer.from('6200'.repeat(5000), 'hex'), 60],
    ['numbers', Buffer.from('2801'.repeat(5000), 'hex'), 15],
    ['packed numbers', field(7, Buffer.alloc(20_000)), 0.5],
    ['entries of a map', Buffer.from('4a0408011001'.repeat(5000), 'hex'), 60],
  ])('%s', (_name, bytes, each) => {
    expect(proto.codec.weigh(bytes, Infinity)).toBeGreaterThan(bytes.length + 5000 * each);
    expect(proto.codec.weigh(bytes, 1000)).toBeGreaterThan(1000);
  });

  test.each([
    ['one text', field(14, Buffer.alloc(100_000, 'a'))],
    ['nothing', Buffer.alloc(0)],
    ['no message', Buffer.alloc(100, 0xff)],
  ])('%s weighs what it is long', (_name, bytes) => {
    expect(proto.codec.weigh(bytes, Infinity)).toBeLessThan(bytes.length + 100);
  });
});

function hexOf({ codec }: TestProto, values: JsonObject): string {
  const messages = codec.encode(values);
  if ('kind' in messages) throw new Error(messages.text);
  return Buffer.from(messages[0] ?? []).toString('hex');
}

/** A field with a length. */
function field(no: number, value: Uint8Array): Buffer {
  const length: number[] = [];
  for (let left = value.length; ; left = Math.floor(left / 128)) {
    length.push(left >= 128 ? (left % 128) + 128 : left);
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from([no * 8 + 2, ...length]), value]);
}
