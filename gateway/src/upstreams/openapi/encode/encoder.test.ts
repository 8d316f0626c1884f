import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactNumber, type JsonObject } from '../../../kernel/index.ts';
import type { FileValue } from '../../api/model.ts';
import { createEncoder } from './encoder.ts';
import { body, parameter, part, planOf } from './test-plan.ts';
import type { BodyPlan, ParameterData, RequestPlan, XmlNode } from './plan-data.ts';

function send(over: Partial<RequestPlan>, values: JsonObject, files: [string, FileValue][] = []) {
  return createEncoder(planOf(over))({ values, files: new Map(files) });
}

function request(
  over: Partial<RequestPlan>,
  values: JsonObject,
  files: [string, FileValue][] = [],
) {
  const sent = send(over, values, files);
  if (sent.kind !== 'request') throw new Error(sent.text);
  return sent;
}

function withParameters(...data: Partial<ParameterData>[]): Partial<RequestPlan> {
  return { parameters: data.map((one) => ({ data: parameter(one), constant: [] })) };
}

function bodyText(plan: Partial<BodyPlan>, values: JsonObject): string {
  return request({ method: 'POST', body: body(plan) }, values).body!.toString('utf8');
}

const file = (text: string, over: Partial<FileValue> = {}): FileValue => ({
  bytes: Buffer.from(text),
  filename: 'a.txt',
  mimeType: 'text/plain',
  ...over,
});

