import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../kernel/index.ts';
import { createBundles } from '../../api/bundles/store.ts';
import type { ChangeSummary } from '../../api/preview/diff/summary.ts';
import { openApiConfig, openApiSchema } from '../config-schema.ts';
import { importOpenApi, type Imported } from './import.ts';

let folder = '';
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-import-'));
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Writes a file that has not changed for a while. */
function write(path: string, text: string, ageSeconds = 60): void {
  const whole = join(folder, path);
  mkdirSync(join(whole, '..'), { recursive: true });
  writeFileSync(whole, text);
  const at = Math.floor(Date.now() / 1000) - ageSeconds;
  utimesSync(whole, at, at);
}

const documentOf = (paths: Record<string, unknown>, more: object = {}) =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths, ...more });

const get = (operationId: string, more: object = {}) => ({
  get: { operationId, responses: { 200: { description: 'ok' } }, ...more },
});

async function tryImport(
  written: unknown = './api.json',
  version = '1',
  onChanged?: (summary: ChangeSummary) => void,
) {
  const config = openApiConfig(openApiSchema.parse(written));
  return await importOpenApi({
    upstream: 'up',
    config,
    directory: folder,
    version,
    clock: systemClock,
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    bundles: createBundles({
      folder: join(folder, 'state', 'apis'),
      clock: systemClock,
      onFault: () => undefined,
    }),
    ...(onChanged === undefined ? {} : { onChanged }),
  });
}

async function imported(...args: Parameters<typeof tryImport>): Promise<Imported> {
  const made = await tryImport(...args);
  if (typeof made === 'string') throw new Error(made);
  return made;
}

const namesIn = ({ bundle }: Imported) => bundle.index.operations.map(({ name }) => name);

describe('a second start', () => {
  test('reads no source where nothing changed', async () => {
    write('api.json', documentOf({ '/a': get('getA') }));
    const first = await imported();
    expect(first).toMatchObject({ wasRead: true, documentUrl: '' });
    const second = await imported();
    expect(second.wasRead).toBe(false);
    expect(JSON.parse(JSON.stringify(second.bundle.index))).toEqual(first.bundle.index);
    const document = second.document();
    expect(typeof document === 'object' && document.title).toBe('T');
  });

  test('does not even open the file: its size, time and number suffice', async () => {
    write('api.json', documentOf({ '/a': get('getA') }));
    await imported();
    const path = join(folder, 'api.json');
    const text = readFileSync(path, 'utf8');
    const at = Math.floor(Date.now() / 1000) - 60;
    writeFileSync(path, 'x'.repeat(text.length));
    utimesSync(path, at, at);
    expect((await imported()).wasRead).toBe(false);
  });

  test('hashes a file that was touched, and one that was written just before', async () => {
    write('api.json', documentOf({ '/a': get('getA') }));
    await imported();
    write('api.json', documentOf({ '/a': get('getA') }), 30);
    expect((await imported()).wasRead).toBe(false);
    write('api.json', documentOf({ '/a': get('getB') }), 0);
    expect((await imported()).wasRead).toBe(true);
    write('api.json', documentOf({ '/a': get('getC') }), 0);
    expect((await imported()).wasRead).toBe(true);
  });

  test.each<[string, () => unknown, string]>([
    [
      'the document',
      () => write('api.json', documentOf({ '/a': get('getA'), '/b': get('b') }), 9),
      '1',
    ],
    [
      'a document beside it',
      () => write('part.json', JSON.stringify({ get: { summary: 'x' } }), 9),
      '1',
    ],
    ['one that was not there', () => write('later.json', JSON.stringify({ get: {} }), 9), '1'],
    ['an overlay', () => write('own.overlay.json', overlay('U'), 9), '1'],
    ['the version of the gateway', () => undefined, '2'],
    ['the index that was kept', () => damage('index'), '1'],
    ['the record of it', () => damage('up.json'), '1'],
  ])('reads all anew where this changed: %s', async (_what, change, version) => {
    write(
      'api.json',
      documentOf({
        '/a': get('getA'),
        '/part': { $ref: './part.json' },
        '/later': { $ref: './later.json' },
      }),
    );
    write('part.json', JSON.stringify({ get: { summary: 'y' } }));
    write('own.overlay.json', overlay('V'));
    const config = { document: './api.json', overlays: ['./own.overlay.json'] };
    await imported(config);
    expect((await imported(config)).wasRead).toBe(false);
    change();
    expect((await imported(config, version)).wasRead).toBe(true);
    expect((await imported(config, version)).wasRead).toBe(false);
  });

  test('says what changed, and that nothing did', async () => {
    const told: ChangeSummary[] = [];
    const again = () => imported('./api.json', '1', (summary) => told.push(summary));
    write('api.json', documentOf({ '/a': get('getA'), '/b': get('getB') }));
    await again();
    write('api.json', documentOf({ '/a': get('getA', { summary: 'x' }), '/b': get('getB') }), 30);
    await again();
    expect(told).toEqual([]);
    const servers = [{ url: 'https://elsewhere.example.net' }];
    write('api.json', documentOf({ '/a': get('getA'), '/c': get('getC') }, { servers }), 9);
    await again();
    expect(told).toMatchObject([{ counts: { added: 1, removed: 1, server: 1 } }]);
    expect(told[0]?.risky).toEqual([expect.stringContaining('elsewhere.example.net')]);
  });

  test('keeps the names of operations although others would be called that now', async () => {
    write('api.json', documentOf({ '/a': get('same'), '/b': get('other') }));
    const first = namesIn(await imported());
    write('api.json', documentOf({ '/b': get('same'), '/a': get('changed') }), 9);
    const second = await imported();
    const byKey = new Map(second.bundle.index.operations.map(({ key, name }) => [key, name]));
    expect([byKey.get('http:GET /a'), byKey.get('http:GET /b')]).toEqual(first);
  });
});

