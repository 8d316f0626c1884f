import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from './openapi.ts';

const SETTINGS = { publicUrl: '', version: '1.2.3' };

/** Refers to itself in every way that is a pointer, and looks as if it did where it does not. */
const TREE =
  '{"type":"object", "properties":{"root":{"$ref":"#/$defs/node"},"self":{"$ref":"#"},' +
  '"like":{"$ref":"#/properties/kind"},"kind":{"enum":["a",{"$ref":"#/$defs/node"}]},' +
  '"$ref":{"type":"integer","maximum":9007199254740993},"e":{"\\u0024ref":"#/$defs/a%20b~1c"}},' +
  '"required":["root"],"$defs":{"node":{"type":"object","required":["v"],' +
  '"properties":{"v":{"type":"integer"},"next":{"$ref":"#/$defs/node"}}},"a b/c":{"type":"null"}}}';

const FLAT = '{"type" : "object","properties":{"n":{"type":"number","maximum":1e400}}}';

interface ToolShape {
  readonly input?: string;
  readonly output?: string;
  readonly more?: string;
  readonly upstream?: string;
}

function listOf(tools: Readonly<Record<string, ToolShape>>, more = ''): string {
  const upstreams: Record<string, string[]> = {};
  const texts = Object.entries(tools).map(([name, { input, output, more: rest, upstream }]) => {
    (upstreams[upstream ?? 'up'] ??= []).push(name);
    const members = [`"name":${JSON.stringify(name)}`];
    if (rest !== undefined) members.push(rest);
    if (input !== undefined) members.push(`"inputSchema":${input}`);
    if (output !== undefined) members.push(`"outputSchema":${output}`);
    return `{${members.join(',')}}`;
  });
  return `{"tools":[${texts.join(',')}],"upstreams":${JSON.stringify(upstreams)}${more}}`;
}

function documentOf(tools: Readonly<Record<string, ToolShape>>, more = '') {
  const text = openApiDocument(listOf(tools, more), 'crm', SETTINGS);
  return { text, value: JSON.parse(text) };
}

const INPUT = 'post/requestBody/content/application~1json/schema';
const OUTPUT = 'post/responses/200/content/application~1json/schema';

/** Judges a value by the schema at a place of the document, as JSON Schema 2020-12 reads it. */
function judgeOf(document: object, path: string, place: string): (value: unknown) => boolean {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'http://localhost/api/crm/openapi.json', ...document });
  const token = encodeURI(path.replaceAll('~', '~0').replaceAll('/', '~1'));
  const uri = `http://localhost/api/crm/openapi.json#/paths/${token}/${place}`;
  return ajv.compile({ $ref: uri });
}

