/** One secret in every place where credentials can stand: nobody ever sees it but the API. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listen, operation, startHostile, type HostileApi } from '../../kit/hostile-api.ts';
import { sendModern } from '../../kit/modern-request.ts';

const CANARY = `Canary+${randomBytes(9).toString('hex')}/<x>&"=`;

/** Forms in which it could be seen, and a part of it that stands in most of them. */
const FORMS = [
  CANARY,
  CANARY.slice(7, 25),
  JSON.stringify(CANARY).slice(1, -1),
  encodeURIComponent(CANARY),
  Buffer.from(CANARY).toString('base64').slice(0, 28),
  Buffer.from(`user:${CANARY}`).toString('base64').slice(0, 28),
];

const SCHEMES = {
  head: { type: 'apiKey', in: 'header', name: 'X-Key' },
  query: { type: 'apiKey', in: 'query', name: 'key' },
  cookie: { type: 'apiKey', in: 'cookie', name: 'sid' },
  bearer: { type: 'http', scheme: 'bearer' },
  basic: { type: 'http', scheme: 'basic' },
  oauth: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/token', scopes: {} } } },
};

/** Everything a request holds, as an API that means no harm might repeat it. */
function held(request: Parameters<RequestListener>[0]): string[] {
  const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return [request.url ?? '', ...request.rawHeaders, Buffer.from(basic, 'base64').toString()];
}

type Echo = (texts: string[]) => string | Buffer;

const json = (texts: string[]): string => JSON.stringify({ args: texts });
const escaped = (texts: string[]): string =>
  JSON.stringify(texts).replace(
    /[a-z+&<>=]/gi,
    (char) => `\\u00${char.charCodeAt(0).toString(16)}`,
  );

/** How an API may repeat what it was sent: status, headers and body. */
const ECHOES: readonly (readonly [
  string,
  number,
  (texts: string[]) => Record<string, string>,
  Echo,
])[] = [
  ['JSON', 200, () => ({ 'content-type': 'application/json' }), json],
  ['JSON with escapes', 200, () => ({ 'content-type': 'application/json' }), escaped],
  ['a text', 200, () => ({ 'content-type': 'text/plain' }), (texts) => texts.join('\n')],
  [
    'bytes',
    200,
    () => ({ 'content-type': 'application/octet-stream' }),
    (texts) => `\u0000${texts.join('\u0000')}`,
  ],
  [
    'an image',
    200,
    () => ({ 'content-type': 'image/png' }),
    (texts) => Buffer.from(`\x89PNG\r\n\x1a\n${texts.join(' ')}`, 'latin1'),
  ],
  [
    'events',
    200,
    () => ({ 'content-type': 'text/event-stream' }),
    (texts) => `data: ${json(texts)}\n\ndata: [DONE]\n\n`,
  ],
  [
    'a long list',
    200,
    () => ({ 'content-type': 'application/json' }),
    (texts) => JSON.stringify(Array.from({ length: 2000 }, () => texts)),
  ],
  [
    'an error',
    400,
    () => ({ 'content-type': 'application/json' }),
    (texts) =>
      JSON.stringify({
        errors: [{ field: 'how', message: texts.join(' ') }],
        detail: texts.join(' '),
      }),
  ],
  [
    'a challenge',
    401,
    (texts) => ({
      'www-authenticate': `Bearer scope="${texts.find((text) => text.startsWith('/')) ?? ''}"`,
    }),
    json,
  ],
  [
    'a failure',
    500,
    () => ({ 'content-type': 'text/html' }),
    (texts) => `<pre>${texts.join('\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</pre>`,
  ],
  [
    'a redirect',
    302,
    (texts) => ({
      location: `http://evil.example${texts[0] ?? ''}#${encodeURIComponent(texts.join(' '))}`,
    }),
    () => '',
  ],
  [
    'a redirect to a path',
    302,
    (texts) => ({ location: `http://evil.example/${encodeURIComponent(texts.join(' '))}` }),
    () => '',
  ],
  [
    'a link',
    200,
    (texts) => ({
      'content-type': 'application/json',
      link: `<${texts[0] ?? ''}&page=2>; rel=next`,
    }),
    () => '[1,2,3]',
  ],
  [
    'a name of a file',
    200,
    (texts) => ({
      'content-type': 'application/pdf',
      'content-disposition': `attachment; filename="${(texts.find((text) => text.startsWith('Canary')) ?? 'x').replaceAll('"', '\\"')}"`,
    }),
    () => 'x',
  ],
];

/** Files below a folder as one text. */
function filesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

async function expectUnseen(world: HostileApi, outputs: readonly string[]): Promise<void> {
  await world.gateway.records();
  const seen = [...outputs, ...world.gateway.log, filesIn(world.gateway.stateDir)];
  for (const text of seen) for (const form of FORMS) expect(text).not.toContain(form);
}

