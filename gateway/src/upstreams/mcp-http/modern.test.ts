import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  openStream,
  sendOutcome,
  startPeer,
  type PeerRequest,
} from '../../../../test/kit/http-peer.ts';
import { legacyCall, modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { Refusal } from '../../kernel/index.ts';

const OK = '"result":{"resultType":"complete","content":[{"type":"text","text":"ok"}]}';
const HTTP = { mcp: { url: '', era: '2026-07-28' } };
const at = (url: string, rest: object = {}) => ({ up: { mcp: { ...HTTP.mcp, url }, ...rest } });

describe('what leaves', () => {
  test('the hop changes id and token, everything else stays byte for byte', async () => {
    await using peer = await startPeer((request, response) => sendOutcome(request, response, OK));
    await using world = upstreamWorld(
      at(peer.url, { auth: { bearer: 't0ken' }, headers: { 'X-Team': 'a' } }),
    );
    const odd = '"arguments":{"b":1.0,"a":9007199254740993,"é":"\\u00e9"},"future":[1e400]';
    const text = modernCall('up__echo', `,${odd}`, ',"progressToken":"mine","vendor/x":{"y":1.50}');
    const { recorder } = world.call(text, { rename: { from: 'up__echo', to: 'echo' } });
    expect(await recorder.outcome()).toContain(OK);
    const [sent] = peer.requests as [PeerRequest];
    const id = String(sent.message.id);
    expect(sent.text).toBe(
      text
        .replace('"id":"c-1"', `"id":${id}`)
        .replace('"progressToken":"mine"', `"progressToken":${id}`)
        .replace('up__echo', 'echo'),
    );
    expect(sent.headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      authorization: 'Bearer t0ken',
      'x-team': 'a',
    });
  });

  test.each([
    ['without params', '{"jsonrpc":"2.0","id":7,"method":"vendor/do"}'],
    ['without _meta', legacyCall('echo', ',"arguments":{"a":1}')],
    ['with an empty _meta', legacyCall('echo', ',"_meta":{ }')],
    ['with a token', legacyCall('echo', ',"_meta":{"progressToken":5}')],
    [
      'with an envelope of its own making',
      legacyCall('echo', ',"_meta":{"io.modelcontextprotocol/clientCapabilities":{"sampling":{}}}'),
    ],
  ])('a legacy caller gets an envelope: %s', async (_name, text) => {
    await using peer = await startPeer((request, response) => sendOutcome(request, response, OK));
    await using world = upstreamWorld(at(peer.url));
    const clientInfo = '{"name":"old","version":"0"}';
    const { recorder } = world.call(text, { dialect: 'legacy', clientInfo, logLevel: 'info' });
    await recorder.finished;
    expect(peer.requests[0]?.message.params?.['_meta']).toMatchObject({
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'old', version: '0' },
      'io.modelcontextprotocol/logLevel': 'info',
    });
    expect(peer.requests[0]?.text.match(/clientCapabilities/g)).toHaveLength(1);
  });

  test('names and arguments that do not fit into a header travel encoded', async () => {
    await using peer = await startPeer((request, response) => sendOutcome(request, response, OK));
    await using world = upstreamWorld(at(peer.url));
    const bindings = [
      { header: 'Region', path: ['region'], type: 'string' as const },
      { header: 'Count', path: ['deep', 'count'], type: 'integer' as const },
      { header: 'Gone', path: ['gone'], type: 'boolean' as const },
    ];
    const args =
      ',"arguments":{"region":"zürich\\n","deep":{"count":9007199254740993},"gone":null}';
    const { recorder } = world.call(modernCall('größe', args), { bindings });
    await recorder.finished;
    const { headers } = peer.requests[0]!;
    expect(headers['mcp-name']).toBe(`=?base64?${Buffer.from('größe').toString('base64')}?=`);
    expect(headers['mcp-param-region']).toBe(
      `=?base64?${Buffer.from('zürich\n').toString('base64')}?=`,
    );
    expect(headers['mcp-param-count']).toBe('9007199254740993');
    expect(headers['mcp-param-gone']).toBeUndefined();
  });

  test('a vendor method keeps the headers that repeat its body', async () => {
    await using peer = await startPeer((request, response) => sendOutcome(request, response, OK));
    await using world = upstreamWorld(at(peer.url));
    const text = modernCall('x').replace('tools/call', 'vendor/do');
    const headers = { 'mcp-name': 'task-1', 'mcp-param-a': 'b', cookie: 'no', authorization: 'no' };
    await world.call(text, { headers }).recorder.finished;
    expect(peer.requests[0]?.headers).toMatchObject({
      'mcp-method': 'vendor/do',
      'mcp-name': 'task-1',
      'mcp-param-a': 'b',
    });
    expect(peer.requests[0]?.headers['cookie']).toBeUndefined();
    expect(peer.requests[0]?.headers['authorization']).toBeUndefined();
  });

  test('connections are kept, ids are never used twice', async () => {
    await using peer = await startPeer((request, response) => sendOutcome(request, response, OK));
    await using world = upstreamWorld(at(peer.url));
    for (let count = 0; count < 20; count++) {
      await world.call(modernCall('echo')).recorder.finished;
    }
    expect(peer.connections()).toBe(1);
    expect(new Set(peer.requests.map(({ message }) => message.id)).size).toBe(20);
  });
});

