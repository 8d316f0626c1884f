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
import { ENVELOPE, legacyCall, modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { systemClock } from '../../kernel/index.ts';

const OK = '"result":{"content":[{"type":"text","text":"ok"}]}';
const at = (url: string, rest: object = {}) => ({
  up: { mcp: { url, era: '2025-11-25' }, ...rest },
});

interface Script {
  readonly capabilities?: string;
  readonly revision?: string;
  /** Answers a GET; by default there is no such stream. */
  readonly stream?: (request: PeerRequest, response: ServerResponse) => void;
  readonly call?: (request: PeerRequest, response: ServerResponse) => void;
}

/** A server with sessions: the n-th is `session-n`; forgetting makes the older ones unknown. */
async function startSessions(script: Script = {}): Promise<HttpPeer & { forget(): void }> {
  const { capabilities = '{"tools":{}}', revision = '2025-11-25' } = script;
  let opened = 0;
  let firstKnown = 1;
  const peer = await startPeer((request, response) => {
    const { method } = request.message;
    if (method === 'initialize') {
      response.setHeader('mcp-session-id', `session-${++opened}`);
      const result = `"result":{"protocolVersion":"${revision}","capabilities":${capabilities},"serverInfo":{"name":"s","version":"1"}}`;
      return sendOutcome(request, response, result);
    }
    const number = Number(String(request.headers['mcp-session-id']).replace('session-', ''));
    if (!(number >= firstKnown && number <= opened)) return void response.writeHead(404).end();
    if (request.httpMethod === 'GET' && script.stream !== undefined) {
      return script.stream(request, response);
    }
    if (request.httpMethod !== 'POST') return void response.writeHead(405).end();
    if (request.message.id === undefined || method === undefined) {
      return void response.writeHead(202).end();
    }
    if (script.call === undefined) sendOutcome(request, response, OK);
    else script.call(request, response);
  });
  return Object.assign(peer, { forget: () => void (firstKnown = opened + 1) });
}

const isCall = ({ message }: PeerRequest): boolean => message.method === 'tools/call';
const methods = (peer: HttpPeer): (string | undefined)[] =>
  peer.requests.map(({ httpMethod, message }) => message.method ?? httpMethod);

describe('a session', () => {
  test('is opened once, and everything in it says so', async () => {
    await using peer = await startSessions();
    await using world = upstreamWorld(at(peer.url));
    const calls = Array.from({ length: 5 }, () => world.call(modernCall('echo')).recorder);
    for (const recorder of calls) expect(await recorder.outcome()).toContain(OK);
    await peer.received(({ httpMethod }) => httpMethod === 'GET');
    expect(methods(peer).slice(0, 2)).toEqual(['initialize', 'notifications/initialized']);
    expect(methods(peer).filter((method) => method === 'initialize')).toHaveLength(1);
    const [first, ...later] = peer.requests;
    expect(first?.headers['mcp-session-id']).toBeUndefined();
    expect(first?.message.params).toMatchObject({
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'drawbridge' },
    });
    for (const { headers } of later) {
      expect(headers).toMatchObject({
        'mcp-session-id': 'session-1',
        'mcp-protocol-version': '2025-11-25',
      });
      expect(headers['mcp-method']).toBeUndefined();
    }
    expect(world.room.status()).toMatchObject([{ era: 'legacy', links: 1, state: 'up' }]);
  });

  test.each([
    ['principals keep theirs apart', {}, 2],
    ['a shared upstream has one', { shared: true }, 1],
  ])('%s', async (_name, rest, expected) => {
    await using peer = await startSessions();
    await using world = upstreamWorld(at(peer.url, rest));
    for (const principal of ['alice', 'bob', 'alice']) {
      await world.call(modernCall('echo'), { principal }).recorder.finished;
    }
    expect(methods(peer).filter((method) => method === 'initialize')).toHaveLength(expected);
  });

  test('what the server has forgotten is opened again, and the call sent again, once', async () => {
    await using peer = await startSessions();
    await using world = upstreamWorld(at(peer.url));
    await world.call(modernCall('echo')).recorder.finished;
    peer.forget();
    const calls = Array.from({ length: 3 }, () => world.call(modernCall('echo')).recorder);
    for (const recorder of calls) expect(await recorder.outcome()).toContain(OK);
    expect(methods(peer).filter((method) => method === 'initialize')).toHaveLength(2);
  });

  test('a server that forgets at once does not make us go round in circles', async () => {
    await using peer = await startSessions({
      call: (_request, response) => void response.writeHead(404).end(),
    });
    await using world = upstreamWorld(at(peer.url));
    const { recorder } = world.call(modernCall('echo'));
    expect(await recorder.outcome()).toBe('upstream_unavailable');
    expect(peer.requests.filter(isCall)).toHaveLength(2);
  });

  test('is closed when it was idle, with a farewell', async () => {
    const clock = new ManualClock(systemClock.nowMs());
    await using peer = await startSessions();
    await using world = upstreamWorld(at(peer.url), { clock });
    await world.call(modernCall('echo')).recorder.finished;
    await clock.advance(299_000);
    expect(world.room.status()[0]?.links).toBe(1);
    await clock.advance(120_000);
    await peer.received(({ httpMethod }) => httpMethod === 'DELETE');
    expect(world.room.status()[0]?.links).toBe(0);
  });

  test('there are at most 64 of an upstream', async () => {
    const isHeld = Promise.withResolvers<void>();
    await using peer = await startSessions({
      call: (request, response) =>
        void isHeld.promise.then(() => sendOutcome(request, response, OK)),
    });
    await using world = upstreamWorld(at(peer.url));
    const held = Array.from(
      { length: 64 },
      (_, index) => world.call(modernCall('echo'), { principal: `p${index}` }).recorder,
    );
    const refused = world.call(modernCall('echo'), { principal: 'late' }).recorder;
    expect(await refused.outcome()).toBe('upstream_busy');
    isHeld.resolve();
    for (const recorder of held) expect(await recorder.outcome()).toContain(OK);
    const next = world.call(modernCall('echo'), { principal: 'late' }).recorder;
    expect(await next.outcome()).toContain(OK);
    expect(world.room.status()[0]?.links).toBe(64);
  });

  test.each([
    ['2025-06-18', 'ok'],
    ['2024-11-05', 'ok'],
    ['1999-01-01', 'upstream_invalid'],
  ])('the server chooses the revision %s', async (revision, expected) => {
    await using peer = await startSessions({ revision });
    await using world = upstreamWorld(at(peer.url));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain(expected);
  });

  test.each([
    ['an error', 200, '"error":{"code":-32602,"message":"no"}', 'upstream_invalid'],
    ['refused credentials', 401, '"error":{"code":1,"message":"no"}', 'upstream_unavailable'],
    ['an error page', 503, '"error":1', 'upstream_unavailable'],
  ])('that cannot be opened refuses the call: %s', async (_name, status, outcome, reason) => {
    await using peer = await startPeer((request, response) =>
      sendOutcome(request, response, outcome, status),
    );
    await using world = upstreamWorld(at(peer.url));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toBe(reason);
    expect(peer.requests.filter(isCall)).toEqual([]);
  });

  test('a call that is cancelled while it is opened is not sent', async () => {
    const opening = Promise.withResolvers<void>();
    await using peer = await startPeer((request, response) => {
      void opening.promise.then(() =>
        sendOutcome(
          request,
          response,
          '"result":{"protocolVersion":"2025-11-25","capabilities":{}}',
        ),
      );
    });
    await using world = upstreamWorld(at(peer.url));
    const { x, recorder } = world.call(modernCall('echo'));
    await peer.received(({ message }) => message.method === 'initialize');
    x.cancellation.cancel('cancelled');
    expect(await recorder.outcome()).toBe('cancelled');
    opening.resolve();
    await peer.received(({ message }) => message.method === 'notifications/initialized');
    await world.call(modernCall('echo')).recorder.finished;
    expect(peer.requests.filter(isCall)).toHaveLength(1);
  });
});

