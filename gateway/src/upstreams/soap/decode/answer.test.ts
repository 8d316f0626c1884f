import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asText, enveloped, NS, read, readerOf, SOAP_12, valueOf } from './test-reader.ts';

const LITERAL = readerOf('document', 'literal');
const RPC = readerOf('rpc', 'literal');
const ENCODED = readerOf('rpc', 'encoded');

const told = (inner: string, attributes = ''): string =>
  enveloped(`<t:Told${attributes}>${inner}</t:Told>`);

test.each<[string, string, unknown]>([
  [
    'white space around values',
    told('<t:name> a </t:name>\n <t:price> 1.50 </t:price>'),
    '{"name":" a ","price":1.50}',
  ],
  [
    'CDATA, comments and instructions',
    told('<!-- a --><t:name>x<![CDATA[<&>]]>y<!-- b --><?c d?>z</t:name>'),
    '{"name":"x<&>yz"}',
  ],
  ['nil', told('<t:name/><t:price xsi:nil="true"/>'), '{"name":"","price":null}'],
  ['nil as a number', told('<t:name/><t:price xsi:nil=" 1 "/>'), '{"name":"","price":null}'],
  [
    'an empty number stays the text that it is',
    told('<t:name></t:name><t:price/>'),
    '{"name":"","price":""}',
  ],
  [
    'attributes',
    told('<t:name>a</t:name>', ' unit="&lt;box&gt;" other="x"'),
    '{"@unit":"<box>","name":"a"}',
  ],
  [
    'numbers stay exact',
    told('<t:name/><t:row><t:id>9007199254740993</t:id></t:row>'),
    '{"name":"","row":[{"id":9007199254740993}]}',
  ],
  [
    'numbers that are written otherwise',
    told('<t:name/><t:price>+007.</t:price>'),
    '{"name":"","price":7}',
  ],
  ['what is no number', told('<t:name/><t:price>NaN</t:price>'), '{"name":"","price":"NaN"}'],
  [
    'lists of values',
    told('<t:name/><t:flags>true 0 1</t:flags>'),
    '{"name":"","flags":[true,false,true]}',
  ],
  [
    'base64 without its lines',
    told('<t:name/><t:data>\n aGVs\n bG8=\n</t:data>'),
    '{"name":"","data":"aGVsbG8="}',
  ],
  [
    'dates as they are',
    told('<t:name/><t:when>2026-01-31T09:30:00.120+02:00</t:when>'),
    '{"name":"","when":"2026-01-31T09:30:00.120+02:00"}',
  ],
  [
    'a derived type',
    told('<t:name/><t:row xsi:type="t:More"><t:id>1</t:id><t:tag>a</t:tag></t:row>'),
    '{"name":"","row":[{"@xsi:type":"More","id":1,"tag":["a"]}]}',
  ],
  [
    'a derived type by a prefix of its own',
    told(
      `<t:name/><t:row xmlns:q="${NS}" xsi:type="q:More"><t:id>1</t:id><t:tag>a</t:tag></t:row>`,
    ),
    '{"name":"","row":[{"@xsi:type":"More","id":1,"tag":["a"]}]}',
  ],
  [
    'a type of nobody',
    told('<t:name/><t:row xsi:type="t:Gone"><t:id>1</t:id></t:row>'),
    '{"name":"","row":[{"id":1}]}',
  ],
  ['elements in no namespace', enveloped('<Told><name>a</name></Told>'), '{"name":"a"}'],
  [
    'a prefix that is not declared',
    enveloped('<p:Told><p:name>a</p:name></p:Told>'),
    '{"name":"a"}',
  ],
  [
    'elements that nobody spoke of',
    told(
      '<t:name>a</t:name><t:new xsi:type="xs:int">7</t:new><t:set><t:a>1</t:a><t:a>2</t:a></t:set>',
    ),
    '{"name":"a","new":7,"set":{"a":["1","2"]}}',
  ],
  ['an element too often', told('<t:name>a</t:name><t:name>b</t:name>'), '{"name":["a","b"]}'],
  ['an empty body', enveloped(''), '"none"'],
  [
    'another name of the answer',
    enveloped('<t:Other><t:name>a</t:name></t:Other>'),
    '{"name":"a"}',
  ],
  ['SOAP 1.2', enveloped('<t:Told><t:name>a</t:name></t:Told>', SOAP_12), '{"name":"a"}'],
  ['a mark before the first byte', `\ufeff${told('<t:name>a</t:name>')}`, '{"name":"a"}'],
  [
    'a declaration of XML',
    `<?xml version="1.0" encoding="utf-16"?>${told('<t:name>a</t:name>')}`,
    '{"name":"a"}',
  ],
])('%s', async (_what, text, value) => {
  expect(JSON.stringify(await valueOf(LITERAL, asText(text)))).toBe(value);
});

test('rpc/literal: the name around the answer does not matter', async () => {
  const text = enveloped('<t:anything><back><t:id>1</t:id><t:tag>a</t:tag></back></t:anything>');
  expect(await valueOf(RPC, asText(text))).toEqual({ back: { id: 1, tag: ['a'] } });
});