function overlay(title: string): string {
  const actions = [{ target: '$.info', update: { title } }];
  return JSON.stringify({ overlay: '1.0.0', info: { title: 'o', version: '1' }, actions });
}

function damage(name: string): void {
  const record = readFileSync(join(folder, 'state', 'apis', 'up.json'), 'utf8');
  const bundle = /"bundle":"([0-9a-f]{64})"/.exec(record)?.[1] ?? '';
  const path = join(folder, 'state', 'apis', name === 'index' ? bundle : '', name);
  writeFileSync(path, 'damaged');
}

describe('what a document refers to', () => {
  const skipped = ({ bundle }: Imported) => bundle.index.skipped.map(({ why }) => why).join('\n');
  const referring = (...targets: string[]) =>
    documentOf(Object.fromEntries(targets.map((target, at) => [`/p${at}`, { $ref: target }])));
  const item = JSON.stringify(get('found'));

  test('is read beside it and below', async () => {
    write('docs/api.json', referring('./a.json', 'parts/b.json', './parts/../c.json'));
    for (const name of ['a', 'parts/b', 'c']) write(`docs/${name}.json`, item);
    const made = await imported('./docs/api.json');
    expect(made.bundle.index.operations).toHaveLength(3);
    expect(skipped(made)).toBe('');
  });

  test.each<[string, string, string]>([
    ['above it', '../secret.json', 'outside of the document'],
    ['by a whole path', '/etc/passwd', 'outside of the document'],
    ['through a link', './link.json', 'outside of the document'],
    ['by a file address', 'file:///etc/passwd', 'neither a path nor'],
    ['on this machine', 'http://127.0.0.1:1/x.json', 'addresses elsewhere'],
    ['in a cloud', 'http://169.254.169.254/latest/meta-data/', 'addresses elsewhere'],
    ['elsewhere', 'https://example.com/x.json', 'addresses elsewhere'],
  ])('is not read %s', async (_where, target, words) => {
    write('secret.json', item);
    write('docs/api.json', referring(target));
    symlinkSync(join(folder, 'secret.json'), join(folder, 'docs', 'link.json'));
    const made = await imported('./docs/api.json');
    expect(made.bundle.index.operations).toHaveLength(0);
    expect(skipped(made)).toContain(words);
    expect((await imported('./docs/api.json')).wasRead).toBe(false);
  });

  test('is read elsewhere where the operator says so', async () => {
    const origin = await serve((request, response) => {
      if (request.url?.startsWith('/shared/') === true) response.end(item);
      else response.writeHead(404).end();
    });
    write('other/a.json', item);
    write(
      'docs/api.json',
      referring('../other/a.json', `${origin}/shared/b.json`, `${origin}/x.json`),
    );
    for (const reference of [`${origin}/shared/`, new URL(origin).host]) {
      const made = await imported({
        document: './docs/api.json',
        references: ['./other', reference],
      });
      expect(made.bundle.index.operations).toHaveLength(2);
    }
  });
});

