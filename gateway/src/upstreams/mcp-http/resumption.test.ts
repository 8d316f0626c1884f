import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import {
  openStream,
  sendOutcome,
  startPeer,
  type PeerRequest,
} from '../../../../test/kit/http-peer.ts';
import { legacyCall, modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';

const RESULT = '"result":{"content":[]}';
const INITIALIZED = '"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}}}';

type Answer = (request: PeerRequest, response: ServerResponse, callId: unknown) => void;

/** A server whose call breaks after its first bytes, and what it says to each attempt to go on. */
function breaking(first: string, resume: readonly Answer[], isCut = false) {
  let callId: unknown;
  let attempt = 0;
  return startPeer((request, response) => {
    const { method, id } = request.message;
    if (request.httpMethod === 'GET' && request.headers['last-event-id'] !== undefined) {
      const answer = resume[Math.min(attempt++, resume.length - 1)];
      return answer?.(request, response, callId);
    }
    if (request.httpMethod !== 'POST') return void response.writeHead(405).end();
    if (id === undefined || method === undefined) return void response.writeHead(202).end();
    if (method === 'initialize') {
      response.setHeader('mcp-session-id', 's');
      return sendOutcome(request, response, INITIALIZED);
    }
    callId = id;
    openStream(response);
    response.write(first, () => (isCut ? response.destroy() : response.end()));
  });
}

const PRIMED = 'retry: 60\nid: e1\ndata:\n\n';
const finish: Answer = (_request, response, id) => {
  openStream(response);
  response.end(`id: e3\ndata: {"jsonrpc":"2.0","id":${String(id)},${RESULT}}\n\n`);
};
const status =
  (code: number): Answer =>
  (_request, response) =>
    void response.writeHead(code).end();
const poll: Answer = (request, response) => {
  openStream(response);
  response.end(`id: ${String(request.headers['last-event-id'])}x\ndata:\n\n`);
};
const nothing: Answer = (_request, response) => {
  openStream(response);
  response.end();
};

test.each([
  ['is closed after its first event', PRIMED, [finish], false, RESULT, 1],
  ['is cut', PRIMED, [finish], true, RESULT, 1],
  [
    'is closed again and again with something new',
    PRIMED,
    [...Array(7).fill(poll), finish],
    false,
    RESULT,
    8,
  ],
  ['finds the server overloaded once', PRIMED, [status(503), finish], false, RESULT, 2],
  ['brings nothing any more', PRIMED, [nothing], false, 'upstream_closed', 5],
  ['is refused', PRIMED, [status(405)], false, 'upstream_closed', 1],
  ['is of a session that is gone', PRIMED, [status(404)], false, 'upstream_closed', 1],
  ['named no event', 'data: \n\n', [finish], false, 'upstream_closed', 0],
] as const)('a stream that %s', async (_name, opening, resume, isCut, expected, attempts) => {
  await using peer = await breaking(opening, resume, isCut);
  await using world = upstreamWorld({ up: { mcp: { url: peer.url, era: '2025-11-25' } } });
  const { recorder } = world.call(modernCall('echo'));
  expect(await recorder.outcome()).toContain(expected);
  const resumed = peer.requests.filter(({ headers }) => headers['last-event-id'] !== undefined);
  expect(resumed).toHaveLength(attempts);
  const first = resumed[0]?.headers['last-event-id'];
  expect(first).toBe(attempts > 0 ? 'e1' : undefined);
  expect(resumed.every(({ headers }) => headers['mcp-session-id'] === 's')).toBe(true);
  expect(peer.requests.filter(({ message }) => message.method === 'tools/call')).toHaveLength(1);
  expect(world.room.status()[0]?.callsUnderWay).toBe(0);
});

test('a call that is cancelled is not resumed', async () => {
  await using peer = await breaking('retry: 60000\nid: e1\ndata:\n\n', [finish]);
  await using world = upstreamWorld({ up: { mcp: { url: peer.url, era: '2025-11-25' } } });
  const { x, recorder } = world.call(modernCall('echo'));
  await peer.received(({ message }) => message.method === 'tools/call');
  x.cancellation.cancel('disconnected');
  expect(await recorder.outcome()).toBe('cancelled');
  await peer.received(({ message }) => message.method === 'notifications/cancelled');
  expect(peer.requests.some(({ headers }) => 'last-event-id' in headers)).toBe(false);
});

test('what is asked and answered meanwhile comes on the streams that follow', async () => {
  const ask: Answer = (_request, response) => {
    openStream(response);
    response.end(
      'id: e2\ndata: {"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"?"}}\n\n',
    );
  };
  await using peer = await breaking(PRIMED, [ask, finish]);
  await using world = upstreamWorld({ up: { mcp: { url: peer.url, era: '2025-11-25' } } });
  const { recorder } = world.call(legacyCall('echo'), {
    dialect: 'legacy',
    capabilities: '{"elicitation":{}}',
  });
  expect(await recorder.outcome()).toContain(RESULT);
  expect(recorder.rounds).toMatchObject([{ questions: [{ params: '{"message":"?"}' }] }]);
  expect(recorder.closed).toHaveLength(1);
});