describe('paths', () => {
  const path = ['/t/', 0, '/x'];
  const inPath = { ...withParameters({ in: 'path' }), path };

  test.each([
    ['a', '/t/a/x'],
    ['a/b', '/t/a%2Fb/x'],
    ['a..b', '/t/a..b/x'],
    ['%41', '/t/%2541/x'],
    ['x?a=1#y', '/t/x%3Fa%3D1%23y/x'],
    ['...', '/t/.../x'],
    [0, '/t/0/x'],
    [false, '/t/false/x'],
    [new ExactNumber('1e400'), '/t/1e400/x'],
  ])('%j becomes %s', (id, expected) => {
    expect(request(inPath, { id }).path).toBe(expected);
  });

  test.each(['', '.', '..', '../../admin', 'a\\..\\b', '..;', '%2e%2e', '．．'])(
    '%j is refused',
    (id) => {
      expect(send(inPath, { id })).toMatchObject({ kind: 'unsendable', argument: 'id' });
    },
  );

  test('a segment that only becomes `..` by its literal text is refused', () => {
    const half = { ...withParameters({ in: 'path' }), path: ['/t/.', 0] };
    expect(send(half, { id: '.' })).toMatchObject({ kind: 'unsendable' });
  });

  test.each([
    ['blue', '/a/;m=blue'],
    ['', '/a/;m'],
  ])('a segment that is a matrix parameter alone is sent: %j', (m, sent) => {
    const plan = {
      ...withParameters({ in: 'path', name: 'm', style: 'matrix' }),
      path: ['/a/', 0],
    };
    expect(request(plan, { m }).path).toBe(sent);
  });

  test('a climbing segment before a matrix parameter is refused', () => {
    const plan = {
      ...withParameters({ in: 'path' }, { in: 'path', name: 'm', style: 'matrix' }),
      path: ['/t/', 0, 1],
    };
    expect(send(plan, { id: '..', m: 1 })).toMatchObject({ kind: 'unsendable' });
    expect(request(plan, { id: 'a', m: 1 }).path).toBe('/t/a;m=1');
  });

  test('one that is not given is refused', () => {
    expect(send(inPath, {})).toMatchObject({ kind: 'unsendable', argument: 'id' });
  });

  test('what an object inherits is no argument', () => {
    const plan = { ...withParameters({ in: 'path', name: 'constructor' }), path };
    expect(send(plan, {})).toMatchObject({ kind: 'unsendable' });
  });

  test('no value changes the number of segments', () => {
    const nasty = fc.stringMatching(/^[./\\%2efF;?#a]{0,8}$/);
    const styles = fc.constantFrom('simple', 'label', 'matrix');
    fc.assert(
      fc.property(
        fc.oneof(nasty, fc.string({ unit: 'binary' })),
        styles,
        fc.boolean(),
        fc.boolean(),
        (id, style, allowReserved, isList) => {
          const plan = { ...withParameters({ in: 'path', style, allowReserved }), path };
          const sent = send(plan, { id: isList ? [id, id] : id });
          if (sent.kind === 'unsendable') return;
          const url = new URL(`http://host${sent.path}`);
          expect(url.pathname.split('/')).toHaveLength(4);
          expect(url.pathname).toMatch(/^\/t\/.+\/x$/);
          expect(url.search + url.hash).toBe('');
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('query, headers and cookies', () => {
  test('stand in their places, and only what was given', () => {
    const plan = withParameters(
      { name: 'q' },
      { name: 'n' },
      { name: 'X-A', in: 'header' },
      { name: 'c', in: 'cookie' },
      { name: 'd', in: 'cookie' },
    );
    expect(request(plan, { q: 'a b', 'X-A': '1', c: '2', d: '3' })).toMatchObject({
      path: '/things?q=a%20b',
      headers: ['Accept', 'application/json', 'X-A', '1', 'Cookie', 'c=2; d=3'],
      body: null,
    });
  });

  test('a query of the template comes first', () => {
    const plan = { ...withParameters({ name: 'q' }), path: ['/things?action=find'] };
    expect(request(plan, { q: 1 }).path).toBe('/things?action=find&q=1');
  });

  test('constants are sent by themselves', () => {
    const parameters = [{ data: parameter({ name: 'v' }), constant: ['2'] }];
    expect(request({ parameters }, {}).path).toBe('/things?v=2');
  });

  test('members of a value cannot take the name of another parameter or of a credential', () => {
    const plan = {
      ...withParameters({ name: 'filter' }, { name: 'role' }),
      reservedNames: ['api_key'],
    };
    expect(request(plan, { filter: { a: 1 } }).path).toBe('/things?a=1');
    expect(send(plan, { filter: { role: 'x' } })).toMatchObject({ argument: 'filter' });
    expect(send(plan, { filter: { api_key: 'x' } })).toMatchObject({ argument: 'filter' });
  });

  test('no value leaks into another parameter', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, fc.boolean(), (a, b, allowReserved) => {
        const plan = withParameters({ name: 'a', allowReserved }, { name: 'b', allowReserved });
        const sent = request(plan, { a, b });
        const url = new URL(`http://host${sent.path}`);
        expect([...url.searchParams]).toEqual([
          ['a', a],
          ['b', b],
        ]);
        expect(url.pathname + url.hash).toBe('/things');
      }),
    );
  });

  test('a cookie value cannot become another cookie', () => {
    const styles = fc.constantFrom('form', 'cookie');
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), styles, (c, style) => {
        const sent = request(withParameters({ name: 'c', in: 'cookie', style }), { c });
        const cookie = sent.headers[3]!;
        expect(cookie).toMatch(/^c=[!#-+\--:<-[\]-~]*$/);
      }),
    );
  });
});

describe('bodies', () => {
  const named = [part({ name: 'a' }), part({ name: 'b' })];

  test('JSON keeps numbers as they were written', () => {
    const values = {
      body: { n: new ExactNumber('1.0'), big: new ExactNumber('9007199254740993') },
    };
    expect(bodyText({ argument: 'body' }, values)).toBe('{"n":1.0,"big":9007199254740993}');
  });

  test('is put together from its properties and constants', () => {
    const sent = request(
      {
        method: 'POST',
        body: body({ parts: named, constants: { kind: 'x' }, mediaType: 'application/vnd.x+json' }),
      },
      { a: null, b: false },
    );
    expect(sent.body!.toString()).toBe('{"a":null,"b":false,"kind":"x"}');
    expect(sent.headers).toEqual([
      'Accept',
      'application/json',
      'Content-Type',
      'application/vnd.x+json',
    ]);
  });

  test('an optional one is only sent where something of it was given', () => {
    expect(request({ body: body({ parts: named, isRequired: false }) }, {}).body).toBeNull();
    expect(request({ body: body({ parts: named, isRequired: true }) }, {}).body!.toString()).toBe(
      '{}',
    );
    expect(request({ body: body({ argument: 'body' }) }, {}).body).toBeNull();
  });

  test('lines of JSON', () => {
    const lines = { codec: 'json-lines', argument: 'body' } as const;
    expect(bodyText(lines, { body: [{ a: 1 }, { b: 2 }] })).toBe('{"a":1}\n{"b":2}\n');
  });

  test('forms follow the styles of their fields', () => {
    const parts = [
      part({ name: 'a' }),
      part({ name: 'b', style: 'form', explode: false }),
      part({ name: 'c', style: 'deepObject' }),
      part({ name: 'd' }),
      part({ name: 'e' }),
    ];
    const values = { a: ['1 2', '&'], b: ['x,y', 'z'], c: { k: { l: 1 } }, d: { m: 1 }, e: null };
    expect(bodyText({ codec: 'form', parts }, values)).toBe(
      'a=1+2&a=%26&b=x%2Cy,z&c%5Bk%5D%5Bl%5D=1&d=%7B%22m%22%3A1%7D',
    );
  });

  test('fields of a form decode to what they were', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1 }), (a, b) => {
        const form = new URLSearchParams(bodyText({ codec: 'form', parts: named }, { a, b }));
        expect([form.getAll('a'), form.getAll('b')]).toEqual([[a], b]);
      }),
    );
  });

  test('the members of a field cannot take the name of another field', () => {
    const parts = [part({ name: 'a', style: 'form', explode: true }), part({ name: 'b' })];
    const plan = { method: 'POST', body: body({ codec: 'form', parts }) };
    expect(send(plan, { a: { b: 1 } })).toMatchObject({ kind: 'unsendable', argument: 'a' });
  });

  const multipart = { codec: 'multipart', mediaType: 'multipart/form-data' } as const;

  test('multipart parts are read back by a parser of the platform', async () => {
    const parts = [...named, part({ name: 'o' }), part({ name: 'f', isFile: true })];
    const sent = request(
      { method: 'POST', body: body({ ...multipart, parts }) },
      { a: ['1', '2'], b: true, o: { k: [1] } },
      [['f', file('é', { filename: 'q"u\r\no.txt', mimeType: 'text/plain; charset=utf-8' })]],
    );
    const form = await parseForm(sent.headers.at(-1)!, sent.body!);
    expect(form.getAll('a')).toEqual(['1', '2']);
    expect(form.get('b')).toBe('true');
    expect(form.get('f')).toMatchObject({ type: 'text/plain; charset=utf-8' });
    expect(await (form.get('f') as File).text()).toBe('é');
    expect(sent.body!.toString()).toContain(
      'name="o"\r\nContent-Type: application/json\r\n\r\n{"k":[1]}',
    );
    expect(sent.body!.toString()).toContain('filename="q%22u%0D%0Ao.txt"');
  });

  test.each([
    ['spaceDelimited', 'a,b c'],
    ['pipeDelimited', 'a,b|c'],
    ['tabDelimited', 'a,b\tc'],
    ['form', 'a%2Cb,c'],
  ] as const)('fields of the style %s are not encoded in parts', async (style, text) => {
    const parts = [part({ name: 'a', style, explode: false })];
    const plan = { method: 'POST', body: body({ ...multipart, parts }) };
    const sent = request(plan, { a: ['a,b', 'c'] });
    expect((await parseForm(sent.headers.at(-1)!, sent.body!)).get('a')).toBe(text);
  });

  test('a form is an object of its fields', () => {
    for (const codec of ['form', 'multipart'] as const) {
      const plan = { method: 'POST', body: body({ codec, argument: 'body' }) };
      expect(send(plan, { body: [1] })).toMatchObject({ kind: 'unsendable', argument: 'body' });
    }
  });

  test('several files of one field', async () => {
    const parts = [part({ name: 'f', isFile: true })];
    const files: [string, FileValue][] = [
      ['f/0', file('1')],
      ['f/1', file('2')],
    ];
    const sent = request({ method: 'POST', body: body({ ...multipart, parts }) }, {}, files);
    expect((await parseForm(sent.headers.at(-1)!, sent.body!)).getAll('f')).toHaveLength(2);
  });

  test('no part ends another one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (a) => {
        const plan = { method: 'POST', body: body({ ...multipart, parts: named }) };
        const sent = request(plan, { a: `--\r\n${a}\r\n--`, b: 'end' });
        const form = await parseForm(sent.headers.at(-1)!, sent.body!);
        expect([...form.keys()]).toEqual(['a', 'b']);
      }),
      { numRuns: 30 },
    );
  });

  function parseForm(contentType: string, bytes: Buffer): Promise<FormData> {
    return new Response(new Uint8Array(bytes), {
      headers: { 'content-type': contentType },
    }).formData();
  }

  test('a file is sent as its bytes, with its own type where the document leaves it open', () => {
    const open = body({ codec: 'binary', mediaType: '', argument: 'body', isFile: true });
    const sent = request({ method: 'PUT', body: open }, {}, [
      ['body', file('x', { mimeType: 'image/png' })],
    ]);
    expect(sent.headers.slice(2)).toEqual(['Content-Type', 'image/png']);
    const fixed = { ...open, mediaType: 'application/pdf' };
    const again = request({ method: 'PUT', body: fixed }, {}, [
      ['body', file('x', { mimeType: 'a\r\nb' })],
    ]);
    expect(again.headers.slice(2)).toEqual(['Content-Type', 'application/pdf']);
  });
});