describe('what comes back', () => {
  const COMPLETED = '"result":{"resultType":"complete","content":[]}';
  const PROGRESS = (token: unknown, step: number) =>
    `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${JSON.stringify(token)},"progress":${step}.0}}`;
  const LOG = (level: string) =>
    `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"${level}","data":1.0}}`;

  test('events in their order with the caller’s own token, the answer last', async () => {
    await using peer = await startPeer((request, response) => {
      openStream(response);
      const { id } = request.message;
      const events = [
        PROGRESS(id, 1),
        PROGRESS('foreign', 2),
        LOG('debug'),
        LOG('error'),
        '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
        '{"jsonrpc":"2.0","method":"notifications/vendor","params":{"x":1e400}}',
        PROGRESS(id, 3),
        `{"jsonrpc":"2.0","id":${id},${OK}}`,
      ];
      const bytes = events
        .map((event) => `id: 1\r\nevent: message\r\ndata: ${event}\r\n\r\n`)
        .join('');
      for (const character of bytes) response.write(character);
      response.end();
    });
    await using world = upstreamWorld(at(peer.url));
    const meta = ',"progressToken":"mine","io.modelcontextprotocol/logLevel":"warning"';
    const { recorder } = world.call(modernCall('echo', '', meta));
    expect(await recorder.outcome()).toContain(OK);
    expect(recorder.eventTexts()).toEqual([
      PROGRESS('mine', 1),
      LOG('error'),
      '{"jsonrpc":"2.0","method":"notifications/vendor","params":{"x":1e400}}',
      PROGRESS('mine', 3),
    ]);
    expect(world.events).toContainEqual({ upstream: 'up', kind: 'tools_changed' });
  });

  test('no logs where none were asked for, no progress without a token', async () => {
    await using peer = await startPeer((request, response) => {
      openStream(response);
      const { id } = request.message;
      response.end(
        [PROGRESS(id, 1), LOG('emergency'), `{"jsonrpc":"2.0","id":${id},${OK}}`]
          .map((event) => `data: ${event}\n\n`)
          .join(''),
      );
    });
    await using world = upstreamWorld(at(peer.url));
    const { recorder } = world.call(modernCall('echo'));
    await recorder.finished;
    expect(recorder.events).toEqual([]);
  });

  test.each([
    ['a JSON-RPC error', 200, '"error":{"code":-32602,"message":"no","data":{"x":1.0}}', undefined],
    ['an error with its status', 400, '"error":{"code":-32021,"message":"no"}', undefined],
    ['an error under 404', 404, '"error":{"code":-32601,"message":"no"}', undefined],
    ['an error under 500', 500, '"error":{"code":-32603,"message":"no"}', undefined],
    ['refused credentials', 401, '"error":{"code":1,"message":"token?"}', 'upstream_unavailable'],
    ['a missing scope', 403, '"error":{"code":1,"message":"scope"}', 'upstream_unavailable'],
    ['a result under 500', 500, OK, 'upstream_unavailable'],
    ['an error without a code', 200, '"error":{"message":"no"}', 'upstream_invalid'],
    ['neither', 200, '"other":1', 'upstream_invalid'],
    ['both', 200, `${OK},"error":{"code":1,"message":"x"}`, 'upstream_invalid'],
    ['a result that is no object', 200, '"result":[1]', 'upstream_invalid'],
    ['a key twice', 200, '"result":{"a":1,"a":2}', 'upstream_invalid'],
    ['a request', 200, '"method":"sampling/createMessage"', 'upstream_invalid'],
    ['a result without its type', 200, '"result":{"content":[]}', COMPLETED],
  ])('%s', async (_name, status, outcome, expected) => {
    await using peer = await startPeer((request, response) =>
      sendOutcome(request, response, outcome, status),
    );
    await using world = upstreamWorld(at(peer.url));
    const { recorder } = world.call(modernCall('echo'));
    expect(await recorder.outcome()).toContain(expected ?? outcome);
    expect(peer.requests).toHaveLength(1);
  });

  test.each([
    ['no JSON at all', 200, 'application/json', 'nope', 'upstream_invalid'],
    ['nothing', 200, 'application/json', '', 'upstream_invalid'],
    [
      'bytes that are not UTF-8',
      200,
      'application/json',
      '{"jsonrpc":"2.0\xff"}',
      'upstream_invalid',
    ],
    ['HTML', 200, 'text/html', '<html>', 'upstream_invalid'],
    ['an encoded body', 200, 'application/json', 'gzip!', 'upstream_invalid'],
    ['accepted and no answer', 202, 'application/json', '', 'upstream_invalid'],
    ['not found', 404, 'text/plain', 'nothing here', 'upstream_invalid'],
    ['a redirect', 302, 'text/plain', '', 'upstream_invalid'],
    ['too many requests', 429, 'text/plain', 'later', 'upstream_unavailable'],
    ['a gateway in between', 502, 'text/html', '<html>', 'upstream_unavailable'],
    ['JSON of something else', 503, 'application/json', '{"down":true}', 'upstream_unavailable'],
  ])('HTTP: %s', async (name, status, type, body, reason) => {
    await using peer = await startPeer((_request, response) => {
      const headers: Record<string, string> = { 'content-type': type, location: '/elsewhere' };
      if (name === 'an encoded body') headers['content-encoding'] = 'gzip';
      if (status === 429) headers['retry-after'] = '7';
      response.writeHead(status, headers).end(Buffer.from(body, 'latin1'));
    });
    await using world = upstreamWorld(at(peer.url));
    const { recorder } = world.call(modernCall('echo'));
    const end = await recorder.finished;
    expect(end).toMatchObject({ kind: 'refusal', reason });
    const seconds = end instanceof Refusal ? end.detail.retryAfterSeconds : undefined;
    expect(seconds).toBe(status === 429 ? 7 : undefined);
    expect(peer.requests).toHaveLength(1);
  });

  test('a challenge is for the gateway only', async () => {
    await using peer = await startPeer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="canary"' }).end('canary');
    });
    await using world = upstreamWorld(at(peer.url));
    const end = await world.call(modernCall('echo')).recorder.finished;
    expect(JSON.stringify(end)).not.toContain('canary');
    expect(end).toMatchObject({
      detail: { text: "The upstream refused the gateway's credentials." },
    });
  });

  test.each([
    ['an answer to nobody', (id: number) => `{"jsonrpc":"2.0","id":${id + 1000},${OK}}`],
    ['a request', (id: number) => `{"jsonrpc":"2.0","id":${id},"method":"roots/list"}`],
    ['no JSON', () => '{"jsonrpc":'],
  ])('on a stream: %s', async (_name, event) => {
    await using peer = await startPeer((request, response) => {
      openStream(response);
      response.write(`data: ${event(Number(request.message.id))}\n\n`);
    });
    await using world = upstreamWorld(at(peer.url));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_invalid');
  });

  test('a stream that ends early, and one that answers twice', async () => {
    let count = 0;
    await using peer = await startPeer((request, response) => {
      openStream(response);
      const answer = `data: {"jsonrpc":"2.0","id":${request.message.id},${OK}}\n\n`;
      response.end(count++ === 0 ? ': nothing\n\n' : answer + answer);
    });
    await using world = upstreamWorld(at(peer.url));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_closed');
    const { recorder } = world.call(modernCall('echo'));
    expect(await recorder.outcome()).toContain(OK);
    await world.call(modernCall('echo')).recorder.finished;
    expect(recorder.ends).toBe(1);
  });
});

