/** Ten thousand broken frames per door: each is answered, and the gateway goes on. */
import { Agent, request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { ENVELOPE_TEXT, sendModern } from '../kit/modern-request.ts';
import { startScripted, toolText, type ScriptedUpstream } from '../kit/scripted-upstream.ts';

const FRAMES = 10_000;
const OK = '{"resultType":"complete","content":[{"type":"text","text":"ok"}]}';

const MODERN_HEADERS = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' };

let upstream: ScriptedUpstream;
let gateway: TestGateway;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

beforeAll(async () => {
  upstream = await startScripted({ tools: [toolText('t')], answer: () => OK });
  gateway = await startGateway({
    upstreams: { up: { mcp: { url: upstream.url, era: '2026-07-28' } } },
  });
});

afterAll(async () => {
  agent.destroy();
  await gateway.close();
  await upstream.close();
});

const VALID = [
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"up__t","arguments":{"a":[1,{"b":"c"}]},"_meta":{${ENVELOPE_TEXT}}}}`,
  `{"jsonrpc":"2.0","id":"x","method":"tools/list","params":{"cursor":"abc","_meta":{${ENVELOPE_TEXT}}}}`,
  `{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"f","version":"1"}}}`,
  `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`,
  `{"jsonrpc":"2.0","id":3,"result":{}}`,
];

/** A valid frame with some of its bytes replaced, cut out or doubled. */
const brokenFrame = fc
  .tuple(
    fc.constantFrom(...VALID),
    fc.array(fc.tuple(fc.nat(400), fc.nat(255), fc.nat(2)), { maxLength: 6 }),
  )
  .map(([text, changes]) => {
    let bytes = [...Buffer.from(text)];
    for (const [at, value, kind] of changes) {
      const where = at % (bytes.length + 1);
      if (kind === 0) bytes[where] = value;
      else if (kind === 1) bytes.splice(where, value % 40);
      else bytes = [...bytes.slice(0, where), ...bytes.slice(Math.max(0, where - 20))];
    }
    return Buffer.from(bytes);
  });

interface Answer {
  readonly status: number;
  readonly text: string;
}

function post(body: Buffer, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = new URL(gateway.url);
    const request = httpRequest(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path: url.pathname,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

describe.each([
  ['modern', MODERN_HEADERS],
  ['legacy', { 'mcp-protocol-version': '2025-11-25', 'mcp-session-id': 'made-up' }],
  ['undecided', {}],
] as const)('the %s door', (_name, headers) => {
  test(`answers ${FRAMES} broken frames`, { timeout: 240_000 }, async () => {
    const frames = fc.sample(brokenFrame, { numRuns: FRAMES, seed: 20261121 });
    for (let at = 0; at < frames.length; at += 200) {
      const batch = frames.slice(at, at + 200).map(async (frame) => {
        const { status, text } = await post(frame, headers);
        expect(status).toBeGreaterThanOrEqual(200);
        expect(status).toBeLessThan(500);
        expect(text === '' ? { jsonrpc: '2.0' } : JSON.parse(text)).toMatchObject({
          jsonrpc: '2.0',
        });
      });
      await Promise.all(batch);
    }
    const request = { method: 'tools/call', name: 'up__t', params: '"name":"up__t"' };
    expect((await sendModern(gateway.url, request)).text).toContain('"ok"');
    expect(gateway.log.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});

describe('single frames', () => {
  const cases: readonly (readonly [string, Buffer, number, number | string])[] = [
    ['a body over the cap', Buffer.alloc(5 * 1024 * 1024, 0x20), 413, 'body_too_large'],
    ['100,000 levels', Buffer.from('['.repeat(100_000)), 400, 'json_too_deep'],
    ['a batch', Buffer.from('[]'), 400, 'not_a_request'],
    [
      'the same key twice',
      Buffer.from('{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}'),
      400,
      'duplicate_key',
    ],
    [
      'the same key twice, once escaped',
      Buffer.from('{"jsonrpc":"2.0","id":1,"\\u0069d":2,"method":"ping"}'),
      400,
      'duplicate_key',
    ],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, 'not_json'],
    ['nothing', Buffer.alloc(0), 400, 'not_json'],
    ['another method in the header', Buffer.from(VALID[1] ?? ''), 400, 'header_mismatch'],
  ];

  test.each(cases)('%s', async (_name, body, status, reason) => {
    const answer = await post(body, MODERN_HEADERS);
    expect(answer.status).toBe(status);
    const { error } = JSON.parse(answer.text);
    expect(error.data.reason).toBe(reason);
    expect(error.message.length).toBeGreaterThan(20);
  });

  test('a foreign cursor', async () => {
    const answer = await sendModern(gateway.url, {
      method: 'tools/list',
      params: '"cursor":"abc"',
    });
    expect(JSON.parse(answer.text).error).toMatchObject({
      code: -32602,
      data: { reason: 'cursor_invalid' },
    });
  });

  test('a foreign session id', async () => {
    const answer = await post(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"ping"}'), {
      'mcp-session-id': 'made-up',
    });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text).error.data.reason).toBe('session_unknown');
  });
});