describe('an embedded schema', () => {
  const { text, value } = documentOf({
    up__tree: {
      input: TREE,
      output:
        '{"type":"object","$defs":{"node":{"const":1}},"properties":{"x":{"$ref":"#/$defs/node"}}}',
    },
    'odd/{name} ~ä': {
      input:
        '{"type":"object","properties":{"x":{"$ref":"#/$defs/node"}},"$defs":{"node":{"const":2}}}',
    },
    flat: { input: FLAT },
  });

  test('is there byte for byte', () => {
    expect(text).toContain(`"application/json":{"schema":${FLAT}}`);
  });

  test('differs from the original in nothing but where its own references begin', () => {
    const pointer = `#/paths/~1tools~1up__tree/${INPUT}`;
    const schema =
      value.paths['/tools/up__tree'].post.requestBody.content['application/json'].schema;
    expect(JSON.stringify(schema).replaceAll(`"${pointer}`, '"#')).toBe(
      JSON.stringify(JSON.parse(TREE)),
    );
    expect(text).toContain('"maximum":9007199254740993');
    expect(text).toContain(`"\\u0024ref":"${pointer}/$defs/a%20b~1c"`);
    expect(text).toContain('"enum":["a",{"$ref":"#/$defs/node"}]');
  });

  test.each([
    ['/tools/up__tree', INPUT, { root: { v: 1, next: { v: 2 } } }, true],
    ['/tools/up__tree', INPUT, { root: { v: 1, next: {} } }, false],
    ['/tools/up__tree', INPUT, { root: { v: 1 }, self: {} }, false],
    ['/tools/up__tree', INPUT, { root: { v: 1 }, like: 'a' }, true],
    ['/tools/up__tree', INPUT, { root: { v: 1 }, like: 'b' }, false],
    ['/tools/up__tree', INPUT, { root: { v: 1 }, e: null }, true],
    ['/tools/up__tree', INPUT, { root: { v: 1 }, e: 1 }, false],
    ['/tools/up__tree', OUTPUT, { x: 1 }, true],
    ['/tools/up__tree', OUTPUT, { x: 2 }, false],
    ['/tools/odd%2F%7Bname%7D%20~%C3%A4', INPUT, { x: 2 }, true],
    ['/tools/odd%2F%7Bname%7D%20~%C3%A4', INPUT, { x: 1 }, false],
  ])('means the same there: %s %s, %j is %j', (path, place, given, expected) => {
    expect(judgeOf(value, path, place)(given)).toBe(expected);
  });
});

describe('a schema with identifiers', () => {
  const own = (target: string) =>
    `{"$id":"https://example.com/s","type":"object","properties":{"x":{"$ref":"${target}"}},"$defs":{"a":{"const":1}}}`;

  test.each(['#/$defs/a', 'https://example.com/s#/$defs/a'])(
    'of its own goes without it where it refers to %s',
    (target) => {
      const { value, text } = documentOf({ a: { input: own(target) }, b: { input: own(target) } });
      expect(text).not.toContain('"$id"');
      for (const path of ['/tools/a', '/tools/b']) {
        expect(judgeOf(value, path, INPUT)({ x: 1 })).toBe(true);
        expect(judgeOf(value, path, INPUT)({ x: 2 })).toBe(false);
      }
    },
  );

  test('may call itself by it', () => {
    const node = '{"$id":"Node","type":"object","properties":{"next":{"$ref":"Node"}}}';
    const { value } = documentOf({ a: { input: node } });
    expect(judgeOf(value, '/tools/a', INPUT)({ next: { next: {} } })).toBe(true);
    expect(judgeOf(value, '/tools/a', INPUT)({ next: { next: 1 } })).toBe(false);
  });

  test('keeps it where nothing refers to anything; only one may have it', () => {
    const input = '{"$id":"https://example.com/s","type":"object"}';
    const { text } = documentOf({ a: { input }, b: { input } });
    expect(text).toContain(`{"schema":${input}}`);
    expect(text).toContain('{"schema":{"$id":"urn:drawbridge:crm:b:input","type":"object"}}');
  });

  test('gets one where it has anchors', () => {
    const rest =
      '"type":"object","properties":{"x":{"$ref":"#a"}},"$defs":{"a":{"$anchor":"a","const":1}}}';
    const named = `{"$id":"https://example.com/s",${rest}`;
    const { text } = documentOf({
      a: { input: `{${rest}` },
      b: { input: named },
      c: { input: named },
    });
    expect(text).toContain(`{"schema":{"$id":"urn:drawbridge:crm:a:input",${rest}}`);
    expect(text).toContain(`{"schema":${named}}`);
    expect(text).toContain(`{"schema":{"$id":"urn:drawbridge:crm:c:input",${rest}}`);
  });

  test('of an inner resource stays as it is', () => {
    const inner = '{"$id":"urn:x:inner","$ref":"#/$defs/b","$defs":{"b":{"const":3}}}';
    const input = `{"type":"object","properties":{"x":{"$ref":"#/$defs/a"}},"$defs":{"a":${inner}}}`;
    const { text } = documentOf({ a: { input } });
    expect(text).toContain(inner);
    expect(text).toContain(`"$ref":"#/paths/~1tools~1a/${INPUT}/$defs/a"`);
  });
});

