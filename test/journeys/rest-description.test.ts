/** The description of all tools over plain HTTP, and what the facade's addresses take. */
import { describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { sendModern } from '../kit/modern-request.ts';
import { ask, callTool } from '../kit/rest-request.ts';
import { startScripted, toolText } from '../kit/scripted-upstream.ts';

const SCHEMA =
  '{"type" : "object","properties":{"n":{"type":"integer","maximum":9007199254740993}}}';
const TOOL = `{"name":"count","title":"Count","inputSchema":${SCHEMA},"outputSchema":${SCHEMA}}`;

interface Description {
  readonly paths: Record<string, { post: { operationId: string; tags: string[] } }>;
  readonly [member: string]: unknown;
}

async function describeTools(gateway: TestGateway, endpoint = 'default'): Promise<Description> {
  const found = await ask(gateway, `/api/${endpoint}/openapi.json`);
  expect(found.status).toBe(200);
  return found.json() as unknown as Description;
}

const namesIn = ({ paths }: Description): string[] =>
  Object.values(paths).map(({ post }) => post.operationId);

describe('the description', () => {
  test('has every visible tool of every upstream, its schemas as they are written', async () => {
    await using crm = await startScripted({ tools: [TOOL, toolText('hidden')] });
    await using old = await startScripted({ era: 'legacy', tools: [toolText('find')] });
    await using gateway = await startGateway({
      upstreams: { crm: { mcp: crm.url }, old: { mcp: old.url } },
      policy: { rules: [{ deny: ['crm/hidden'] }] },
    });
    const found = await ask(gateway, '/api/default/openapi.json');
    expect(found.headers.get('content-type')).toBe('application/json');
    expect(found.text.split(SCHEMA)).toHaveLength(3);
    const description = found.json() as unknown as Description;
    expect(namesIn(description)).toEqual(['crm__count', 'old__find']);
    expect(description.paths['/tools/old__find']?.post.tags).toEqual(['old']);
    expect(description['openapi']).toBe('3.1.1');
  });

  test('costs nothing while nothing changes, and is another once something does', async () => {
    await using upstream = await startScripted({ tools: [TOOL] });
    await using gateway = await startGateway({ upstreams: { up: { mcp: upstream.url } } });
    const path = '/api/default/openapi.json';
    const first = await ask(gateway, path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(gateway, path, { headers: { 'if-none-match': known } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    const head = await ask(gateway, path, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toBe(String(first.bytes.length));
    expect((await ask(gateway, path)).text).toBe(first.text);
    upstream.change({ tools: [TOOL, toolText('new')] });
    gateway.gateway.refresh('up');
    await expect
      .poll(async () => (await ask(gateway, path, { headers: { 'if-none-match': etag } })).status)
      .toBe(200);
    expect(namesIn(await describeTools(gateway))).toEqual(['up__count', 'up__new']);
  });

  test('is whole in every mode and over all pages, and the own tools are not in it', async () => {
    const many = Array.from({ length: 600 }, (_, at) => toolText(`t${at}`));
    await using upstream = await startScripted({ tools: [TOOL, ...many] });
    await using gateway = await startGateway({
      upstreams: { up: { mcp: upstream.url } },
      endpoints: {
        default: { include: ['*'] },
        short: { include: ['*'], mode: 'compact' },
        found: { include: ['*'], mode: 'search' },
      },
    });
    const full = await describeTools(gateway);
    expect(namesIn(full)).toHaveLength(601);
    for (const endpoint of ['short', 'found']) {
      const { paths } = await describeTools(gateway, endpoint);
      const text = JSON.stringify(paths).replaceAll(`/api/${endpoint}/`, '/api/default/');
      expect(text).toBe(JSON.stringify(full.paths));
    }
    const listed = await sendModern(`${gateway.url}/found`, { method: 'tools/list' });
    expect(listed.text).toContain('call_tool');
  });

  test('says what is missing', async () => {
    await using gateway = await startGateway({
      upstreams: { gone: { mcp: 'http://127.0.0.1:1/mcp', timeoutMs: 1000 } },
    });
    expect(await describeTools(gateway)).toMatchObject({
      paths: {},
      'x-drawbridge-missing': [{ upstream: 'gone' }],
    });
    expect((await callTool(gateway, 'gone__x')).json()).toMatchObject({
      status: 502,
      reason: 'upstream_unavailable',
    });
  });
});

describe('an address', () => {
  const TOOL_PATH = '/api/default/tools/up__count';
  const JSON_TYPE = { 'content-type': 'application/json' };

  test.each([
    ['GET', TOOL_PATH, {}, 405, 'POST, OPTIONS'],
    ['PUT', TOOL_PATH, JSON_TYPE, 405, 'POST, OPTIONS'],
    ['DELETE', '/api/default/openapi.json', {}, 405, 'GET, HEAD, OPTIONS'],
    ['HEAD', TOOL_PATH, {}, 405, 'POST, OPTIONS'],
    ['OPTIONS', TOOL_PATH, {}, 204, 'POST, OPTIONS'],
    ['OPTIONS', '/api/default/openapi.json', {}, 204, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/api/none/openapi.json', {}, 404, null],
    ['GET', '/api/none/openapi.json', {}, 404, null],
    ['GET', '/api/default', {}, 404, null],
    ['POST', TOOL_PATH, { 'content-type': 'text/plain' }, 415, null],
    ['POST', TOOL_PATH, { ...JSON_TYPE, accept: 'application/xml' }, 406, null],
    ['GET', '/api/default/openapi.json', { accept: 'application/yaml' }, 406, null],
    ['POST', TOOL_PATH, { ...JSON_TYPE, origin: 'https://evil.example' }, 403, null],
    ['POST', TOOL_PATH, { ...JSON_TYPE, origin: 'null' }, 403, null],
    ['OPTIONS', TOOL_PATH, { origin: 'https://evil.example' }, 403, null],
    ['POST', TOOL_PATH, {}, 200, null],
    ['POST', TOOL_PATH, { ...JSON_TYPE, origin: 'http://localhost:3000' }, 200, null],
  ] as const)('asked by %s %s with %j: %i', async (method, path, headers, status, allow) => {
    await using upstream = await startScripted({
      tools: [TOOL],
      answer: () => '{"resultType":"complete","content":[]}',
    });
    await using gateway = await startGateway({ upstreams: { up: { mcp: upstream.url } } });
    const found = await ask(gateway, path, { method, headers });
    expect([found.status, found.headers.get('allow')]).toEqual([status, allow]);
    const names = [...found.headers.keys()];
    expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
    const isProblem = found.headers.get('content-type') === 'application/problem+json';
    expect(isProblem).toBe(status >= 400);
    const said = isProblem && method !== 'HEAD' ? found.json()['status'] : status;
    expect(said).toBe(status);
    expect(upstream.calls).toHaveLength(status === 200 ? 1 : 0);
  });

  test('may be used by pages of the origins that are named', async () => {
    await using upstream = await startScripted({
      tools: [TOOL],
      answer: () => '{"resultType":"complete","content":[]}',
    });
    await using gateway = await startGateway({
      server: { allowedOrigins: ['https://app.example.com'] },
      upstreams: { up: { mcp: upstream.url } },
    });
    const origin = 'https://app.example.com';
    const preflight = await ask(gateway, TOOL_PATH, { method: 'OPTIONS', headers: { origin } });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'accept, authorization, content-type, if-none-match',
      vary: 'Origin',
    });
    for (const path of ['up__count', 'unknown']) {
      const called = await callTool(gateway, path, '{}', { origin });
      expect(called.headers.get('access-control-allow-origin')).toBe(origin);
    }
    const local = await callTool(gateway, 'up__count', '{}', { origin: 'http://localhost:3000' });
    expect(local.headers.get('access-control-allow-origin')).toBeNull();
    expect(local.headers.get('vary')).toBe('Origin');
  });
});