const AUTHS: readonly (readonly [string, Record<string, unknown>])[] = [
  ['head', { auth: { schemes: { head: CANARY } } }],
  ['query', { auth: { schemes: { query: CANARY } } }],
  ['cookie', { auth: { schemes: { cookie: encodeURIComponent(CANARY) } } }],
  ['bearer', { auth: { schemes: { bearer: CANARY } } }],
  ['basic', { auth: { schemes: { basic: { username: 'user', password: CANARY } } } }],
  ['oauth', { auth: { schemes: { oauth: { clientId: 'id', clientSecret: CANARY } } } }],
  [
    'oauth',
    { auth: { schemes: { oauth: { clientId: 'id', clientSecret: CANARY, sendIn: 'body' } } } },
  ],
  ['none', { auth: { bearer: CANARY } }],
  ['none', { auth: { basic: { username: 'user', password: CANARY } } }],
  ['none', { headers: { 'X-Auth-Token': CANARY } }],
  ['none', { headers: { Authorization: `Bearer ${CANARY}` } }],
];

describe.each(AUTHS)('a credential as %s in %o', (scheme, upstream) => {
  test(
    'is told by no result, error, page, handle, log or record',
    { timeout: 60_000 },
    async () => {
      const token = `${CANARY.slice(0, 25)}token`;
      await using world = await startHostile({
        paths: {
          '/echo': {
            get: operation('echo', {
              parameters: [{ name: 'how', in: 'query' }],
              ...(scheme === 'none' ? {} : { security: [{ [scheme]: [] }] }),
              responses: {
                200: {
                  description: 'x',
                  headers: { Link: { schema: { type: 'string' } } },
                  content: { 'application/json': { schema: { type: 'array', items: {} } } },
                },
              },
            }),
          },
        },
        document: { components: { securitySchemes: SCHEMES } },
        upstream,
        listener: (request, response) => {
          if (request.url === '/token') {
            response.setHeader('content-type', 'application/json');
            response.end(JSON.stringify({ access_token: token, token_type: 'bearer' }));
            return;
          }
          const how = new URL(request.url ?? '', 'http://h').searchParams.get('how') ?? '';
          const [, status, headers, echo] = ECHOES[Number(how)] ?? [];
          if (status === undefined || headers === undefined || echo === undefined) {
            response.end('{}');
            return;
          }
          const texts = held(request);
          response.writeHead(status, headers(texts));
          response.end(echo(texts));
        },
      });
      const outputs: string[] = [];
      for (const [how] of ECHOES.entries()) {
        const { text, headers } = await world.call('echo', { how: String(how) });
        outputs.push(text, JSON.stringify([...headers]));
        const { text: message } = await sendModern(world.gateway.url, {
          method: 'tools/call',
          name: 'api__echo',
          params: `"name":"api__echo","arguments":{"how":"${how}"}`,
        });
        outputs.push(message);
        for (const [uri] of message.matchAll(/drawbridge-result:\/\/api\/[\w-]{22}/g)) {
          outputs.push((await world.call('read_result', { handle: uri })).text);
          const read = await sendModern(world.gateway.url, {
            method: 'resources/read',
            name: uri,
            params: `"uri":"${uri}"`,
          });
          outputs.push(
            read.text,
            Buffer.from(/"blob":"([^"]*)"/.exec(read.text)?.[1] ?? '', 'base64').toString('latin1'),
          );
        }
        for (const [data] of message.matchAll(/(?<="data":")[^"]*/g))
          outputs.push(Buffer.from(data, 'base64').toString('latin1'));
      }
      const arrived = JSON.stringify(world.api.arrived);
      expect(
        FORMS.some(
          (form) => arrived.includes(form) || arrived.includes(JSON.stringify(form).slice(1, -1)),
        ),
      ).toBe(true);
      await expectUnseen(world, outputs);
    },
  );
});

test('nobody else is told a credential', async () => {
  const evil = await listen((_request, response) => response.end('{}'));
  onTestFinished(() => evil[Symbol.asyncDispose]());
  await using world = await startHostile({
    paths: {
      '/a': { get: operation('a', { security: [{ oauth: [] }] }) },
      '/b': {
        get: operation('b', { security: [{ head: [] }], servers: [{ url: `${evil.origin}/` }] }),
      },
    },
    document: {
      components: {
        securitySchemes: {
          ...SCHEMES,
          oauth: {
            type: 'oauth2',
            flows: { clientCredentials: { tokenUrl: `${evil.origin}/token`, scopes: {} } },
          },
        },
      },
    },
    upstream: {
      auth: { schemes: { head: CANARY, oauth: { clientId: 'id', clientSecret: CANARY } } },
    },
    listener: (_request, response) => response.end('{}'),
  });
  const outputs = [(await world.call('a')).text, (await world.call('b')).text];
  expect(evil.arrived).toEqual([]);
  expect(outputs[0]).toContain('tokenUrl has to be set');
  await expectUnseen(world, outputs);
});
