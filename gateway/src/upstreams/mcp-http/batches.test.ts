import { describe, expect, test } from 'vitest';
import { openStream, startPeer, type HttpPeer } from '../../../../test/kit/http-peer.ts';
import { legacyCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';

const OK = '"result":{"content":[]}';
const LOG =
  '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"a"}}';
const CHANGED = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}';
const PING = '{"jsonrpc":"2.0","id":"p","method":"ping"}';

/** @param messages the answer to a call; `ID` stands for its id */
function startBatching(
  revision: string,
  type: 'json' | 'stream',
  messages: string,
): Promise<HttpPeer> {
  return startPeer(({ httpMethod, message }, response) => {
    if (httpMethod === 'GET') {
      openStream(response);
      response.write(`data: [${CHANGED},5,${PING}]\n\n`);
      return;
    }
    const { id, method } = message;
    if (id === undefined || method === undefined) return void response.writeHead(202).end();
    const head = `"result":{"protocolVersion":"${revision}","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}`;
    const text =
      method === 'initialize'
        ? `{"jsonrpc":"2.0","id":${id},${head}}`
        : messages.replaceAll('ID', String(id));
    if (method === 'initialize' || type === 'json') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    } else {
      openStream(response);
      response.end(`data: ${text}\n\n`);
    }
  });
}

const at = (peer: HttpPeer, era: string) => ({ up: { mcp: { url: peer.url, era } } });

describe.each(['json', 'stream'] as const)('messages in an array, %s', (type) => {
  test('are taken apart where the server speaks 2025-03-26', async () => {
    const messages = `[${LOG},${PING},{"jsonrpc":"2.0","id":ID,${OK}}]`;
    await using peer = await startBatching('2025-03-26', type, messages);
    await using world = upstreamWorld(at(peer, '2025-11-25'));
    const { recorder } = world.call(legacyCall('echo'), { dialect: 'legacy' });
    expect(await recorder.outcome()).toContain(OK);
    expect(recorder.eventTexts()).toEqual([LOG]);
    const reply = await peer.received(({ message }) => message.id === 'p');
    expect(JSON.parse(reply.text).result).toEqual({});
  });

  test.each([
    ['2025-03-26', '[]'],
    ['2025-03-26', `[${LOG}]`],
    ['2025-03-26', '[[]]'],
    ['2025-03-26', '[{"jsonrpc":"2.0","id":ID'],
    ['2025-06-18', `[{"jsonrpc":"2.0","id":ID,${OK}}]`],
    ['2024-11-05', `[{"jsonrpc":"2.0","id":ID,${OK}}]`],
  ])(
    'without an answer, or of another revision, are invalid: %s %s',
    async (revision, messages) => {
      await using peer = await startBatching(revision, type, messages);
      await using world = upstreamWorld(at(peer, '2025-11-25'));
      const { recorder } = world.call(legacyCall('echo'), { dialect: 'legacy' });
      expect(await recorder.outcome()).toMatch(/^upstream_(?:invalid|closed)$/);
    },
  );
});

test.each(['2025-03-26', '2024-11-05'])('the revision %s can be asked for', async (era) => {
  await using peer = await startBatching(era, 'json', `{"jsonrpc":"2.0","id":ID,${OK}}`);
  await using world = upstreamWorld(at(peer, era));
  expect(await world.call(legacyCall('echo'), { dialect: 'legacy' }).recorder.outcome()).toContain(
    OK,
  );
  expect(peer.requests[0]?.message.params).toMatchObject({ protocolVersion: era });
  expect(world.room.status()).toMatchObject([{ era: 'legacy', revision: era }]);
});

test("what the session's own stream brings together is heard", async () => {
  await using peer = await startBatching('2025-03-26', 'json', '5');
  await using world = upstreamWorld(at(peer, '2025-03-26'));
  world.call(legacyCall('echo'), { dialect: 'legacy' });
  expect(await world.event(({ kind }) => kind === 'tools_changed')).toBeDefined();
  const reply = await peer.received(({ message }) => message.id === 'p');
  expect(JSON.parse(reply.text).result).toEqual({});
});
