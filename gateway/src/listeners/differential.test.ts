import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Refusal, type Exchange } from '../kernel/index.ts';
import { closeListeners, serve } from '../../../test/kit/http-listener.ts';
import { RawClient, post } from '../../../test/kit/raw-http.ts';

/** How long an unfinished request may take on both sides: it ends the cases that never end. */
const TIMEOUT_MS = 1000;
const CHECK_MS = 100;
const LAST = 'GET /last HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n';

const reference = createServer(
  {
    requireHostHeader: false,
    maxHeaderSize: 16 * 1024,
    headersTimeout: TIMEOUT_MS,
    requestTimeout: TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_MS,
  },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const path = url.split('?')[0] ?? '';
      const text = say(method, path, headers, Buffer.concat(chunks));
      response.writeHead(200, { 'content-length': Buffer.byteLength(text) }).end(text);
    });
  },
);
reference.on('clientError', (_error, socket) => socket.destroy());

function say(method: string, path: string, headers: object, body: Buffer): string {
  const sorted = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([method, path, sorted, body.toString('latin1')]);
}

function answer(x: Exchange, body: Buffer | Refusal): void {
  if (body instanceof Refusal) return;
  const text = say(x.head.httpMethod, x.head.path, x.head.headers, body);
  x.outlet.send(200, [], text);
}

let ports: readonly [number, number] = [0, 0];

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    reference.listen(0, '127.0.0.1', resolve);
  });
  const timing = {
    headersTimeoutMs: TIMEOUT_MS,
    requestTimeoutMs: TIMEOUT_MS,
    checkEveryMs: CHECK_MS,
  };
  const { port } = await serve(answer, { timing });
  ports = [port, (reference.address() as AddressInfo).port];
});

afterAll(async () => {
  await closeListeners();
  reference.closeAllConnections();
  await new Promise((resolve) => {
    reference.close(resolve);
  });
});

interface Script {
  readonly segments: readonly string[];
  /** Whether every segment waits for an answer to the one before it. */
  readonly isPatient: boolean;
}

/** Sends segments one by one and returns what the exchanges behind the answers saw. */
async function seen(port: number, { segments, isPatient }: Script): Promise<string[]> {
  await using raw = new RawClient(port);
  raw.socket.setNoDelay(true);
  await once(raw.socket, 'connect');
  let sent = 0;
  for (const segment of segments) {
    raw.send(Buffer.from(segment, 'latin1'));
    sent++;
    if (isPatient) {
      const isAnswered = await raw.until((text) => answers(text).length >= sent).catch(() => '');
      if (isAnswered === '') break;
    } else for (let turns = 0; turns < 3; turns++) await new Promise(setImmediate);
  }
  return answers(await raw.end())
    .filter(([status]) => status === 200)
    .map(([, text]) => text);
}

/** Status and body of every answer that is not an interim one. */
function answers(text: string): [number, string][] {
  const found: [number, string][] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return found;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(rest.slice(0, end))?.[1] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) return found;
    const status = Number(rest.slice(9, 12));
    if (status >= 200) found.push([status, body]);
    rest = rest.slice(end + 4 + length);
  }
}

const header = fc.constantFrom(
  'accept: application/json\r\n',
  'X-Twice: 1\r\nx-twice: 2\r\n',
  'cookie: a=b\r\n',
  'set-cookie: a=b\r\n',
  'connection: keep-alive\r\n',
  'connection: Keep-Alive\r\n',
  'proxy-connection: keep-alive\r\n',
  'keep-alive: timeout=5\r\n',
  'transfer-encoding: chunked\r\n',
  'proxy-connection: close\r\n',
  'te: trailers\r\n',
  'expect: 100-continue\r\n',
  'x-empty:\r\n',
  'x-wide: \u00e9\r\n',
  'x-blank: \t a \t \r\n',
  'authorization: Bearer abc\r\n',
  'constructor: x\r\n',
);

const body = fc.oneof(
  fc.constantFrom('', '{}', '\r\n\r\n', 'POST / HTTP/1.1\r\n\r\n', '{"a":"é"}'),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
);

const path = fc.constantFrom(
  '/mcp',
  '/',
  '/mcp/crm?a=b',
  '//x',
  '/a%20b',
  '/?',
  '/a#b',
  '/"<>\\^`{|}',
);

const ordinary = fc.record({ body, path, headers: fc.array(header, { maxLength: 3 }) }).map((one) =>
  post(one.body)
    .replace('/mcp', () => one.path)
    .replace('host: ', () => `${[...new Set(one.headers)].join('')}host: `),
);

const odd = fc
  .tuple(ordinary, body, fc.constantFrom('PUT', 'GET', 'DELETE', 'POST', 'chunks', '1.0', 'url'))
  .map(([text, data, kind]) => {
    if (kind === '1.0') return text.replace('HTTP/1.1', 'HTTP/1.0\r\nconnection: keep-alive');
    if (kind === 'url') return text.replace('POST ', 'POST http://localhost');
    if (kind !== 'chunks') return text.replace('POST', kind);
    const chunk = data === '' ? '' : `${data.length.toString(16)}\r\n${data}\r\n`;
    return `POST /c HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`;
  });

const mutation = fc.record({
  at: fc.nat(),
  cut: fc.nat({ max: 2 }),
  put: fc.constantFrom(
    '',
    '',
    '\r',
    '\n',
    '\r\n',
    ' ',
    '\t',
    ':',
    ',',
    '0',
    '1',
    'x',
    '\0',
    '\x80',
  ),
});

const script = fc
  .record({
    requests: fc.array(fc.oneof({ weight: 4, arbitrary: ordinary }, odd), {
      minLength: 1,
      maxLength: 5,
    }),
    mutations: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(mutation, { maxLength: 2 }) },
    ),
    /** Whether segments are requests, or cut anywhere. */
    isCut: fc.boolean(),
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
  })
  .map(({ requests, mutations, isCut, cuts }) => {
    const starts: number[] = [];
    let text = '';
    for (const request of requests) {
      text += request;
      starts.push(text.length);
    }
    for (const { at, cut, put } of mutations) {
      const from = at % text.length;
      text = text.slice(0, from) + put + text.slice(from + cut);
    }
    text += LAST;
    const places = isCut ? cuts.map((cut) => cut % text.length) : starts;
    const ends = [0, ...places.toSorted((a, b) => a - b), text.length];
    const segments = ends.slice(1).map((end, at) => text.slice(ends[at], end));
    return { segments: segments.filter((segment) => segment !== ''), isPatient: !isCut };
  });

test('whatever comes on a connection, its requests are read as node:http reads them', async () => {
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(script, { minLength: 120, maxLength: 120 }), async (scripts) => {
      await Promise.all(
        scripts.map(async (one) => {
          const [ours, nodes] = await Promise.all(ports.map((port) => seen(port, one)));
          // Where a connection goes wrong, what was answered before may differ by when it was cut.
          const both = Math.min(ours!.length, nodes!.length);
          const isWhole = (list: string[]): boolean => list.at(-1)?.includes('"/last"') === true;
          expect({ ...one, seen: ours!.slice(0, both), isWhole: isWhole(ours!) }).toEqual({
            ...one,
            seen: nodes!.slice(0, both),
            isWhole: isWhole(nodes!),
          });
          if (isWhole(nodes!)) whole++;
        }),
      );
    }),
    { numRuns: 4, endOnFailure: true },
  );
  expect(whole).toBeGreaterThan(100);
});
