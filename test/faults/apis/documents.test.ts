/** Documents that want to be read where they may not, or calls to be made where nobody meant. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../kit/command-line.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { listen, operation, type Listening } from '../../kit/hostile-api.ts';
import { sendModern } from '../../kit/modern-request.ts';
import { callTool } from '../../kit/rest-request.ts';

const HEAD = { openapi: '3.1.0', info: { title: 'API', version: '1' } };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-documents-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function gatewayOf(openapi: unknown): Promise<TestGateway> {
  const gateway = await startGateway({ upstreams: { api: { openapi } } });
  onTestFinished(() => gateway.close());
  return gateway;
}

async function listening(...[listener]: Parameters<typeof listen>): Promise<Listening> {
  const one = await listen(listener);
  onTestFinished(() => one[Symbol.asyncDispose]());
  return one;
}

/** The list of tools as text, with what is missing of it. */
async function listed(gateway: TestGateway): Promise<string> {
  return (await sendModern(gateway.url, { method: 'tools/list' })).text;
}

describe('references', () => {
  test('lead to no other host, no other folder and no other scheme', async () => {
    const other = await listening((_request, response) => {
      response.end(JSON.stringify({ type: 'string', description: 'canary' }));
    });
    const here = folder();
    const canary = '{"type":"string","description":"canary"}';
    mkdirSync(join(here, 'docs'));
    writeFileSync(join(here, 'outside.json'), canary);
    symlinkSync(join(here, 'outside.json'), join(here, 'docs', 'link.json'));
    symlinkSync(here, join(here, 'docs', 'up'));
    writeFileSync(join(here, 'docs', 'own.json'), '{"type":"string","description":"allowed"}');
    const targets = [
      `${other.origin}/x.json`,
      `http://169.254.169.254/latest/meta-data/`,
      `//${new URL(other.origin).host}/x.json`,
      'file:///etc/passwd',
      `file://${here}/outside.json`,
      '/etc/passwd',
      '../outside.json',
      './../outside.json',
      './x/../../outside.json',
      '..%2foutside.json',
      './link.json',
      './up/outside.json',
      '\\\\evil.example\\share\\x.json',
      'jar:file:///x.jar!/y.json',
      `${other.origin}@127.0.0.1/x.json`,
      './own.json',
    ];
    const properties = Object.fromEntries(targets.map(($ref, at) => [`p${at}`, { $ref }]));
    const schema = { type: 'object', properties };
    const post = operation('go', { requestBody: { content: { 'application/json': { schema } } } });
    const document = join(here, 'docs', 'api.json');
    writeFileSync(document, JSON.stringify({ ...HEAD, paths: { '/go': { post } } }));
    const gateway = await gatewayOf({ document, url: other.origin, mode: 'full' });
    const text = await listed(gateway);
    expect(text).toContain('api__go');
    expect(text).toContain('allowed');
    expect(text).not.toMatch(/canary|root:/);
    expect(other.arrived).toEqual([]);
  });
});

describe('a document at an address', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]:1/',
    'http://127.1:1/',
    'file:///etc/passwd',
    '//localhost:1/',
    'OTHER',
  ])('is not looked for at %s because of a redirect', async (target) => {
    const other = await listening((_request, response) => response.end(JSON.stringify(HEAD)));
    const location = target.replace('OTHER', `${other.origin}/api.json`);
    const first = await listening((_request, response) =>
      response.writeHead(302, { location }).end(),
    );
    const gateway = await gatewayOf(`${first.origin}/api.json`);
    expect(await listed(gateway)).toContain('missing');
    expect(first.arrived).toHaveLength(1);
    expect(other.arrived).toEqual([]);
  });

  test('is one document, although it is another one each time', async () => {
    let turn = 0;
    const first = await listening((request, response) => {
      const name = `turn_${turn}`;
      if (request.url === '/api.json') turn++;
      const paths = { [`/${name}`]: { get: operation(name, { summary: name }) } };
      response.end(
        JSON.stringify(request.url === '/api.json' ? { ...HEAD, paths } : { path: request.url }),
      );
    });
    const gateway = await gatewayOf({ document: `${first.origin}/api.json`, mode: 'full' });
    const text = await listed(gateway);
    const [, name = ''] = /api__(turn_\d)/.exec(text) ?? [];
    expect(text.match(/turn_\d/g)?.every((each) => each === name)).toBe(true);
    expect((await callTool(gateway, `api__${name}`)).text).toContain(`"/${name}"`);
  });

  test('that never ends is waited for by nobody else', async () => {
    const first = await listening((_request, response) => response.write('{'));
    const second = await listening((_request, response) => response.end('{"ok":true}'));
    const document = join(folder(), 'api.json');
    writeFileSync(
      document,
      JSON.stringify({ ...HEAD, paths: { '/go': { get: operation('go') } } }),
    );
    const upstreams = {
      never: { openapi: `${first.origin}/x` },
      good: { openapi: { document, url: second.origin, mode: 'full' } },
    };
    const gateway = await startGateway({ upstreams }, { waitForLists: false });
    onTestFinished(() => gateway.close());
    expect((await callTool(gateway, 'good__go')).text).toContain('"ok":true');
  });
});

