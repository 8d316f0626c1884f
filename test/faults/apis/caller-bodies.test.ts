/** Callers whose values want to be more of a body than a value, or a file that is not theirs. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refusedBy, sentBy, startGuarded } from '../../kit/guarded-api.ts';
import type { HostileApi } from '../../kit/hostile-api.ts';

let world: HostileApi;

beforeAll(async () => {
  world = await startGuarded();
});

afterAll(() => world[Symbol.asyncDispose]());

beforeEach(() => {
  world.api.arrived.length = 0;
});

const sent = (tool: string, args: unknown) => sentBy(world, tool, args);
const refused = (tool: string, args: unknown) => refusedBy(world, tool, args);

describe('bodies', () => {
  test('a form holds one value for each name', async () => {
    const { body } = await sent('form', { a: 'x&role=admin\r\n=;', role: 'user' });
    expect([...new URLSearchParams(body)]).toEqual([
      ['a', 'x&role=admin\r\n=;'],
      ['role', 'user'],
    ]);
  });

  test.each([
    'x"\r\nContent-Type: text/html\r\n\r\n<script>',
    '../../../etc/passwd',
    'a"; filename="b',
    'a\u0000.txt',
    'nul\u202etxt.exe',
  ])('a part keeps its head, whatever its file is called: %j', async (filename) => {
    const { body, headers } = await sent('multi', {
      a: '--x\r\n',
      file: { text: 'content', filename, mimeType: 'text/plain' },
    });
    const boundary = /boundary=(\S+)/.exec(headers['content-type'] ?? '')?.[1] ?? '-';
    const parts = body.split(`--${boundary}`).slice(1, -1);
    expect(parts).toHaveLength(2);
    const [head = ''] = (parts[1] ?? '').slice(2).split('\r\n\r\n');
    expect(head.split('\r\n').map((line) => line.split(':')[0])).toEqual([
      'Content-Disposition',
      'Content-Type',
    ]);
    expect(head).toMatch(/^Content-Disposition: form-data; name="file"; filename="[^"/\\]*"\r\n/);
  });

  test.each([
    'text/plain\r\nX-Evil: 1',
    'text/plain;\r\n\r\na=b',
    'a/b; c="d\r\n\r\ne"',
    'text/plain\u0000',
    'text',
  ])('a type that is none is no type of a part: %j', async (mimeType) => {
    expect(await refused('multi', { file: { text: 'x', mimeType } })).toContain('mimeType');
  });

  test('XML is never made of values', async () => {
    const evil = '"><!ENTITY x SYSTEM "file:///etc/passwd">&x;]]><!--\u0000\ud800';
    const { body } = await sent('xml', { body: { a: evil, at: evil, 'b><c/><d x="': evil } }).catch(
      () => sent('xml', { a: evil, at: evil }),
    );
    expect(body).not.toMatch(/<!ENTITY|<!--|]]>|&x;|<c\/>/);
    expect(body.match(/</g)?.length).toBeLessThan(12);
  });

  test('JSON keeps names that objects have', async () => {
    await world.callText(
      'json',
      '{"body":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    );
    expect(world.api.arrived[0]?.body).toBe(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect('polluted' in {}).toBe(false);
  });
});

describe('files', () => {
  test.each([
    'file:///etc/passwd',
    'FILE:/etc/passwd',
    '/etc/passwd',
    '../../etc/passwd',
    'C:\\Windows\\win.ini',
    '\\\\evil.example\\share\\x',
    'http://169.254.169.254/latest/meta-data/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::ffff:169.254.169.254]/',
    'https://0xa9fea9fe/',
    'https://127.1/',
    'https://localhost/',
    'https://user:pw@example.com/',
    'gopher://127.0.0.1/',
    'drawbridge-result://api/AAAAAAAAAAAAAAAAAAAAAA',
    'drawbridge-result://../x',
    'drawbridge-result://other/AAAAAAAAAAAAAAAAAAAAAA',
  ])('%s is not read', async (uri) => {
    const answer = await refused('upload', { body: { uri } });
    expect(answer).not.toMatch(/root:|for 16-bit/);
    await refused('upload', { body: uri });
  });

  test('that are too long are refused before they are decoded', async () => {
    const answer = await refused('upload', { body: { data: 'A'.repeat(900_000), text: 'x' } });
    expect(answer).toContain('exactly one');
    const { status } = await world.call('upload', { body: { data: 'A'.repeat(3 * 1024 * 1024) } });
    expect(status).toBe(413);
  });

  test.each(['data:text/plain;base64,%%%', 'data:;base64,AAAAA', 'data:text/plain,%zz', 'data:'])(
    '%s is no file',
    async (uri) => {
      expect(await refused('upload', { body: { uri } })).toContain('body');
    },
  );
});

test('nothing of all this broke anything', () => {
  expect(world.gateway.log.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
