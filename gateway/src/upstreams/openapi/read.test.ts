import { describe, expect, test } from 'vitest';
import { SOURCE_LIMITS } from './source/limits.ts';
import { readAny, readDocument } from './test-documents.ts';

const ok = { responses: { 200: { description: 'ok' } } };
const api = (paths: unknown, more: object = {}): object => ({
  openapi: '3.0.3',
  info: { title: 'Zoo', version: '1' },
  paths,
  ...more,
});

describe('what is read', () => {
  test.each([
    ['JSON', JSON.stringify(api({ '/a': { get: ok } }))],
    ['JSON with a byte order mark', `\uFEFF${JSON.stringify(api({ '/a': { get: ok } }))}`],
    ['JSON with a comment', '{"openapi": "3.0.0", # old\n"paths": {"/a": {"get": {}}},}'],
    ['YAML', 'openapi: 3.1.0\npaths:\n  /a:\n    get:\n      responses:\n        200: {}\n'],
    ['YAML with a key twice', 'swagger: "2.0"\nhost: x\nhost: y\npaths: {/a: {get: {}}}'],
    [
      'YAML with too little indentation',
      "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      summary: 'one\n    two'\n",
    ],
    ['a number as version', 'swagger: 2.0\npaths: {/a: {get: {}}}'],
    ['no version', '{"paths": {"/a": {"get": {}}}}'],
    ['a version to come', '{"openapi": "3.7.0", "paths": {"/a": {"get": {}}}}'],
  ])('%s', async (_, text) => {
    const document = await readDocument(text);
    expect(document.operations.map((operation) => operation.key)).toEqual(['http:GET /a']);
  });

  test.each([
    ['', /empty/, 0],
    ['<html>', /HTML/, 1],
    ['{"openapi": "3.0.0",\n "paths": {', /cannot be read/, 2],
    ['a: b: c', /cannot be read/, 1],
    ['[]', /no mapping/, 1],
    ['hello', /no mapping/, 1],
    ['{"swagger": "1.2"}', /Convert/, 1],
    ['{"openapi": "4.0.0"}', /3\.2/, 1],
    ['{"asyncapi": "3.0.0"}', /AsyncAPI/, 1],
    ['{"data": {"__schema": {}}}', /GraphQL/, 1],
    ['openapi: 3.0.0\nx: *nothing\n', /alias/, 2],
  ])('%s is a fault that says what to do', async (text, says, line) => {
    const read = await readAny(text);
    expect(read).toMatchObject({ text: expect.stringMatching(says), line });
  });

  test('a document without paths has no operations', async () => {
    expect(
      (await readDocument({ openapi: '3.1.0', webhooks: { a: { post: ok } } })).operations,
    ).toEqual([]);
  });

  test('members of prototypes are no members', async () => {
    const text =
      '{"openapi":"3.0.0","paths":{"__proto__":{"get":{}},"/a":{"get":{"__proto__":{"deprecated":true}}}}}';
    const document = await readDocument(text);
    expect(document.operations.map(({ key, isDeprecated }) => [key, isDeprecated])).toEqual([
      ['http:GET __proto__', false],
      ['http:GET /a', false],
    ]);
  });

  test('aliases are shared and bounded', async () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) {
      bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
    }
    const read = await readAny(`openapi: 3.0.0\n${bomb.join('\n')}\n`);
    expect(read).toMatchObject({ text: expect.stringMatching(/aliases/) });
  });

  test.each([
    ['JSON', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['YAML', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`],
  ])('deep %s is refused', async (_, text) => {
    expect(await readAny(text)).toMatchObject({ text: expect.stringMatching(/depth|deep|nest/i) });
  });

  test('bytes and operations are bounded', async () => {
    const paths = Object.fromEntries(['/a', '/b', '/c'].map((path) => [path, { get: ok }]));
    const few = await readDocument(api(paths), { limits: { ...SOURCE_LIMITS, maxOperations: 2 } });
    expect(few.operations).toHaveLength(2);
    expect(few.skipped[0]?.why).toMatch(/first 2/);
    const small = { ...SOURCE_LIMITS, maxBytes: 10 };
    expect(await readAny(api(paths), { limits: small })).toMatchObject({ text: /bytes/ });
  });
});

describe('the index', () => {
  test('says of each operation what stands at its head', async () => {
    const document = await readDocument(
      api(
        {
          '/pets': {
            get: { ...ok, operationId: 'listPets', summary: ' All\n pets ', tags: ['pets'] },
            post: { ...ok, deprecated: true, security: [{ key: [] }, {}] },
          },
          '/pets/{id}': { get: ok, delete: { ...ok, description: 'Ends it. For good.' } },
          '/pets/search': { post: ok },
        },
        { security: [{ token: ['read'] }] },
      ),
    );
    const rows = document.operations.map(({ key, name, summary, effects, auth }) => [
      key,
      name,
      summary,
      effects.effect,
      JSON.stringify(auth),
    ]);
    const token = '[[{"scheme":"token","scopes":["read"]}]]';
    expect(rows).toEqual([
      ['http:GET /pets', 'list_pets', 'All pets', 'read', token],
      [
        'http:POST /pets',
        'create_pet',
        'Create pet: POST /pets',
        'destroy',
        '[[{"scheme":"key","scopes":[]}],[]]',
      ],
      ['http:GET /pets/{id}', 'get_pet_by_id', 'Get pet by id: GET /pets/{id}', 'read', token],
      ['http:DELETE /pets/{id}', 'delete_pet_by_id', 'Ends it. For good.', 'destroy', token],
      [
        'http:POST /pets/search',
        'post_pets_search',
        'Post pets search: POST /pets/search',
        'read',
        token,
      ],
    ]);
  });

  test('3.2 has QUERY and further methods', async () => {
    const item = { query: ok, additionalOperations: { COPY: ok, QUERY: ok, 'a b': ok } };
    const document = await readDocument({ ...api({ '/a': item }), openapi: '3.2.0' });
    expect(document.operations.map(({ key }) => key)).toEqual(['http:QUERY /a', 'http:COPY /a']);
    expect(document.skipped.map(({ what }) => what)).toEqual(['QUERY /a', 'a b /a']);
  });

  test('what is broken is skipped alone, with its place', async () => {
    const text = JSON.stringify(
      api({ '/a': { get: 5, put: ok }, '/b': [], '/c': { $ref: '#/nowhere' }, d: { get: ok } }),
      undefined,
      1,
    );
    const document = await readDocument(text);
    expect(document.operations.map(({ key, place }) => [key, place])).toEqual([
      ['http:PUT /a', '/a'],
      ['http:GET d', '/d'],
    ]);
    expect(document.skipped.map(({ what, at }) => [what, at.pointer])).toEqual([
      ['GET /a', '#/paths/~1a/get'],
      ['/b', '#/paths/~1b'],
      ['/c', '#/paths/~1c'],
    ]);
    const lines = text.split('\n');
    expect(lines[(document.skipped[0]?.at.line ?? 0) - 1]).toContain('"get": 5');
    expect(document.repairs.map(({ what }) => what)).toEqual(['The path "d" was read as "/d".']);
  });

  test('lines of YAML are those of the keys', async () => {
    const text = 'openapi: 3.0.0\npaths:\n  /a:\n    # why\n    get:\n      responses: {}\n';
    const document = await readDocument(text);
    expect(document.operations[0]?.at).toEqual({ source: '', pointer: '#/paths/~1a/get', line: 5 });
  });

  test('authors decide what becomes a tool, and how it is called', async () => {
    const paths = {
      '/a': { get: { ...ok, 'x-mcp': { name: 'fetchA', title: 'A', description: 'Gets A' } } },
      '/b': { get: { ...ok, 'x-mcp': false } },
      '/c': { get: { ...ok, 'x-internal': true } },
      '/d': { get: { ...ok, 'x-speakeasy-mcp': { disabled: true } } },
      '/e': { post: { ...ok, 'x-openai-isConsequential': false } },
      '/f': { post: { ...ok, 'x-mcp': { annotations: { readOnlyHint: true }, tags: ['t'] } } },
      '/g': { get: { ...ok, 'x-ms-visibility': 'internal' } },
    };
    const document = await readDocument(api(paths));
    const rows = document.operations.map((one) => [
      one.name,
      one.effects.effect,
      one.effects.origin,
      one.tags,
    ]);
    expect(rows).toEqual([
      ['fetchA', 'read', 'verb', []],
      ['post_e', 'write', 'extension', []],
      ['post_f', 'read', 'extension', ['t']],
      ['get_g', 'read', 'verb', ['internal']],
    ]);
    expect(document.operations[0]).toMatchObject({ title: 'A', summary: 'Gets A' });
    expect(document.skipped.map(({ what }) => what)).toEqual(['GET /b', 'GET /c', 'GET /d']);
  });

  test('a filter leaves operations out and changes no name', async () => {
    const none = { tags: [], paths: [], methods: [] };
    const paths = {
      '/pets/a': { get: ok, post: ok },
      '/toys/a': { get: { ...ok, deprecated: true } },
    };
    const keys = async (filter: object): Promise<string[]> => {
      const full = { include: none, exclude: none, deprecated: 'keep', ...filter } as const;
      return (await readDocument(api(paths), { filter: full })).operations.map(({ key }) => key);
    };
    expect(await keys({ include: { ...none, paths: ['/pets/*'], methods: ['get'] } })).toEqual([
      'http:GET /pets/a',
    ]);
    expect(await keys({ exclude: { ...none, paths: ['*/a*'] } })).toEqual([]);
    expect(await keys({ exclude: { ...none, methods: ['POST'] }, deprecated: 'skip' })).toEqual([
      'http:GET /pets/a',
    ]);
  });

  test('servers and schemes read alike in every version', async () => {
    const old = await readDocument({
      swagger: '2.0',
      host: 'api.example.com',
      basePath: 'v1',
      schemes: ['http', 'https', 'ws'],
      securityDefinitions: {
        key: { type: 'apiKey', in: 'query', name: 'k' },
        pw: { type: 'basic' },
      },
    });
    expect(old.servers).toEqual(['https://api.example.com/v1', 'http://api.example.com/v1']);
    expect(old.schemes.map(({ kind, location, parameter }) => [kind, location, parameter])).toEqual(
      [
        ['api_key', 'query', 'k'],
        ['basic', '', ''],
      ],
    );
    const servers = [
      {
        url: 'https://{region}.example.com/{base}',
        variables: { region: { default: 'eu', enum: ['eu', 'us'] } },
      },
      { url: '/v2' },
    ];
    const flows = { clientCredentials: { tokenUrl: '/token' } };
    const components = {
      securitySchemes: { o: { type: 'oauth2', flows }, b: { type: 'http', scheme: 'Bearer' } },
    };
    const fresh = await readDocument(api({}, { servers, components }), {
      variables: { region: 'us' },
    });
    expect(fresh.servers).toEqual(['https://us.example.com/{base}', '/v2']);
    expect(fresh.schemes.map(({ kind, tokenUrl }) => [kind, tokenUrl])).toEqual([
      ['oauth2', '/token'],
      ['bearer', ''],
    ]);
  });

  test('the digest tells bytes and overlays', async () => {
    const overlays = [Buffer.from('{"overlay":"1.0.0","actions":[]}')];
    const digests = await Promise.all([
      readDocument(api({})),
      readDocument(api({})),
      readDocument(api({ '/a': {} })),
      readDocument(api({}), { overlays }),
    ]);
    const [first, same, other, overlaid] = digests.map(({ digest }) => digest);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(same).toBe(first);
    expect(new Set([first, other, overlaid]).size).toBe(3);
  });
});
