/** APIs from document to entry, as people add them: every command in a process of its own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../kit/command-line.ts';

const ID = '{ name: id, in: path, required: true, schema: { type: string } }';
const DOCUMENT = `openapi: 3.1.0
info: { title: Corner Shop API, version: '3' }
servers: [{ url: 'https://shop.example.com/v3' }]
security: [{ key: [] }]
paths:
  /orders:
    get:
      operationId: listOrders
      summary: Lists orders, newest first.
      tags: [orders]
      parameters: [{ name: limit, in: query, schema: { type: integer } }]
      responses: {}
  /orders/{id}:
    parameters: [${ID}]
    get: { operationId: getOrder, summary: Reads one order., tags: [orders], responses: {} }
    delete: { operationId: cancelOrder, summary: Cancels an order., tags: [orders], responses: {} }
  /health:
    get: { summary: Says whether it is up., security: [], responses: {} }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
`;

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-apis-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const configOf = (here: string): string => readFileSync(join(here, 'drawbridge.yaml'), 'utf8');
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

/** Serves one text at every address below an origin of its own. */
async function serve(text: string, type: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', type).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

describe('preview', () => {
  test('what there is, what it costs, what it needs, how good it is', async () => {
    const here = folder({ 'shop.yaml': DOCUMENT });
    const { code, stdout, stderr } = await runCommand(['preview', 'shop.yaml'], here);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      'Corner Shop API 3 (OpenAPI 3.1)\nServer: https://shop.example.com/v3\n',
    );
    expect(stdout).toContain('4 operations: 3 read, 1 may destroy');
    expect(stdout).toMatch(/^orders \(3\)\n {2}list_orders +reads +\d+ +Lists orders/m);
    expect(stdout).toMatch(/^ {2}cancel_order +may destroy +\d+ +Cancels an order\./m);
    expect(stdout).toMatch(/^Tokens of a list: full \d+, compact \d+, search \d+$/m);
    expect(stdout).toMatch(/^ {2}key +not configured +3 operations +API key in the header X-Key$/m);
    expect(stdout).toMatch(/^Score: 100 of 100$/m);
  });

  test('as JSON, with a budget that only a search fits', async () => {
    const here = folder({ 'shop.yaml': DOCUMENT });
    const words = ['preview', 'shop.yaml', '--json', '--budget', '10'];
    const { code, stdout } = await runCommand(words, here);
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({
      ok: true,
      format: 'OpenAPI 3.1',
      operations: { total: 4 },
      mode: { mode: 'search', budgetTokens: 10 },
      score: { total: expect.any(Number) as unknown },
    });
  });

  test('long lists are folded, and shown whole when asked for', async () => {
    const paths = Array.from(
      { length: 30 },
      (_, at) => `  /t${at}: { get: { operationId: t${at}, summary: Reads t${at} now. } }`,
    );
    const here = folder({ 'many.yaml': `swagger: '2.0'\npaths:\n${paths.join('\n')}\n` });
    const folded = await runCommand(['preview', 'many.yaml'], here);
    expect(folded.stdout).toContain('… and 26 more (--all)');
    const whole = await runCommand(['preview', 'many.yaml', '--all'], here);
    expect(whole.stdout).not.toContain('--all');
    expect(whole.stdout).toContain('Reads t29 now.');
  });

  test.each<[name: string, text: string | undefined, says: RegExp, code: number]>([
    ['none.yaml', undefined, /none\.yaml cannot be read: there is no such file/, 1],
    ['other.json', '{"hello":1}', /no OpenAPI document/, 1],
    ['broken.json', '{"openapi":"3.1.0",', /cannot be read/, 1],
  ])('%s', async (name, text, says, code) => {
    const here = folder(text === undefined ? {} : { [name]: text });
    const ended = await runCommand(['preview', name], here);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    expect(ended.stderr).toMatch(says);
  });

  test('an address where nothing is, and nothing at all', async () => {
    const here = folder({});
    expect((await runCommand(['preview', 'http://127.0.0.1:1/a.json'], here)).code).toBe(3);
    expect((await runCommand(['preview'], here)).code).toBe(2);
    expect((await runCommand(['preview', 'a.json', '--budget', 'x'], here)).code).toBe(2);
  });
});