describe('servers', () => {
  /** Where calls went, and what the caller was told. */
  async function tried(document: object, url?: string): Promise<string> {
    const path = join(folder(), 'api.json');
    writeFileSync(path, JSON.stringify({ ...HEAD, ...document }));
    const gateway = await gatewayOf({
      document: path,
      mode: 'full',
      ...(url === undefined ? {} : { url }),
    });
    return (await callTool(gateway, 'api__go')).text;
  }

  test.each<[string, (evil: string) => string]>([
    ['//host', (evil) => `//${evil}`],
    ['a name before @', (evil) => `https://api.example.com@${evil}/`],
    ['another scheme', (evil) => `gopher://${evil}/`],
    ['a file', () => 'file:///etc/'],
    ['the host itself', (evil) => `http://${evil}/`],
    ['a metadata service', () => 'http://169.254.169.254/'],
    ['a variable', () => 'http://{host}/'],
    ['a backslash', (evil) => `\\\\${evil}\\`],
    ['a line break', (evil) => `http://api.example.com\r\n@${evil}/`],
  ])(
    'of a path or an operation are not asked where they are elsewhere: %s',
    async (_name, server) => {
      const evil = await listening((_request, response) => response.end('{"evil":true}'));
      const api = await listening((_request, response) => response.end('{"ok":true}'));
      const host = new URL(evil.origin).host;
      const servers = [{ url: server(host), variables: { host: { default: host } } }];
      const told = [
        await tried({ paths: { '/go': { get: operation('go', { servers }) } } }, api.origin),
        await tried({ paths: { '/go': { servers, get: operation('go') } } }, api.origin),
        await tried({ servers, paths: { '/go': { get: operation('go') } } }),
      ];
      expect(evil.arrived).toEqual([]);
      for (const text of told) expect(text).not.toContain('"evil":true');
    },
  );
});

describe('what a document calls things', () => {
  const EVIL = '\u001b[2J\u001b]0;pwned\u0007\u009b31m\u202egnp.exe\u200b\u{e0041}\r\n{"ok":true}';
  const document = JSON.stringify({
    openapi: '3.1.0',
    info: { title: EVIL, version: EVIL, description: EVIL },
    servers: [{ url: `https://api.example.com/${EVIL}` }, { url: EVIL }],
    security: [{ [EVIL]: [EVIL] }],
    paths: {
      [`/${EVIL}`]: {
        get: {
          operationId: EVIL,
          summary: EVIL,
          description: EVIL,
          tags: [EVIL],
          [EVIL]: EVIL,
          responses: {},
        },
        post: {
          parameters: [
            { name: EVIL, in: EVIL },
            { name: EVIL, in: 'query', description: EVIL },
          ],
          responses: { [EVIL]: {} },
        },
        [EVIL]: EVIL,
        put: EVIL,
        additionalOperations: { [EVIL]: EVIL },
      },
      '/a': { $ref: `./${EVIL}.json`, get: { requestBody: { $ref: `#/${EVIL}` }, responses: {} } },
    },
    components: {
      securitySchemes: {
        [EVIL]: { type: 'apiKey', in: 'header', name: EVIL, description: EVIL },
        b: { type: EVIL },
      },
    },
  });

  test.each([
    ['preview', 'api.json', document, []],
    ['preview', 'api.json', document, ['--json']],
    ['preview', 'api.json', document, ['--all']],
    ['preview', 'api.yaml', `openapi: "9.\\e[2J\\u202e"`, []],
    ['preview', 'api.yaml', `openapi: "9.\\e[2J\\u202e"`, ['--json']],
    ['preview', 'api.yaml', 'a: *\u001b[2J\u202e', []],
    ['preview', '\u001b[2J.json', '{', []],
    ['add', 'api.json', document, ['--yes', '--url', 'http://127.0.0.1:1/', '--no-connect']],
    ['add', 'api.json', document, ['--yes', '--url', 'http://127.0.0.1:1/', '--json']],
  ])('%s of %j steers no terminal', async (command, name, text, flags) => {
    const here = folder();
    writeFileSync(join(here, name), text);
    const { stdout, stderr } = await runCommand([command, `./${name}`, ...flags], here);
    expect(`${stdout}${stderr}`).not.toBe('');
    expect(stderr).not.toMatch(/\n +at /);
    expect(stdout).not.toMatch(/^ *\{"ok":true\}/m);
    expect(`${stdout}${stderr}`).not.toMatch(
      /[^\P{Cc}\n\t]|[\u200b\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u,
    );
  });

  test('reaches no log and no record but as text', async () => {
    const path = join(folder(), 'api.json');
    writeFileSync(path, document);
    const gateway = await gatewayOf({ document: path, mode: 'full' });
    const text = await listed(gateway);
    for (const { name } of (JSON.parse(text) as { result: { tools: { name: string }[] } }).result
      .tools) {
      expect(name).toMatch(/^[\w-]{1,64}$/);
      await callTool(gateway, name);
    }
    const { tools } = (
      JSON.parse(text) as { result: { tools: { title?: string; description?: string }[] } }
    ).result;
    for (const { title = '', description = '' } of tools) {
      expect(title + description).not.toMatch(
        /[^\P{Cc}\n]|[\u200b\u202a-\u202e\u{e0000}-\u{e007f}]/u,
      );
    }
  });
});