describe('XML', () => {
  const node: XmlNode = {
    kind: 'value',
    name: '',
    prefix: '',
    namespace: '',
    place: 'element',
    isWrapped: false,
    properties: {},
    items: -1,
  };
  const xml: XmlNode[] = [
    {
      ...node,
      kind: 'object',
      name: 'pet',
      namespace: 'urn:p',
      properties: { id: 1, tag: 2, photo: 3, note: 5 },
    },
    { ...node, place: 'attribute' },
    { ...node, kind: 'array', isWrapped: true, name: 'tags', items: 4 },
    { ...node, kind: 'array', items: 4, name: 'photo' },
    { ...node, name: 'url' },
    { ...node, prefix: 'n', namespace: 'urn:n', name: 'note' },
  ];
  const plan = {
    codec: 'xml',
    mediaType: 'application/xml',
    argument: 'body',
    xml,
  } satisfies Partial<BodyPlan>;

  test('is written by the hints of its schema', () => {
    const value = { id: 'a"b', tag: ['x', 'y'], photo: ['z'], note: '<&]]>' };
    expect(bodyText(plan, { body: value })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><pet xmlns="urn:p" id="a&quot;b">' +
        '<tags><url>x</url><url>y</url></tags><url>z</url>' +
        '<n:note xmlns:n="urn:n">&lt;&amp;]]&gt;</n:note></pet>',
    );
  });

  test('no name or value becomes markup', () => {
    const text = bodyText(plan, { body: { 'a><b': '<c/>', '1': 'x\u0000y' } });
    expect(text).toContain('<_1>xy</_1><a__b>&lt;c/&gt;</a__b>');
  });
});
