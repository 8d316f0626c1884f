/** Callers at the doors: too many arguments, pages of others, tools that are not offered. */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refusedBy, startGuarded } from '../../kit/guarded-api.ts';
import type { HostileApi } from '../../kit/hostile-api.ts';
import { sendModern } from '../../kit/modern-request.ts';
import { ask } from '../../kit/rest-request.ts';

let world: HostileApi;

beforeAll(async () => {
  world = await startGuarded();
});

afterAll(() => world[Symbol.asyncDispose]());

beforeEach(() => {
  world.api.arrived.length = 0;
});

const refused = (tool: string, args: unknown) => refusedBy(world, tool, args);

describe('arguments', () => {
  test.each<[string, string]>([
    ['of 100,000 levels', `{"body":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['of 40 levels', `{"body":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}`],
    ['given twice', '{"body":{},"body":{}}'],
    ['of two values', '{"body":{}} {}'],
    ['in a list', '[]'],
    ['in a text', '"{}"'],
    ['that are no JSON', '{body:{}}'],
    ['with half a character', '{"body":{"a":"\\ud800'],
  ])('%s are refused', async (_name, args) => {
    const { status } = await world.callText('json', args);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(world.api.arrived).toEqual([]);
  });

  test('in the number of 100,000 are refused in few words', { timeout: 20_000 }, async () => {
    const many = Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`a${at}`, 1]));
    const answer = await refused('get', { id: 'a', ...many });
    expect(answer.length).toBeLessThan(20_000);
  });

  test('a number of a million digits costs little', { timeout: 20_000 }, async () => {
    const { status } = await world.callText('json', `{"body":{"n":1${'0'.repeat(900_000)}1}}`);
    expect(status).toBe(200);
    const wrong = await world.callText('get', `{"id":1${'0'.repeat(900_000)}1}`);
    expect(wrong.text.length).toBeLessThan(20_000 + 900_100);
  });
});

describe('further pages', () => {
  test('are opened by their own token only', async () => {
    const { text: first } = await world.call('list', { q: 'a' });
    expect(first).toContain('items');
    const raw = await sendModern(world.gateway.url, {
      method: 'tools/call',
      name: 'api__list',
      params: '"name":"api__list","arguments":{"q":"a"}',
    });
    const page = /_page[\\":= ]+([\w-]{20,})/.exec(raw.text)?.[1] ?? '';
    expect(page).not.toBe('');
    world.api.arrived.length = 0;
    expect((await world.call('list', { q: 'a', _page: page })).status).toBe(200);
    expect(world.api.arrived[0]?.target).toContain('second');
    world.api.arrived.length = 0;
    const altered = `${page.slice(0, -2)}${page.endsWith('A') ? 'B' : 'A'}${page.slice(-1)}`;
    for (const wrong of [
      altered,
      page.slice(1),
      `${page}A`,
      'x',
      '',
      'http://169.254.169.254/',
      '__proto__',
    ]) {
      expect((await world.call('list', { q: 'a', _page: wrong })).status).toBeGreaterThanOrEqual(
        wrong === '' ? 200 : 400,
      );
    }
    world.api.arrived.length = 0;
    expect(await refused('list', { q: 'b', _page: page })).toContain('_page');
    const elsewhere = await ask(world.gateway, '/api/other/tools/api__list', {
      method: 'POST',
      body: JSON.stringify({ q: 'a', _page: page }),
      headers: { 'content-type': 'application/json' },
    });
    expect(elsewhere.status).toBeGreaterThanOrEqual(400);
  });
});

describe('tools that are not offered', () => {
  const HIDDEN = 'api__hidden';
  const post = (path: string, body = '{}') =>
    ask(world.gateway, path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });

  /** Without what tells two calls apart: their ids and those of their decisions. */
  const told = (answer: string): string =>
    answer
      .replace(/"exchange":"[^"]*"/, '')
      .replace(/decision [\w-]+/, 'decision')
      .replace(/"decision":"[^"]*"/, '');

  test('answer like tools that do not exist, at every door', async () => {
    for (const name of [HIDDEN, 'hidden', 'api/hidden', 'API__HIDDEN']) {
      const missing = await post('/api/default/tools/api__nowhere');
      const found = await post(`/api/default/tools/${encodeURIComponent(name)}`);
      expect([found.status, told(found.text)]).toEqual([missing.status, told(missing.text)]);
      for (const own of ['call_tool', 'describe_tool']) {
        const argument = own === 'call_tool' ? { name, arguments: {} } : { name, names: [name] };
        const answer = await post(`/api/other/tools/${own}`, JSON.stringify(argument));
        expect(answer.text).not.toMatch(/"ok"|DELETE|delete/);
      }
    }
    expect(world.api.arrived).toEqual([]);
  });

  test('call_tool calls itself no deeper', async () => {
    let inner: unknown = { name: 'api__list', arguments: {} };
    for (let level = 0; level < 8; level++) inner = { name: 'call_tool', arguments: inner };
    const answer = await post('/api/other/tools/call_tool', JSON.stringify(inner));
    expect(answer.status).toBeLessThan(500);
    expect(world.api.arrived.length).toBeLessThanOrEqual(1);
  });
});

describe('addresses of the facade', () => {
  /** Without the tidying that every client library does. */
  function raw(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(world.gateway.origin);
      const asked = httpRequest(
        {
          hostname,
          port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': 2 },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      asked.on('error', reject);
      asked.end('{}');
    });
  }

  test.each([
    '/api/default/tools/..%2f..%2fother%2ftools%2fapi__list',
    '/api/default/tools/%2e%2e/api__list',
    '/api/default/tools/../tools/api__list',
    '/api/default//tools/api__list',
    '/api//default/tools/api__list',
    '//api/default/tools/api__list',
    '/api/default/tools/api__list/',
    '/api/default/tools/',
    '/api/default/tools/%',
    '/api/default/tools/%ff%fe',
    '/api/default/tools/%00',
    '/api/nowhere/tools/api__list',
    '/api/__proto__/tools/api__list',
    '/api/constructor/tools/api__list',
    '/api/default/tools/__proto__',
    '/api/default/tools/constructor',
    '/api/default%2ftools%2fapi__list',
    '/API/default/tools/api__list',
    '/api/default/tools/api__list;a=b',
    '/api/default/tools/api__list%20',
    '/api/default/openapi.json/../tools/api__list',
  ])('%s calls nothing', async (path) => {
    const status = await raw(path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(world.api.arrived).toEqual([]);
  });
});

test('nothing of all this broke anything', () => {
  expect(world.gateway.log.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
