/** What schemas of tools say, facet by facet. */
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../kernel/index.ts';
import { callOf, opened, service } from '../test-service.ts';

function inputOf(inner: string, schema = ''): JsonObject {
  const whole = `${schema}<xs:element name="In"><xs:complexType><xs:sequence>${inner}</xs:sequence></xs:complexType></xs:element>`;
  return callOf(opened(service({ schema: whole }))).input;
}

const restricted = (base: string, facets: string): string =>
  `<xs:element name="a"><xs:simpleType><xs:restriction base="${base}">${facets}</xs:restriction></xs:simpleType></xs:element>`;

test.each<[string, string, string, JsonObject]>([
  [
    'bounds',
    'xs:int',
    '<xs:minInclusive value="1"/><xs:maxExclusive value="9"/>',
    { minimum: 1, exclusiveMaximum: 9 },
  ],
  [
    'lengths',
    'xs:string',
    '<xs:minLength value="2"/><xs:maxLength value="5"/>',
    { minLength: 2, maxLength: 5 },
  ],
  ['bytes', 'xs:hexBinary', '<xs:length value="4"/>', { minLength: 8, maxLength: 8 }],
  [
    'values',
    'xs:string',
    '<xs:enumeration value="x"/><xs:enumeration value="y"/>',
    { enum: ['x', 'y'] },
  ],
  [
    'one of two patterns',
    'xs:string',
    '<xs:pattern value="a+"/><xs:pattern value="b+"/>',
    { pattern: '^(?:(a+)|(b+))$' },
  ],
  [
    'times of a form of their own',
    'xs:dateTime',
    String.raw`<xs:pattern value="[^Z]*"/>`,
    { examples: ['2026-01-31T09:30:00'] },
  ],
  ['what must be unique', 'xs:ID', '', { description: 'Unique in the message.' }],
])('%s', (_what, base, facets, said) => {
  expect(inputOf(restricted(base, facets))).toMatchObject({ properties: { a: said } });
});

test('patterns of a type and of its base hold together', () => {
  const base =
    '<xs:simpleType name="B"><xs:restriction base="xs:string"><xs:pattern value="a.*"/></xs:restriction></xs:simpleType>';
  const { properties } = inputOf(restricted('t:B', '<xs:pattern value=".*b"/>'), base);
  expect(properties).toEqual({
    a: { type: 'string', pattern: '^(?:.*b)$', allOf: [{ pattern: '^(?:a.*)$' }] },
  });
});

test('what is taken where nothing is given is said', () => {
  expect(inputOf('<xs:element name="a" type="xs:int" default="5" minOccurs="0"/>')).toMatchObject({
    properties: { a: { default: 5 } },
  });
});

const a = '<xs:element name="a" type="xs:int"/>';
const b = '<xs:element name="b" type="xs:int"/>';
const c = '<xs:element name="c" type="xs:int"/>';
const maybe = (one: string): string => one.replace('/>', ' minOccurs="0"/>');

test.each<[string, string, JsonObject]>([
  [
    'a choice of two',
    `<xs:choice>${a}${b}</xs:choice>`,
    { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
  ],
  [
    'a choice within a way of another',
    `<xs:choice>${a}<xs:sequence><xs:choice>${b}${c}</xs:choice></xs:sequence></xs:choice>`,
    { oneOf: [{ required: ['a'] }, { required: ['b'] }, { required: ['c'] }] },
  ],
  [
    'a way that holds another',
    `<xs:choice>${a}<xs:sequence>${b}<xs:element name="a" type="xs:int"/></xs:sequence></xs:choice>`,
    { anyOf: [{ required: ['a'] }, { required: ['b', 'a'] }] },
  ],
  [
    'two choices',
    `<xs:choice>${a}${b}</xs:choice><xs:choice>${c}<xs:element name="d" type="xs:int"/></xs:choice>`,
    {
      allOf: [
        { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
        { oneOf: [{ required: ['c'] }, { required: ['d'] }] },
      ],
    },
  ],
  [
    'a choice that repeats',
    `<xs:choice maxOccurs="unbounded">${a}${b}</xs:choice>`,
    { anyOf: [{ required: ['a'] }, { required: ['b'] }] },
  ],
])('%s', (_what, inner, rule) => expect(inputOf(inner)).toMatchObject(rule));

test('what stands in several ways of a choice stands in it once', () => {
  const ways = `<xs:choice><xs:sequence>${a}${b}</xs:sequence><xs:sequence>${a}${c}</xs:sequence></xs:choice>`;
  const input = inputOf(ways);
  expect(input).toMatchObject({ properties: { a: { type: 'integer' } }, required: ['a'] });
  expect(input['oneOf']).toEqual([{ required: ['a', 'b'] }, { required: ['a', 'c'] }]);
});

test.each([
  ['a choice with a way that needs nothing', `<xs:choice>${a}${maybe(b)}</xs:choice>`],
  ['a choice that may be left out', `<xs:choice minOccurs="0">${a}${b}</xs:choice>`],
])('%s says no rule', (_what, inner) => {
  expect(Object.keys(inputOf(inner)).toSorted()).toEqual([
    'additionalProperties',
    'properties',
    'type',
  ]);
});

test('an element whose types are all abstract is not offered where it may be left out', () => {
  const type = '<xs:complexType name="A" abstract="true"><xs:sequence/></xs:complexType>';
  const { properties } = inputOf(`${a}<xs:element name="x" type="t:A" minOccurs="0"/>`, type);
  expect(Object.keys(Object(properties))).toEqual(['a']);
});

test('text of simple content may be left out only where no text is a value', () => {
  const type = (base: string): string =>
    `<xs:complexType name="T"><xs:simpleContent><xs:extension base="${base}"><xs:attribute name="k" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType>`;
  const of = (base: string): unknown => {
    const defs = Object(inputOf('<xs:element name="x" type="t:T"/>', type(base))['$defs']);
    return defs.T.required;
  };
  expect([of('xs:string'), of('xs:date')]).toEqual([undefined, ['#text']]);
});