describe('requests in it', () => {
  const KEEP = '"vendor/x":{"y":1.50}';
  test.each([
    ['the envelope goes, and _meta with it', `"_meta":{${ENVELOPE}},`, ''],
    ['the rest of _meta stays', `"_meta":{${ENVELOPE},${KEEP}},`, `"_meta":{${KEEP}},`],
    ['wherever it stands', `"_meta":{${KEEP},${ENVELOPE}},`, `"_meta":{${KEEP}},`],
  ])('%s', async (_name, meta, left) => {
    await using peer = await startSessions();
    await using world = upstreamWorld(at(peer.url));
    const request = (part: string) =>
      `{"jsonrpc":"2.0","id":"c-1","method":"tools/call","params":{${part}"name":"echo","arguments":{"a":1.0}}}`;
    await world.call(request(meta)).recorder.finished;
    const sent = await peer.received(isCall);
    expect(sent.text).toBe(request(left).replace('"c-1"', String(sent.message.id)));
  });

  test('a caller of the same era changes nothing but id and token', async () => {
    await using peer = await startSessions();
    await using world = upstreamWorld(at(peer.url));
    const text = legacyCall('echo', ',"_meta":{"progressToken":"t","io.modelcontextprotocol/x":1}');
    await world.call(text, { dialect: 'legacy' }).recorder.finished;
    const sent = await peer.received(isCall);
    const id = String(sent.message.id);
    expect(sent.text).toBe(text.replace('"id":7', `"id":${id}`).replace('"t"', id));
  });

  test('a cancelled call is cancelled by a notification', async () => {
    await using peer = await startSessions({ call: () => {} });
    await using world = upstreamWorld(at(peer.url));
    const { x, recorder } = world.call(modernCall('echo'));
    const sent = await peer.received(isCall);
    x.cancellation.cancel('disconnected');
    expect(await recorder.outcome()).toBe('cancelled');
    const told = await peer.received(({ message }) => message.method === 'notifications/cancelled');
    expect(told.message.params).toEqual({ requestId: sent.message.id });
  });

  test('the log level of the session follows the most curious caller', async () => {
    await using peer = await startSessions({ capabilities: '{"tools":{},"logging":{}}' });
    await using world = upstreamWorld(at(peer.url));
    for (const level of ['warning', 'error', 'debug', 'info']) {
      const meta = `,"io.modelcontextprotocol/logLevel":"${level}"`;
      await world.call(modernCall('echo', '', meta)).recorder.finished;
    }
    const levels = peer.requests.filter(({ message }) => message.method === 'logging/setLevel');
    expect(levels.map(({ message }) => message.params?.['level'])).toEqual(['warning', 'debug']);
  });
});