describe('add', () => {
  test('a document: its path as seen from the file, a mode, a place for the key', async () => {
    const here = folder({ 'docs/shop.openapi.yaml': DOCUMENT, 'etc/drawbridge.yaml': '' });
    const words = ['add', 'docs/shop.openapi.yaml', '--yes', '-c', 'etc/drawbridge.yaml'];
    const { code, stdout } = await runCommand(words, here);
    expect(code).toBe(0);
    expect(readFileSync(join(here, 'etc/drawbridge.yaml'), 'utf8')).toBe(
      [
        'upstreams:',
        '  shop:',
        '    openapi:',
        '      document: ../docs/shop.openapi.yaml',
        '      mode: full',
        '    auth:',
        '      schemes:',
        '        key: ${SHOP_KEY}',
        '',
      ].join('\n'),
    );
    expect(stdout).toMatch(
      /Set in the environment[^\n]*\n {2}SHOP_KEY {2}API key in the header X-Key/,
    );
    const check = ['check', '-c', 'etc/drawbridge.yaml'];
    expect((await runCommand(check, here)).code).toBe(1);
    expect((await runCommand(check, here, { SHOP_KEY: 'k' })).code).toBe(0);
  });

  test('nothing is written where nobody said yes', async () => {
    const here = folder({ 'shop.yaml': DOCUMENT, 'drawbridge.yaml': '# mine\n' });
    const { code, stderr } = await runCommand(['add', 'shop.yaml'], here);
    expect(code).toBe(1);
    expect(stderr).toContain('--yes');
    expect(configOf(here)).toBe('# mine\n');
  });

  test('a dry run, as JSON, in the mode that fits', async () => {
    const here = folder({ 'shop.yaml': DOCUMENT });
    const words = ['add', 'shop.yaml', '--dry-run', '--json', '--budget', '10', '--name', 'corner'];
    const { code, stdout } = await runCommand(words, here);
    expect(code).toBe(0);
    expect(json(stdout)).toMatchObject({
      ok: true,
      id: 'corner',
      written: false,
      entry: {
        openapi: { document: './shop.yaml', mode: 'search', maxListTokens: 10 },
        auth: { schemes: { key: '${CORNER_KEY}' } },
      },
      mode: 'search',
      variables: ['CORNER_KEY'],
    });
  });

  test.each<[what: string, servers: string, says: RegExp]>([
    ['names no server', '[]', /does not say where the API is[\s\S]*--url https:/],
    ['names this machine', "[{ url: 'http://localhost:9/x' }]", /--url http:\/\/localhost:9\/x/],
  ])('a document that %s wants --url', async (_what, servers, says) => {
    const text = DOCUMENT.replace(/servers: .*/, `servers: ${servers}`);
    const here = folder({ 'shop.yaml': text });
    const refused = await runCommand(['add', 'shop.yaml', '--yes'], here);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(says);
    const words = ['add', 'shop.yaml', '--yes', '--url', 'http://127.0.0.1:9001'];
    expect((await runCommand(words, here)).code).toBe(0);
    expect(configOf(here)).toContain('url: http://127.0.0.1:9001');
  });

  test('a header of its own leaves no place for a key', async () => {
    const here = folder({ 'shop.yaml': DOCUMENT });
    const header = ['--header', 'Authorization: Bearer ${SHOP_TOKEN}'];
    const ended = await runCommand(['add', 'shop.yaml', '--yes', ...header], here, {
      SHOP_TOKEN: 't',
    });
    expect(ended.code).toBe(0);
    expect(configOf(here)).toContain('Authorization: Bearer ${SHOP_TOKEN}');
    expect(configOf(here)).not.toContain('schemes');
  });

  test('an address of a document is known by what is there', async () => {
    const origin = await serve(DOCUMENT.replace('https://shop.example.com', ''), 'text/plain');
    const here = folder({});
    const { code } = await runCommand(['add', `${origin}/spec`, '--yes'], here);
    expect(code).toBe(0);
    expect(configOf(here)).toContain(`document: ${origin}/spec`);
    expect(configOf(here)).toMatch(/^ {2}corner-shop:$/m);
  });

  test('an address of anything else stays an MCP server', async () => {
    const origin = await serve('<html></html>', 'text/html');
    const here = folder({});
    const { code, stderr } = await runCommand(['add', origin], here);
    expect(code).toBe(3);
    expect(stderr).toContain('--no-connect');
    const blind = await runCommand(['add', `${origin}/x`, '--no-connect', '--name', 'x'], here);
    expect(blind.code).toBe(0);
    expect(configOf(here)).toContain(`mcp: ${origin}/x`);
  });
});