describe('the document', () => {
  const tools = {
    crm__get: {
      input: '{"type":"object","required":["id"]}',
      more: '"title":"Get","description":"Gets \\u00e4","annotations":{"readOnlyHint":true,"x":1.0}',
    },
    crm__put: { input: '{"type":"object","required":[ ]}', output: '{"type":"array"}' },
    search__find: { upstream: 'search', more: '"title":7' },
  };
  const { value, text } = documentOf(
    tools,
    ',"_meta":{"dev.drawbridge/missing":[{"upstream":"x"}]}',
  );

  test('is OpenAPI 3.1.1 with one path per tool', () => {
    expect(value).toMatchObject({
      openapi: '3.1.1',
      info: { title: 'Tools of the endpoint "crm"', version: '1.2.3' },
      jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
      servers: [{ url: '/api/crm' }],
      security: [],
      tags: [{ name: 'up' }, { name: 'search' }],
      'x-drawbridge-missing': [{ upstream: 'x' }],
    });
    expect(Object.keys(value.paths)).toEqual([
      '/tools/crm__get',
      '/tools/crm__put',
      '/tools/search__find',
    ]);
  });

  test('names each operation as its tool, and says what is known of it', () => {
    const { post } = value.paths['/tools/crm__get'];
    expect(post).toMatchObject({
      operationId: 'crm__get',
      summary: 'Get',
      description: 'Gets ä',
      tags: ['up'],
      'x-mcp': {
        name: 'crm__get',
        arguments: 'body',
        annotations: { readOnlyHint: true, x: 1 },
      },
      requestBody: { required: true },
    });
    expect(text).toContain('"annotations":{"readOnlyHint":true,"x":1.0}');
    expect(Object.keys(post.responses)).toEqual(['200', '409', '422', 'default']);
  });

  test('leaves open what a tool does not say', () => {
    const { post } = value.paths['/tools/search__find'];
    expect(post.tags).toEqual(['search']);
    expect(post).not.toHaveProperty('summary');
    expect(post).toHaveProperty('x-mcp', { name: 'search__find', arguments: 'body' });
    expect(post.requestBody).toMatchObject({
      required: false,
      content: { 'application/json': { schema: {} } },
    });
    expect(Object.keys(post.responses[200].content)).toEqual([
      'application/json',
      'text/plain',
      'image/*',
      'audio/*',
      'text/event-stream',
    ]);
    expect(value.paths['/tools/crm__put'].post.responses[200].content).toEqual({
      'application/json': { schema: { type: 'array' } },
      'text/event-stream': { schema: { type: 'string' } },
    });
    expect(value.paths['/tools/crm__put'].post.requestBody.required).toBe(false);
  });

  test('refers to nothing that is not in it', () => {
    const targets = [...text.matchAll(/"\$ref":"#([^"]*)"/g)].map(([, target = '']) => target);
    expect(targets).not.toHaveLength(0);
    for (const target of targets) {
      const found = target
        .split('/')
        .slice(1)
        .reduce(
          (at, token) => at?.[decodeURI(token).replaceAll('~1', '/').replaceAll('~0', '~')],
          value,
        );
      expect([target, typeof found]).toEqual([target, 'object']);
    }
  });

  test('is the same text for the same tools, under the public address where there is one', () => {
    expect(documentOf(tools).text).toBe(documentOf(tools).text);
    const settings = { publicUrl: 'https://gate.example.com/x', version: '1' };
    const { servers } = JSON.parse(openApiDocument(listOf(tools), 'crm', settings));
    expect(servers).toEqual([{ url: 'https://gate.example.com/x/api/crm' }]);
  });

  test('of nothing is a document too', () => {
    expect(documentOf({}).value).toMatchObject({ paths: {}, tags: [] });
  });
});