describe('rpc/encoded', () => {
  test('values that stand elsewhere are put where they belong', async () => {
    const text = enveloped(
      '<t:askResponse><back href="#1"/></t:askResponse><multiRef id="1" xsi:type="t:More"><id href="#2"/><tag>a</tag></multiRef><multiRef id="2" xsi:type="xs:long">5</multiRef>',
    );
    expect(await valueOf(ENCODED, asText(text))).toEqual({ back: { id: 5, tag: ['a'] } });
  });

  const bomb = Array.from(
    { length: 60 },
    (_, at) => `<multiRef id="${at}"><a href="#${at + 1}"/><b href="#${at + 1}"/></multiRef>`,
  ).join('');
  test.each([
    ['a bomb', bomb, /unfold to too many values/],
    ['a circle', '<multiRef id="0"><a href="#0"/></multiRef>', /lead on without end/],
    [
      'a chain',
      Array.from({ length: 5000 }, (_, at) => `<m id="${at}"><a href="#${at + 1}"/></m>`).join(''),
      /lead on without end/,
    ],
  ])('%s of references is refused', async (_what, more, why) => {
    const text = enveloped(`<t:askResponse><back href="#0"/></t:askResponse>${more}`);
    expect(await valueOf(ENCODED, asText(text))).toMatch(why);
  });
});

describe('bytes', () => {
  const text = told('<t:name>é</t:name>');
  const related = (more: string, head = ''): Buffer =>
    Buffer.from(
      `\r\n--x y\r\nContent-Type: application/xop+xml; charset=utf-8\r\n\r\n${told(`<t:name>é</t:name><t:data><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:a%40b"/></t:data>`)}\r\n--x y\r\nContent-ID: <a@b>\r\n${head}\r\n${more}\r\n--x y--`,
    );
  test.each<[string, string, Buffer, unknown]>([
    ['without a type', 'application/octet-stream', Buffer.from(text), { name: 'é' }],
    [
      'in UTF-16',
      'application/octet-stream',
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      { name: 'é' },
    ],
    ['with an attachment', 'multipart/related', related('hello'), { name: 'é', data: 'aGVsbG8=' }],
    [
      'with an attachment in base64',
      'multipart/related',
      related('aGVsbG8=', 'Content-Transfer-Encoding: base64\r\n'),
      { name: 'é', data: 'aGVsbG8=' },
    ],
    [
      'with an attachment in a way of mail',
      'multipart/related',
      related('a', 'Content-Transfer-Encoding: quoted-printable\r\n'),
      expect.stringContaining('encoded as quoted-printable'),
    ],
    [
      'cut',
      'multipart/related',
      related('a').subarray(0, -20),
      expect.stringContaining('not whole'),
    ],
    ['of no text', 'image/png', Buffer.from([1, 255]), expect.stringContaining('cannot be read')],
  ])('%s', async (_what, mimeType, bytes, value) => {
    expect(await valueOf(LITERAL, { kind: 'binary', bytes, mimeType, filename: '' })).toEqual(
      value,
    );
  });
});

test.each([
  ['for somebody else', 's:mustUnderstand="1" s:actor="urn:other"', true],
  [
    'for whoever is next',
    's:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"',
    false,
  ],
  ['that need not be understood', 's:mustUnderstand="0"', true],
  ['that must be understood', 's:mustUnderstand="true"', false],
])('a header %s', async (_what, attributes, isTaken) => {
  const header = `<s:Header><t:h ${attributes}/></s:Header>`;
  const text = told('<t:name>a</t:name>').replace('<s:Body>', `${header}<s:Body>`);
  const reply = await read(LITERAL, asText(text));
  expect(reply.kind).toBe(isTaken ? 'answer' : 'broken');
});

test('a long answer is read in pieces, none of which breaks it', async () => {
  const row = '<t:row><t:id>1</t:id></t:row>\r\n😀'.repeat(20_000);
  const value = await valueOf(LITERAL, asText(told(`<t:name>😀\r\n&amp;</t:name>${row}`)));
  expect(value).toMatchObject({ name: '😀\n&' });
  expect(Object(value).row).toHaveLength(20_000);
});

test('whatever is done to an answer, it is read or refused', async () => {
  const whole = [
    told(
      '<t:name>a&amp;<![CDATA[b]]><!-- c --></t:name><t:row xsi:type="t:More"><t:id>1</t:id></t:row>',
    ),
    enveloped('<s:Fault><faultcode>s:Client</faultcode><detail><a b="c">d</a></detail></s:Fault>'),
    enveloped('<t:askResponse><back href="#1"/></t:askResponse><m id="1"><id href="#2"/></m>'),
  ];
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      '"',
      ':',
      '<!--',
      ']]>',
      '<![CDATA[',
      '<?',
      'xmlns=""',
      '\u0000',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const cut = fc.record({ at: fc.nat(600), length: fc.nat(40), piece });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...whole),
      fc.array(cut, { maxLength: 4 }),
      async (text, cuts) => {
        let broken = text;
        for (const one of cuts) {
          broken = broken.slice(0, one.at) + one.piece + broken.slice(one.at + one.length);
        }
        for (const reader of [LITERAL, RPC, ENCODED]) {
          const { kind } = await read(reader, asText(broken));
          expect(['answer', 'failure', 'broken']).toContain(kind);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