describe('a document by its address', () => {
  test('is asked for with its tag, and not read again', async () => {
    const asked: (string | undefined)[] = [];
    const origin = await serve((request, response) => {
      asked.push(request.headers['if-none-match']);
      response.setHeader('etag', '"v1"');
      response.statusCode = request.headers['if-none-match'] === '"v1"' ? 304 : 200;
      response.end(documentOf({ '/a': get('getA') }));
    });
    const first = await imported(`${origin}/openapi.json`);
    expect(first).toMatchObject({ wasRead: true, documentUrl: `${origin}/openapi.json` });
    expect((await imported(`${origin}/openapi.json`)).wasRead).toBe(false);
    expect(asked).toEqual([undefined, '"v1"']);
  });

  test('that cannot be asked for is as it was', async () => {
    let isDown = false;
    const origin = await serve((_request, response) => {
      response.statusCode = isDown ? 503 : 200;
      response.end(documentOf({ '/a': get('getA') }));
    });
    await imported(`${origin}/openapi.json`);
    isDown = true;
    expect((await imported(`${origin}/openapi.json`)).wasRead).toBe(false);
  });

  test('brings what it refers to from its own host only', async () => {
    const other = await serve((_request, response) => response.end(JSON.stringify(get('other'))));
    const origin = await serve((request, response) => {
      const paths = { '/a': { $ref: './a.json' }, '/b': { $ref: `${other}/b.json` } };
      response.end(request.url === '/a.json' ? JSON.stringify(get('own')) : documentOf(paths));
    });
    const made = await imported(`${origin}/openapi.json`);
    expect(made.bundle.index.operations.map(({ place }) => place)).toEqual(['/a']);
  });
});

describe('what cannot be read is said', () => {
  test.each<[string, string | undefined, string]>([
    ['no file', undefined, 'there is no such file'],
    ['no text', '\u0000\u0001', 'cannot be read'],
    ['another document', '{"asyncapi":"2.0.0"}', 'AsyncAPI'],
    ['broken JSON', '{"openapi":', 'cannot be read'],
  ])('%s', async (_what, text, words) => {
    if (text !== undefined) write('api.json', text);
    expect(await tryImport()).toContain(words);
  });

  test('a folder, and an address that does not answer', async () => {
    mkdirSync(join(folder, 'api.json'));
    expect(await tryImport()).toContain('no file');
    const origin = await serve((_request, response) => response.writeHead(500).end());
    expect(await tryImport(`${origin}/x?key=s3cret`)).toContain('HTTP 500');
    expect(await tryImport(`${origin}/x?key=s3cret`)).not.toContain('s3cret');
    expect(await tryImport({ document: `${origin}/x`, overlays: ['./none.yaml'] })).toContain(
      '500',
    );
  });
});