describe('preview --diff', () => {
  const ENTRY = 'upstreams: { shop: { openapi: ./shop.yaml } }\n';

  test('says what is risky and ends with 4', async () => {
    const next = DOCUMENT.replace(
      'name: limit, in: query,',
      'name: limit, in: query, required: true,',
    )
      .replace('shop.example.com', 'shop.example.org')
      .replace('operationId: getOrder', 'operationId: readOrder')
      .replace('security: [{ key: [] }]', 'security: []');
    const here = folder({ 'shop.yaml': DOCUMENT, 'next.yaml': next, 'drawbridge.yaml': ENTRY });
    const { code, stdout } = await runCommand(['preview', 'next.yaml', '--diff', 'shop'], here);
    expect(code).toBe(4);
    expect(stdout).toMatch(
      /^Risky \(\d\)\n {2}It names a server at another host: shop\.example\.org\./m,
    );
    expect(stdout).toContain('list_orders: The argument limit is required now.');
    expect(stdout).toContain(
      'get_order: It is called read_order in the document now; get_order stays.',
    );
    const asJson = await runCommand(['preview', 'next.yaml', '--diff', 'shop', '--json'], here);
    expect(json(asJson.stdout)).toMatchObject({ ok: true, upstream: 'shop', against: 'document' });
  });

  test('nothing changed, or nothing risky: 0', async () => {
    const next = DOCUMENT.replace('Reads one order.', 'Gives one order.').replace('/health', '/up');
    const here = folder({ 'shop.yaml': DOCUMENT, 'next.yaml': next, 'drawbridge.yaml': ENTRY });
    const same = await runCommand(['preview', '--diff', 'shop'], here);
    expect(same).toMatchObject({ code: 0 });
    expect(same.stdout).toContain('Nothing changed.');
    const other = await runCommand(['preview', 'next.yaml', '--diff', 'shop'], here);
    expect(other.code).toBe(0);
    expect(other.stdout).toMatch(/^Added \(1\)\n {2}get_up: GET \/up/m);
    expect(other.stdout).toMatch(/^Removed \(1\)\n {2}get_health: GET \/health is gone\./m);
  });

  test('against what was imported, although its document is another one now', async () => {
    const server = 'server: { listen: 127.0.0.1:0, stateDir: state }\n';
    const entry = 'upstreams: { shop: { openapi: ./shop.yaml, auth: { schemes: { key: k } } } }\n';
    const here = folder({ 'shop.yaml': DOCUMENT, 'drawbridge.yaml': server + entry });
    expect((await runCommand(['tools'], here)).stdout).toContain('shop__cancel_order');
    const next = DOCUMENT.replace('shop.example.com', 'shop.example.org')
      .replace('in: query,', 'in: query, required: true,')
      .replace(/^.*cancelOrder.*\n/m, '');
    writeFileSync(join(here, 'shop.yaml'), next);
    const risky = await runCommand(['preview', '--diff', 'shop'], here);
    expect(risky.code).toBe(4);
    expect(risky.stdout).toContain('shop, compared with its last import\n\nRisky (2)\n');
    expect(risky.stdout).toContain('list_orders: The argument limit is required now.');
    expect(risky.stdout).toContain('cancel_order: DELETE /orders/{id} is gone.');
    const log = await runCommand(['tools', '--verbose'], here);
    expect(log.stderr).toMatch(/imported anew and changed +upstream=shop +removed=1 +server=1/);
    expect((await runCommand(['preview', '--diff', 'shop'], here)).code).toBe(0);
  });

  test('an upstream that there is not', async () => {
    const here = folder({ 'shop.yaml': DOCUMENT, 'drawbridge.yaml': ENTRY });
    const { code, stderr } = await runCommand(['preview', 'shop.yaml', '--diff', 'shp'], here);
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean "shop"?');
  });
});
