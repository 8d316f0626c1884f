import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  openStream,
  sendOutcome,
  startPeer,
  type HttpPeer,
  type PeerRequest,
} from '../../../../test/kit/http-peer.ts';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { legacyCall, modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { Refusal, systemClock } from '../../kernel/index.ts';

const OK = '"result":{"content":[{"type":"text","text":"ok"}]}';
const HEAD = (capabilities: string, revision: string): string =>
  `"result":{"protocolVersion":"${revision}","capabilities":${capabilities},"serverInfo":{"name":"s","version":"1"}}`;

/** What a script does with one message; `say` writes an event to the session's stream. */
type OnMessage = (
  request: PeerRequest,
  say: (text: string) => void,
  stream: ServerResponse,
) => number | undefined;

interface Script {
  readonly capabilities?: string;
  readonly revision?: string;
  /** What the first event says; undefined leaves it out. */
  readonly endpoint?: (session: number) => string | undefined;
  readonly onMessage?: OnMessage;
  /** How a POST to the stream's own address is answered. */
  readonly onForeignPost?: (request: PeerRequest, response: ServerResponse) => void;
}

/** A server of HTTP with SSE. */
async function startOld(
  script: Script = {},
): Promise<HttpPeer & { readonly streams: ServerResponse[] }> {
  const { capabilities = '{"tools":{}}', revision = '2024-11-05' } = script;
  const streams: ServerResponse[] = [];
  const named = script.endpoint ?? ((session: number) => `/messages?session=${session}`);
  const peer = await startPeer((request, response) => {
    if (request.httpMethod === 'GET') {
      openStream(response);
      const endpoint = named(streams.push(response));
      if (endpoint !== undefined) response.write(`event: endpoint\ndata: ${endpoint}\n\n`);
      return;
    }
    const session = /^\/messages\?session=(\d+)$/.exec(request.path)?.[1];
    const stream = streams[Number(session) - 1];
    if (stream === undefined) {
      if (script.onForeignPost === undefined) response.writeHead(405).end('Method Not Allowed');
      else script.onForeignPost(request, response);
      return;
    }
    const say = (text: string): void => void stream.write(`event: message\ndata: ${text}\n\n`);
    const { id, method } = request.message;
    const answer = (outcome: string): void =>
      say(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},${outcome}}`);
    let status = 202;
    if (method === 'initialize') answer(HEAD(capabilities, revision));
    else if (script.onMessage !== undefined) status = script.onMessage(request, say, stream) ?? 202;
    else if (id !== undefined && method !== undefined) answer(OK);
    response.writeHead(status).end('Accepted');
  });
  return Object.assign(peer, { streams });
}

const at = (peer: HttpPeer, rest: object = {}) => ({
  up: { mcp: { url: peer.url, type: 'sse' }, ...rest },
});
const isCall = ({ message }: PeerRequest): boolean => message.method === 'tools/call';
const said = (peer: HttpPeer): (string | undefined)[] =>
  peer.requests.map(({ httpMethod, message }) => message.method ?? httpMethod);
const answerTo = ({ message }: PeerRequest, outcome: string): string =>
  `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},${outcome}}`;

describe('a session of HTTP with SSE', () => {
  test('is opened once, and everything comes on its stream', async () => {
    await using peer = await startOld();
    await using world = upstreamWorld(at(peer));
    const calls = Array.from({ length: 5 }, () => world.call(modernCall('echo')).recorder);
    for (const recorder of calls) expect(await recorder.outcome()).toContain(OK);
    expect(said(peer).slice(0, 3)).toEqual(['GET', 'initialize', 'notifications/initialized']);
    expect(said(peer).filter((method) => method === 'GET')).toHaveLength(1);
    const [get, initialize, ...later] = peer.requests;
    expect(get?.headers['accept']).toBe('text/event-stream');
    expect(initialize?.headers['mcp-protocol-version']).toBeUndefined();
    for (const { path, headers } of later) {
      expect(path).toBe('/messages?session=1');
      expect(headers['mcp-protocol-version']).toBe('2024-11-05');
    }
    const status = { kind: 'mcp-sse', era: 'legacy', revision: '2025-11-25', links: 1 };
    expect(world.room.status()).toMatchObject([status]);
  });

  test('belongs to one principal', async () => {
    await using peer = await startOld();
    await using world = upstreamWorld(at(peer));
    for (const principal of ['alice', 'bob', 'alice']) {
      await world.call(modernCall('echo'), { principal }).recorder.finished;
    }
    expect(peer.streams).toHaveLength(2);
  });

  test('progress comes to its call, and log messages where there is no doubt', async () => {
    await using peer = await startOld({
      capabilities: '{"tools":{},"logging":{}}',
      onMessage: (request, say) => {
        if (request.message.id === undefined) return undefined;
        if (isCall(request)) {
          const { id } = request.message;
          say(
            `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${id},"progress":1}}`,
          );
          say(
            '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"error","data":"hm"}}',
          );
        }
        say(answerTo(request, OK));
        return undefined;
      },
    });
    await using world = upstreamWorld(at(peer));
    const { recorder } = world.call(legacyCall('echo', ',"_meta":{"progressToken":"mine"}'), {
      dialect: 'legacy',
    });
    expect(await recorder.outcome()).toContain(OK);
    expect(recorder.eventTexts().map((text) => JSON.parse(text).params)).toEqual([
      { progressToken: 'mine', progress: 1 },
      { level: 'error', data: 'hm' },
    ]);
  });

  test('lists are read over it, and changes of them are told', async () => {
    await using peer = await startOld({
      capabilities: '{"tools":{"listChanged":true}}',
      onMessage: (request, say) => {
        if (request.message.method === 'tools/list') {
          say(answerTo(request, '"result":{"tools":[{"name":"a","inputSchema":{}}]}'));
        }
        return undefined;
      },
    });
    await using world = upstreamWorld(at(peer));
    const listing = await world.room.fetchItems('up', AbortSignal.timeout(5000));
    expect(listing).toMatchObject({
      era: 'legacy',
      revision: '2024-11-05',
      tools: [{ name: 'a' }],
    });
    peer.streams[0]?.write(
      'data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n',
    );
    expect(await world.event(({ kind }) => kind === 'tools_changed')).toBeDefined();
  });

  test('a call that nobody waits for is cancelled in words', async () => {
    await using peer = await startOld({ onMessage: () => undefined });
    await using world = upstreamWorld(at(peer));
    const { x, recorder } = world.call(modernCall('slow'));
    const call = await peer.received(isCall);
    x.cancellation.cancel('cancelled');
    expect(await recorder.outcome()).toBe('cancelled');
    const { message } = await peer.received(
      (request) => request.message.method === 'notifications/cancelled',
    );
    expect(message.params).toMatchObject({ requestId: call.message.id });
  });
});

describe('the end of a stream', () => {
  test('ends what is under way, and the next call opens another', async () => {
    let calls = 0;
    await using peer = await startOld({
      onMessage: (request, say, stream) => {
        if (!isCall(request)) return undefined;
        if (++calls === 1) stream.destroy();
        else say(answerTo(request, OK));
        return undefined;
      },
    });
    await using world = upstreamWorld(at(peer));
    const { recorder } = world.call(modernCall('echo'));
    expect(await recorder.outcome()).toBe('upstream_closed');
    expect(world.room.status()).toMatchObject([{ links: 0, callsUnderWay: 0 }]);
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain(OK);
    expect(calls).toBe(2);
    expect(peer.streams).toHaveLength(2);
  });

  test('before anything was called leaves nothing behind', async () => {
    let begun = 0;
    await using peer = await startOld({
      onMessage: (request, say, stream) => {
        if (request.message.method === 'notifications/initialized' && ++begun === 1) {
          stream.destroy();
        }
        if (isCall(request)) say(answerTo(request, OK));
        return undefined;
      },
    });
    await using world = upstreamWorld(at(peer));
    const first = await world.call(modernCall('echo')).recorder.outcome();
    expect(['upstream_closed', 'upstream_unavailable']).toContain(first);
    expect(world.room.status()).toMatchObject([{ links: 0, callsUnderWay: 0 }]);
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain(OK);
  });

  test('a session that the server forgot took nothing: the call goes to another, once', async () => {
    let forgotten = 0;
    await using peer = await startOld({
      onMessage: (request, say) => {
        if (!isCall(request)) return undefined;
        if (request.path.endsWith('=1')) {
          forgotten++;
          return 404;
        }
        say(answerTo(request, OK));
        return undefined;
      },
    });
    await using world = upstreamWorld(at(peer));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain(OK);
    expect(forgotten).toBe(1);
  });

  test('a server that forgets at once does not make us go round in circles', async () => {
    await using peer = await startOld({
      onMessage: (request) => (isCall(request) ? 404 : undefined),
    });
    await using world = upstreamWorld(at(peer));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_unavailable');
    expect(peer.requests.filter(isCall)).toHaveLength(2);
    expect(world.room.status()).toMatchObject([{ callsUnderWay: 0 }]);
  });

  test.each([
    [400, 'upstream_invalid'],
    [307, 'upstream_invalid'],
    [401, 'upstream_unavailable'],
    [503, 'upstream_unavailable'],
  ])('a message refused with HTTP %i is %s', async (status, expected) => {
    await using peer = await startOld({
      onMessage: (request) => (isCall(request) ? status : undefined),
    });
    await using world = upstreamWorld(at(peer));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe(expected);
    expect(peer.requests.filter(isCall)).toHaveLength(1);
  });

  test('retirement lets a call end and then closes the stream', async () => {
    const held = Promise.withResolvers<() => void>();
    await using peer = await startOld({
      onMessage: (request, say) => {
        if (isCall(request)) held.resolve(() => say(answerTo(request, OK)));
        return undefined;
      },
    });
    await using world = upstreamWorld(at(peer));
    const { recorder } = world.call(modernCall('echo'));
    const release = await held.promise;
    const closed = new Promise((resolve) => peer.streams[0]?.once('close', resolve));
    world.configure({});
    release();
    expect(await recorder.outcome()).toContain(OK);
    await closed;
  });
});

describe('a stream that is none', () => {
  test.each<[string, string, RegExp]>([
    ['names another origin', 'http://127.0.0.1:1/messages', /another origin/],
    ['names nothing', 'http://[', /no address/],
  ])('%s', async (_name, endpoint, words) => {
    await using peer = await startOld({ endpoint: () => endpoint });
    await using world = upstreamWorld(at(peer));
    const message = await world.call(modernCall('echo')).recorder.finished;
    expect(message).toBeInstanceOf(Refusal);
    expect(message).toMatchObject({ reason: 'upstream_invalid' });
    expect(message instanceof Refusal && message.text).toMatch(words);
    expect(said(peer)).toEqual(['GET']);
  });

  test('does not say where messages go', async () => {
    const clock = new ManualClock(systemClock.nowMs());
    await using peer = await startOld({ endpoint: () => undefined });
    await using world = upstreamWorld(at(peer), { clock });
    const { recorder } = world.call(modernCall('echo'));
    const get = await peer.received(({ httpMethod }) => httpMethod === 'GET');
    expect(get.path).toBe('/mcp');
    const closed = new Promise((resolve) => peer.streams[0]?.once('close', resolve));
    await clock.advance(5000);
    expect(await recorder.outcome()).toBe('upstream_timeout');
    await closed;
  });

  test.each([
    ['JSON', 200, { 'content-type': 'application/json' }, 'upstream_invalid'],
    ['a redirect', 302, { location: '/other' }, 'upstream_invalid'],
    ['refused credentials', 401, {}, 'upstream_unavailable'],
  ])('%s instead of a stream', async (_name, status, headers, expected) => {
    await using peer = await startPeer((_request, response) => {
      response.writeHead(status, headers).end('{}');
    });
    await using world = upstreamWorld(at(peer));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe(expected);
    expect(peer.requests).toHaveLength(1);
  });

  test('events are bounded', async () => {
    await using peer = await startOld({
      onMessage: (request, say) => {
        if (isCall(request)) say('x'.repeat(33 * 1024 * 1024));
        return undefined;
      },
    });
    await using world = upstreamWorld(at(peer));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_invalid');
  });

  test('an answer that is longer than allowed ends only its call', async () => {
    await using peer = await startOld({
      onMessage: (request, say) => {
        if (isCall(request)) say(answerTo(request, `"result":{"a":"${'x'.repeat(90_000)}"}`));
        return undefined;
      },
    });
    await using world = upstreamWorld(at(peer), { limits: { maxResultBytes: 1 } });
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('result_too_large');
    expect(world.room.status()).toMatchObject([{ links: 1 }]);
  });
});

describe('found by itself', () => {
  const auto = (peer: HttpPeer, era = 'auto') => ({ up: { mcp: { url: peer.url, era } } });
  const isInitialize = (request: PeerRequest): boolean =>
    request.message.method === 'initialize' && request.path === '/mcp';

  test.each([400, 404, 405])('where a POST is answered with %i', async (status) => {
    await using peer = await startOld({
      onForeignPost: (_request, response) => void response.writeHead(status).end(),
    });
    await using world = upstreamWorld(auto(peer));
    for (const principal of ['alice', 'bob']) {
      const { recorder } = world.call(modernCall('echo'), { principal });
      expect(await recorder.outcome()).toContain(OK);
    }
    // The second session begins with the stream at once.
    expect(peer.requests.filter(isInitialize)).toHaveLength(1);
    expect(peer.streams).toHaveLength(2);
    expect(world.room.status()).toMatchObject([{ era: 'legacy', state: 'up', links: 2 }]);
  });

  test('also where the refusal is a JSON-RPC error, and the revision is configured', async () => {
    await using peer = await startOld({
      onForeignPost: (request, response) =>
        sendOutcome(request, response, '"error":{"code":-32000,"message":"No."}', 400),
    });
    await using world = upstreamWorld(auto(peer, '2025-06-18'));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain(OK);
  });

  test.each([401, 500])('but not where it is answered with %i', async (status) => {
    await using peer = await startOld({
      onForeignPost: (_request, response) => void response.writeHead(status).end(),
    });
    await using world = upstreamWorld(auto(peer, '2025-11-25'));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe('upstream_unavailable');
    expect(peer.streams).toHaveLength(0);
  });

  test('a server that speaks neither is told of as it answered the POST', async () => {
    await using peer = await startPeer((_request, response) => void response.writeHead(404).end());
    await using world = upstreamWorld(auto(peer, '2025-11-25'));
    const message = await world.call(modernCall('echo')).recorder.finished;
    expect(message instanceof Refusal && message.text).toMatch(/HTTP 404/);
    expect(peer.requests.map(({ httpMethod }) => httpMethod)).toEqual(['POST', 'GET']);
  });
});