describe('faults of the connection', () => {
  test('nobody listens', async () => {
    const peer = await startPeer(() => {});
    await peer.close();
    await using world = upstreamWorld(at(peer.url));
    const { recorder } = world.call(modernCall('echo'));
    expect(await recorder.outcome()).toBe('upstream_unavailable');
    expect(world.events).toMatchObject([{ kind: 'state', state: 'down' }]);
    expect(world.room.status()).toMatchObject([
      { id: 'up', kind: 'mcp-http', era: 'modern', state: 'down', callsUnderWay: 0 },
    ]);
  });

  test('something that is not HTTP', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.write('SSH-2.0-OpenSSH\r\n\r\n'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using world = upstreamWorld(at(`http://127.0.0.1:${port}/`));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_invalid');
    server.close();
  });

  test.each([
    ['a reset before the answer', 0],
    ['a reset within the answer', 20],
  ])('%s: told as what it is, and never sent again', async (_name, bytes) => {
    await using peer = await startPeer((_request, response) => {
      if (bytes > 0) {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
        response.write('x'.repeat(bytes));
      }
      setImmediate(() => response.socket?.destroy());
    });
    await using world = upstreamWorld(at(peer.url));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_closed');
    expect(peer.requests).toHaveLength(1);
  });

  test.each([
    ['silence', () => {}],
    ['an answer that never ends', 'application/json'],
    ['a stream that never answers', 'text/event-stream'],
  ])('the time of a call is bounded: %s', async (_name, type) => {
    const gone = Promise.withResolvers<void>();
    await using peer = await startPeer((_request, response) => {
      response.on('close', gone.resolve);
      if (typeof type !== 'string') return;
      response.writeHead(200, { 'content-type': type });
      response.write(' ');
    });
    await using world = upstreamWorld(at(peer.url, { timeoutMs: 100 }));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_timeout');
    await gone.promise;
  });

  test.each(['application/json', 'text/event-stream'])('an endless %s is cut off', async (type) => {
    const gone = Promise.withResolvers<void>();
    await using peer = await startPeer((_request, response) => {
      response.on('close', gone.resolve);
      response.writeHead(200, { 'content-type': type });
      const block = Buffer.alloc(65_536, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(block));
      };
      response.on('drain', more);
      response.write('data: ');
      more();
    });
    await using world = upstreamWorld(at(peer.url));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('result_too_large');
    await gone.promise;
  });

  test.each(['cancelled', 'disconnected', 'draining'] as const)(
    'a caller that has %s ends the request upstream',
    async (why) => {
      const gone = Promise.withResolvers<void>();
      await using peer = await startPeer((_request, response) => {
        response.on('close', gone.resolve);
      });
      await using world = upstreamWorld(at(peer.url));
      const { x, recorder } = world.call(modernCall('echo'));
      await peer.received(() => true);
      x.cancellation.cancel(why);
      expect(await recorder.outcome()).toBe(why === 'draining' ? 'draining' : 'cancelled');
      await gone.promise;
      expect(world.room.status()[0]?.callsUnderWay).toBe(0);
    },
  );

  test('a call that is cancelled already is not sent', async () => {
    await using peer = await startPeer((request, response) => sendOutcome(request, response, OK));
    await using world = upstreamWorld(at(peer.url));
    const first = world.call(modernCall('echo'));
    await first.recorder.finished;
    const { x, recorder } = world.call(modernCall('echo'), {});
    x.cancellation.cancel('cancelled');
    expect(await recorder.outcome()).toBe('cancelled');
    await world.call(modernCall('echo')).recorder.finished;
  });

  test('closing the room ends what is under way', async () => {
    await using peer = await startPeer(() => {});
    await using world = upstreamWorld(at(peer.url));
    const { recorder } = world.call(modernCall('echo'));
    await peer.received(() => true);
    await world.room.close();
    expect(await recorder.outcome()).toBe('draining');
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('draining');
  });
});
