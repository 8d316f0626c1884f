/** Batches of 2025-03-26: several messages at once, each with its own answer and record. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { startHeld, type HeldUpstream } from '../kit/held-upstream.ts';
import { LegacyCaller, callOf, textOf, type JsonRpc } from '../kit/legacy-caller.ts';

let held: HeldUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  held = await startHeld();
  const upstreams = { held: { mcp: { url: held.url, era: '2026-07-28' } } };
  gateway = await startGateway({ upstreams });
});

afterAll(async () => {
  await gateway.close();
  await held.close();
});

const begin = (revision: string) => LegacyCaller.begin(gateway.url, revision);

/** The call that comes next. */
let next = 0;
beforeEach(() => {
  next = held.calls.length;
});

describe('a batch', () => {
  const ping = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'ping' });
  const cancelled = {
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 99 },
  };
  const response = { jsonrpc: '2.0', id: 'nobody-asked', result: {} };

  test('of quick messages is answered by one array', async () => {
    const caller = await begin('2025-03-26');
    const unknown = { ...ping('b'), method: 'tools/call', params: { name: 'held__no' } };
    const reply = await caller.post([ping(1), cancelled, unknown, response, { id: 5 }]);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(await reply.json()).toMatchObject([
      { id: 1, result: {} },
      { id: 'b', error: { code: -32602 } },
      { id: 5, error: { code: -32600 } },
    ]);
  });

  test('of notifications and responses is only taken', async () => {
    const caller = await begin('2025-03-26');
    const reply = await caller.post([cancelled, response]);
    expect([reply.status, await reply.whole()]).toEqual([202, '']);
  });

  test('is answered by a stream where one of its calls streams, which can be resumed', async () => {
    const caller = await begin('2025-03-26');
    const replying = caller.post([ping(1), callOf('slow'), callOf('slower')]);
    const [slow, slower] = [await held.call(next), await held.call(next + 1)];
    slow.progress(1);
    const reply = await replying;
    const first = await reply.next();
    expect(first.json).toMatchObject({ id: 1, result: {} });
    expect((await reply.next()).json).toMatchObject({ params: { progressToken: 'pslow' } });
    reply.kill();
    slower.answer('two');
    slow.answer('one');
    const resumed = await caller.get(first.id);
    await resumed.whole();
    expect(resumed.events.map(({ json }) => json?.id ?? json?.method)).toEqual([
      'notifications/progress',
      'slower',
      'slow',
    ]);
  });

  test('has a record per message', async () => {
    const before = (await outcomes()).length;
    const caller = await begin('2025-03-26');
    const replying = caller.post([callOf(1), callOf(2)]);
    (await held.call(next)).answer('a');
    (await held.call(next + 1)).answer('b');
    const answers = (await (await replying).json()) as JsonRpc[];
    expect(answers.map((answer) => textOf(answer))).toEqual(expect.arrayContaining(['a', 'b']));
    expect((await outcomes()).slice(before)).toEqual(['answered', 'answered']);
  });

  test.each(['2025-11-25', '2025-06-18', '2024-11-05'])('is refused in %s', async (revision) => {
    const reply = await (await begin(revision)).post([ping(1)]);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ error: { code: -32600 } });
  });
});

async function outcomes(): Promise<unknown[]> {
  const records = await gateway.records();
  return records
    .filter((record) => record['method'] === 'tools/call')
    .map((record) => record['outcome']);
}
