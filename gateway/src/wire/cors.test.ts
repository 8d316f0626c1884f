import { describe, expect, test } from 'vitest';
import { Refusal } from '../kernel/index.ts';
import { makeExchange } from '../../../test/kit/exchange.ts';
import { createEncode } from './encode.ts';

const PAGE = 'https://app.example.com';
const encodeFor = (origins: readonly string[]) =>
  createEncode('{"name":"drawbridge","version":"0"}', {
    origins: new Set(origins),
    publicUrl: '',
    version: '0',
  });

function answerTo(
  origins: readonly string[],
  headers: Record<string, string>,
  refusal: Refusal,
  httpMethod = 'POST',
): { status: number; headers: Record<string, string | undefined> } {
  const { status, headers: out } = encodeFor(origins).answer(
    makeExchange({ headers, httpMethod }),
    refusal,
  );
  const pairs = out.flatMap((name, at) => (at % 2 === 0 ? [[name, out[at + 1]]] : []));
  return { status, headers: Object.fromEntries(pairs) as Record<string, string | undefined> };
}

const NO_METHOD = new Refusal('http_method_not_allowed');

describe('a page of a listed origin', () => {
  test('may ask, and send what MCP needs', () => {
    const asked =
      'Authorization, content-type, mcp-protocol-version, Mcp-Param-Region, x-evil, mcp-\u00e4';
    const { status, headers } = answerTo(
      [PAGE],
      { origin: PAGE, 'access-control-request-headers': asked },
      NO_METHOD,
      'OPTIONS',
    );
    expect(status).toBe(204);
    expect(headers['access-control-allow-origin']).toBe(PAGE);
    expect(headers['access-control-allow-methods']).toBe('POST, GET, DELETE');
    expect(headers['access-control-allow-headers']).toBe(
      'accept, authorization, content-type, last-event-id, mcp-protocol-version, mcp-param-region',
    );
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('reads answers and streams, the challenge among them', () => {
    const refusal = new Refusal('unauthenticated', { challenge: 'Bearer' });
    const { status, headers } = answerTo([PAGE], { origin: PAGE }, refusal);
    expect(status).toBe(401);
    expect(headers).toMatchObject({
      'access-control-allow-origin': PAGE,
      'www-authenticate': 'Bearer',
      vary: 'Origin',
    });
    expect(headers['access-control-expose-headers']).toContain('mcp-session-id');
    const stream = encodeFor([PAGE]).streamHead(makeExchange({ headers: { origin: PAGE } }));
    expect(stream.headers).toContain('access-control-allow-origin');
  });
});

test.each([
  ['none is listed', [], { origin: PAGE }],
  ['another is listed', ['https://other.example'], { origin: PAGE }],
  ['there is no origin', [PAGE], {}],
  ['the origin only begins alike', [PAGE], { origin: `${PAGE}.evil.example` }],
])('a page may nothing where %s', (_what, origins, headers: Record<string, string>) => {
  const asked = answerTo(origins, headers, NO_METHOD, 'OPTIONS');
  expect(asked.status).toBe(405);
  expect(asked.headers['access-control-allow-origin']).toBeUndefined();
});
