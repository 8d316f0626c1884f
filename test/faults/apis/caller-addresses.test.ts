/** Callers whose arguments want another address, another header or another credential. */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refusedBy, sentBy, startGuarded } from '../../kit/guarded-api.ts';
import type { Arrived, HostileApi } from '../../kit/hostile-api.ts';

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

const OWN_HEADERS = ['host', 'accept', 'user-agent', 'cookie', 'x-head', 'x-list', 'x-key'];

/** Everything about a request that no argument may change. */
function fixed({ method, target, headers, rawHeaders }: Arrived): unknown {
  const url = new URL(target, 'http://h');
  const [path = ''] = target.split('?');
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  const cookies = (headers.cookie ?? '').split('; ').map((pair) => pair.split('=')[0]);
  return {
    method,
    host: headers.host,
    segments: path.replace(/^\/a\/[^/]+\/b$/, '/a/*/b'),
    isNormal: url.pathname === path && url.host === 'h',
    unknown: names.filter((name) => !OWN_HEADERS.includes(name)),
    twice: names.length - new Set(names).size,
    keys: [headers['x-key'], url.searchParams.getAll('api_key')],
    sids: cookies.filter((name) => name === 'sid').length,
  };
}

const asPlanned = (): unknown => ({
  method: 'GET',
  host: new URL(world.api.origin).host,
  segments: '/a/*/b',
  isNormal: true,
  unknown: [],
  twice: 0,
  keys: ['own-key', ['own-key']],
  sids: 1,
});

describe('a path', () => {
  test.each([
    '',
    '.',
    '..',
    '%2e%2e',
    '%2E%2E%2Fadmin',
    '%252e%252e',
    '../../admin',
    '..\\..\\admin',
    'x/../../admin',
    '..;/admin',
    '..;a=b',
    '\uff0e\uff0e',
    '\u2025/admin',
    '..\u0000',
    '\ud800',
  ])('is not left by %j', async (id) => {
    expect(await refused('get', { id })).toMatch(/id/);
  });

  test.each([
    '/',
    '//evil.example',
    '\\\\evil.example\\x',
    'a/b',
    '?x=1',
    '#x',
    'http://evil.example/',
    '@evil.example',
    ':80',
    '\r\nHost: evil.example',
    'a\u0000b',
    '%00',
    '%2f',
    'é😀',
    '...',
  ])('keeps %j in its segment', async (id) =>
    expect(fixed(await sent('get', { id }))).toEqual(asPlanned()),
  );
});

describe('a header', () => {
  test.each(['a\r\nX-Evil: 1', 'a\nb', 'a\rb', 'a\u0000b', 'a\u007f', '\ud800'])(
    'does not hold %j',
    async (value) => {
      expect(await refused('get', { id: 'a', 'X-Head': value })).toContain('X-Head');
      expect(await refused('get', { id: 'a', 'X-List': ['ok', value] })).toContain('X-List');
    },
  );
});

describe('what the gateway itself decides', () => {
  test.each([
    'Authorization',
    'Host',
    'Cookie',
    'Transfer-Encoding',
    'X-Key',
    'api_key',
    'sid',
    '__proto__',
    'constructor',
  ])('is no argument: %s', async (name) => {
    expect(await refused('get', { id: 'a', [name]: 'evil' }).catch(String)).toBeDefined();
    const { text: answer } = await world.callText(
      'get',
      `{"id":"a",${JSON.stringify(name)}:"evil"}`,
    );
    expect(world.api.arrived).toEqual([]);
    expect(answer).toContain(name);
  });

  test.each(['api_key', 'q', 'free'])('is no member of an object either: %s', async (name) => {
    expect(await refused('get', { id: 'a', spread: { [name]: 'evil' } })).toContain(name);
  });

  test('is no member of cookies', async () => {
    expect(await refused('get', { id: 'a', jar: { sid: 'evil' } })).toContain('sid');
    const { headers } = await sent('get', {
      id: 'a',
      jar: { 'x; sid': 'evil; sid=evil' },
      raw: 'a; sid=evil',
      crumb: 'b;sid=evil',
    });
    expect(headers.cookie?.match(/(?:^|; )sid=/g)).toHaveLength(1);
  });
});

test(
  'no arguments change scheme, host, port, segments, headers or credentials',
  { timeout: 60_000 },
  async () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.string({
        unit: fc.constantFrom(
          '.',
          '/',
          '\\',
          '%',
          '2',
          'e',
          'f',
          ';',
          '?',
          '#',
          '&',
          '=',
          '\r',
          '\n',
          ':',
          '@',
          ' ',
          '+',
          ',',
          '"',
          '\u0000',
          '\u3000',
          'sid',
          'api_key',
        ),
        maxLength: 10,
      }),
    );
    const members = fc.dictionary(nasty, nasty, { maxKeys: 3 });
    const args = fc.record(
      {
        id: nasty,
        q: nasty,
        free: nasty,
        deep: members,
        spread: members,
        'X-Head': nasty,
        'X-List': fc.array(nasty, { maxLength: 3 }),
        crumb: nasty,
        raw: nasty,
        jar: members,
      },
      { requiredKeys: ['id'] },
    );
    let arrivedInAll = 0;
    await fc.assert(
      fc.asyncProperty(args, async (values) => {
        world.api.arrived.length = 0;
        const { status } = await world.call('get', values);
        expect(world.api.arrived.length === 1 || [400, 422].includes(status)).toBe(true);
        for (const one of world.api.arrived) expect(fixed(one)).toEqual(asPlanned());
        arrivedInAll += world.api.arrived.length;
      }),
      { numRuns: 400 },
    );
    expect(arrivedInAll).toBeGreaterThan(50);
  },
);

test('nothing of all this broke anything', () => {
  expect(world.gateway.log.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
