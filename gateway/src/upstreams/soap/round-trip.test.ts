/** Whatever can be said by a schema comes back as it was said. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownMember, type Json } from '../../kernel/index.ts';
import type { SoapRequest } from './compile/request.ts';
import { AnswerReader } from './decode/answer.ts';
import { EnvelopeWriter } from './encode/envelope.ts';
import { ShapeTable } from './shape/fields.ts';
import type { ComplexShape, ElementShape } from './shape/shape.ts';
import { XSD } from './wsdl/namespaces.ts';
import { cases, PLAIN_TYPE, requestOf } from './test-shapes.ts';

async function there(request: SoapRequest, value: Json): Promise<Json | string> {
  const table = new ShapeTable(request.types);
  const written = new EnvelopeWriter(request, table).write({ v: value }, '');
  if (written.kind !== 'envelope') return `${written.argument} ${written.text}`;
  const body = { kind: 'text', text: written.xml, mimeType: 'text/xml' } as const;
  const reply = { kind: 'answer', status: '200', nextUrl: '', body } as const;
  const read = await new AnswerReader(request, table, new Set()).read(reply, (one) => one);
  const isRead = read.kind === 'answer' && read.body.kind === 'json';
  return isRead ? read.body.value : JSON.stringify(read);
}

test('values of any shape come back equal', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([request, value]) => {
      expect(await there(request, value)).toEqual(value);
    }),
    { numRuns: 1500 },
  );
});

test.each(['__proto__', 'constructor', 'toString'])('a property may be called %s', async (name) => {
  const plain = { kind: 'element', uri: 'urn:a', isNillable: false, doc: '' } as const;
  const type = { kind: 'simple', json: 'string', xsd: 'string' } as const;
  const item: ElementShape = { ...plain, name, local: name, type, min: 0, max: -1 };
  const T: ComplexShape = {
    ...PLAIN_TYPE,
    kind: 'complex',
    local: 'T',
    uri: '',
    attributes: [],
    content: { kind: 'sequence', min: 1, max: 1, items: [item] },
    text: null,
    isMixed: false,
    derived: [],
  };
  const use = { kind: 'ref', id: 'T' } as const;
  const root: ElementShape = { ...plain, name: 'v', local: 'v', type: use, min: 1, max: 1 };
  const value = Object.fromEntries([[name, ['a', 'b']]]);
  const back = await there(requestOf(root, { T }), value);
  expect(Object.keys(back ?? {})).toEqual([name]);
  expect(ownMember(Object(back), name)).toEqual(['a', 'b']);
});

test('items of an encoded array come back in their order, whatever they are called', async () => {
  const plain = { kind: 'element', uri: '', isNillable: false, doc: '' } as const;
  const type = { kind: 'simple', json: 'integer', xsd: 'int' } as const;
  const T: ComplexShape = {
    ...PLAIN_TYPE,
    kind: 'complex',
    local: 'T',
    uri: 'urn:a',
    attributes: [],
    content: {
      kind: 'sequence',
      min: 1,
      max: 1,
      items: [{ ...plain, name: 'item', local: 'item', type, min: 0, max: -1 }],
    },
    text: null,
    isMixed: false,
    derived: [],
    array: { uri: XSD, local: 'int', rank: '' },
  };
  const use = { kind: 'ref', id: 'T' } as const;
  const root: ElementShape = { ...plain, name: 'v', local: 'v', type: use, min: 1, max: 1 };
  const request = { ...requestOf(root, { T }), isEncoded: true };
  const table = new ShapeTable(request.types);
  const written = new EnvelopeWriter(request, table).write({ v: { item: [1, 2] } }, '');
  const xml = written.kind === 'envelope' ? written.xml : '';
  expect(xml).toContain('arrayType="xsd:int[2]"');
  for (const text of [xml, xml.replaceAll('<item', '<int').replaceAll('</item', '</int')]) {
    const body = { kind: 'text', text, mimeType: 'text/xml' } as const;
    const reply = { kind: 'answer', status: '200', nextUrl: '', body } as const;
    const read = await new AnswerReader(request, table, new Set()).read(reply, (one) => one);
    expect(read).toMatchObject({ body: { value: { item: [1, 2] } } });
  }
});