describe('what the server asks back', () => {
  const asking = (method: string, last: string): Script => ({
    call: (request, response) => {
      openStream(response);
      response.write(`data: {"jsonrpc":"2.0","id":"q","method":"${method}","params":{}}\n\n`);
      response.end(`data: {"jsonrpc":"2.0","id":${request.message.id},${last}}\n\n`);
    },
  });
  const FAILED = '"error":{"code":-32603,"message":"no answer"}';
  const TOOL_FAILED = '"result":{"content":[],"isError":true}';

  test.each([
    ['ping', { result: {} }],
    ['vendor/ask', { error: { code: -32601 } }],
  ])('%s is answered', async (method, reply) => {
    await using peer = await startSessions(asking(method, FAILED));
    await using world = upstreamWorld(at(peer.url));
    expect(await world.call(modernCall('echo')).recorder.outcome()).toContain(FAILED);
    const answered = await peer.received(({ text }) => text.includes('"id":"q"'));
    expect(answered.message).toMatchObject({ id: 'q', ...reply });
  });

  test.each([
    ['roots/list', { error: { code: -32601 } }, FAILED, 'interaction_unsupported'],
    ['sampling/createMessage', { error: { code: -1 } }, TOOL_FAILED, 'interaction_unsupported'],
    ['elicitation/create', { result: { action: 'cancel' } }, FAILED, 'interaction_unsupported'],
    ['elicitation/create', { result: { action: 'cancel' } }, OK, OK],
  ])('%s is answered here where it may not ask', async (method, reply, last, expected) => {
    await using peer = await startSessions(asking(method, last));
    await using world = upstreamWorld({
      up: { mcp: { url: peer.url, era: '2025-11-25', interaction: 'off' } },
    });
    const { recorder } = world.call(modernCall('echo'));
    expect(await recorder.outcome()).toContain(expected);
    expect(recorder.rounds).toEqual([]);
    const answered = await peer.received(({ text }) => text.includes('"id":"q"'));
    expect(answered.message).toMatchObject({ id: 'q', ...reply });
  });
});

describe('the stream of a session', () => {
  test('tells of changes, and is opened again where it ended', async () => {
    const clock = new ManualClock(systemClock.nowMs());
    await using peer = await startSessions({
      capabilities: '{"tools":{"listChanged":true}}',
      stream: (_request, response) => {
        openStream(response);
        const updated =
          '{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a://b"}}';
        response.write('data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n');
        response.end(`id: 5\nretry: 2500\ndata: ${updated}\n\n`);
      },
      call: (request, response) => sendOutcome(request, response, '"result":{"tools":[]}'),
    });
    await using world = upstreamWorld(at(peer.url), { clock });
    await world.room.fetchItems('up', new AbortController().signal);
    await world.event(({ kind }) => kind === 'tools_changed');
    expect(await world.event(({ kind }) => kind === 'resource_updated')).toMatchObject({
      uri: 'a://b',
    });
    await clock.advance(60_000);
    const again = await peer.received(({ headers }) => headers['last-event-id'] === '5');
    expect(again.httpMethod).toBe('GET');
  });

  test('a question on it belongs to the only call that can be asked', async () => {
    let ask = (): void => {};
    const opened = Promise.withResolvers<void>();
    await using peer = await startSessions({
      stream: (_request, response) => {
        openStream(response);
        ask = () => {
          response.write('data: {"jsonrpc":"2.0","id":"q","method":"elicitation/create"}\n\n');
        };
        opened.resolve();
      },
      call: (request, response) => {
        void opened.promise.then(async () => {
          ask();
          await peer.received(({ text }) => text.includes('"id":"q"'));
          sendOutcome(request, response, '"error":{"code":-1,"message":"x"}');
        });
      },
    });
    await using world = upstreamWorld(at(peer.url));
    const { x, recorder } = world.call(modernCall('echo'));
    await recorder.nextEvent();
    const [round] = recorder.rounds;
    round?.answered(
      new Map([['q1', { kind: 'result', result: '{"action":"accept"}' }]]),
      x,
      recorder,
    );
    expect(await recorder.outcome()).toContain('"error":{"code":-1');
    const said = peer.requests.find(({ text }) => text.includes('"id":"q"'));
    expect(said?.message).toMatchObject({ result: { action: 'accept' } });
    expect(world.room.status()[0]?.unattributed).toBe(0);
  });
});
