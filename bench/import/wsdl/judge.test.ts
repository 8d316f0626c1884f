/** The judge is not to be fooled: what it calls usable is, and what a document lacks is told from a miss. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { loadOfflineSoap, type OfflineSoap } from '../../../gateway/src/upstreams/index.ts';
import { readDeclared } from './declared.ts';
import { Expectations } from './expected.ts';
import { judgeDocument } from './judge.ts';
import { sampleOf } from './sample.ts';

const NS =
  'xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t"';
const IN =
  '<xs:element name="In"><xs:complexType><xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="b" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>';

function wsdl(schema: string, element = 't:In'): Buffer {
  return Buffer.from(
    `<w:definitions ${NS} targetNamespace="urn:t"><w:types><xs:schema targetNamespace="urn:t">${schema}</xs:schema></w:types><w:message name="m"><w:part name="p" element="${element}"/></w:message><w:portType name="pt"><w:operation name="Do"><w:input message="t:m"/></w:operation></w:portType><w:binding name="b" type="t:pt"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/><w:operation name="Do"><s:operation/><w:input><s:body use="literal"/></w:input></w:operation></w:binding></w:definitions>`,
  );
}

const openSoap = await loadOfflineSoap();
type Open = typeof openSoap;
const hasJava = spawnSync('java', ['-version']).status === 0;

/** @param change of what is judged */
function judged(bytes: Buffer, change: (api: OfflineSoap) => OfflineSoap = (api) => api) {
  const open: Open = (main, load) => {
    const api = openSoap(main, load);
    return typeof api === 'string' ? api : change(api);
  };
  return judgeDocument({ location: '/x/a.wsdl', bytes }, () => 'not there', open);
}

/** With a body that was written wrong. */
function spoilt(api: OfflineSoap, spoil: (body: string) => string): OfflineSoap {
  return {
    ...api,
    callOf: (operation) => {
      const call = api.callOf(operation);
      if (typeof call === 'string') return call;
      return {
        ...call,
        write: (values) => {
          const made = call.write(values);
          return 'body' in made ? { ...made, body: spoil(made.body) } : made;
        },
      };
    },
  };
}

describe('a document', () => {
  test('whose messages are valid is usable', () => {
    expect(judged(wsdl(IN))).toMatchObject({ verdict: 'usable', operations: 1, messages: 2 });
  });

  test.each<[string, (body: string) => string]>([
    ['in no namespace', (body) => body.replace(' xmlns:n0="urn:t"', '').replaceAll('n0:', '')],
    ['without what is required', (body) => body.replace(/<a>.*<\/a>/, '')],
    ['twice', (body) => body + body],
    ['empty', () => ''],
  ])('whose message is written %s is a miss', (_what, spoil) => {
    expect(judged(wsdl(IN), (api) => spoilt(api, spoil)).verdict).toBe('MISS');
  });

  test('whose operation has no tool is a miss', () => {
    expect(judged(wsdl(IN), (api) => ({ ...api, operations: [] })).verdict).toBe('MISS');
  });

  test.each<[string, Buffer, RegExp]>([
    [
      'speaks of an element that is nowhere',
      wsdl(IN, 't:Gone'),
      /\{urn:t\}Gone is declared nowhere/,
    ],
    ['has a root of nothing known', Buffer.from('<definitions/>'), /no WSDL 1\.1/],
    ['is not well-formed', Buffer.from('<w:definitions'), /./],
    [
      'has a schema that no validator takes',
      wsdl(`<xs:element name="In" type="xs:gone"/>`),
      /no validator takes the schema/,
    ],
  ])('that %s is broken, with what it says', (_what, bytes, why) => {
    const { verdict, faults } = judged(bytes);
    expect([verdict, faults.join(' ')]).toEqual(['broken', expect.stringMatching(why)]);
  });

  test.runIf(hasJava)(
    'whose schema only the first validator refuses is judged by the second',
    () => {
      const way = (name: string): string =>
        `<xs:sequence><xs:element name="a" type="xs:int"/><xs:element name="${name}" type="xs:int"/></xs:sequence>`;
      const ways = `<xs:element name="In"><xs:complexType><xs:choice>${way('b')}${way('c')}</xs:choice></xs:complexType></xs:element>`;
      const { verdict, notes } = judged(wsdl(ways));
      expect(verdict).toBe('usable');
      expect(notes.join(' ')).toMatch(/xmllint refuses/);
    },
    30_000,
  );

  test('of another version of the format is no failure', () => {
    const two = Buffer.from('<description xmlns="http://www.w3.org/ns/wsdl"/>');
    expect(judged(two).verdict).toBe('other');
  });
});

test('what is expected is read without what is judged', () => {
  const api = openSoap({ location: '/x/a.wsdl', bytes: wsdl(IN) }, () => '');
  if (typeof api === 'string') throw new Error(api);
  const [one] = new Expectations(api.documents, readDeclared(api.documents)).all();
  expect(one?.bounds.map(({ wire }) => wire)).toEqual([
    {
      style: 'document',
      isEncoded: false,
      uri: '',
      parts: [{ name: 'p', element: '{urn:t}In' }],
      headers: [],
      hasOpenHeaders: false,
    },
  ]);
});

test.each([
  ['least', { a: 1 }],
  ['full', { a: 1, b: 'text' }],
] as const)('the %s arguments', (extent, values) => {
  const properties = { a: { type: 'integer' }, b: { type: 'string' } };
  expect(sampleOf({ type: 'object', properties, required: ['a'] }, extent)).toEqual(values);
});

test('of ways that hold themselves the one that ends is taken', () => {
  const node = { anyOf: [{ $ref: '#/$defs/node' }, { type: 'string' }] };
  const $defs = { node: { type: 'object', properties: { n: node }, required: ['n'] } };
  const schema = { type: 'object', properties: { n: node }, required: ['n'], $defs };
  expect(sampleOf(schema, 'least')).toEqual({ n: 'text' });
});
