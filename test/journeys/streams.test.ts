/** Streams of legacy sessions: they outlive connections, and end with their session. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startGateway, type TestConfig, type TestGateway } from '../kit/gateway.ts';
import { startHeld, type HeldUpstream } from '../kit/held-upstream.ts';
import { LegacyCaller, textOf, type JsonRpc } from '../kit/legacy-caller.ts';

let held: HeldUpstream;
let gateway: TestGateway;
let config: TestConfig;

beforeAll(async () => {
  held = await startHeld();
  config = { upstreams: { held: { mcp: { url: held.url, era: '2026-07-28' } } } };
  gateway = await startGateway(config);
});

afterAll(async () => {
  await gateway.close();
  await held.close();
});

/** Three notifications follow: one for each kind of list. */
const changeLists = () => gateway.reload(config);
const begin = (revision = '2025-11-25') => LegacyCaller.begin(gateway.url, revision);

/** The call that comes next. */
let next = 0;
beforeEach(() => {
  next = held.calls.length;
});

describe('a call whose connection is lost', () => {
  test('goes on, and its answer is fetched by Last-Event-ID', async () => {
    const caller = await begin();
    const replying = caller.call(1);
    const call = await held.call(next);
    call.progress(1);
    const reply = await replying;
    const [primed, first] = [await reply.next(), await reply.next()];
    expect(primed).toMatchObject({ data: '', json: undefined });
    expect(primed.id).not.toBe('');
    expect(first.json).toMatchObject({ params: { progressToken: 'p1', progress: 1 } });
    reply.kill();
    call.progress(2);
    const resumed = await caller.get(first.id);
    expect((await resumed.next()).json).toMatchObject({ params: { progress: 2 } });
    call.progress(3);
    expect((await resumed.next()).json).toMatchObject({ params: { progress: 3 } });
    expect(call.isLeft()).toBe(false);
    call.answer('done');
    const answer = await resumed.next();
    expect([answer.json?.id, textOf(answer.json)]).toEqual([1, 'done']);
    await resumed.whole();
    expect(resumed.events.map((event) => event.json?.params?.['progress'])).toEqual([
      2,
      3,
      undefined,
    ]);
  });

  test('is answered while nobody is there; the whole stream can be fetched again', async () => {
    const caller = await begin();
    const replying = caller.call(1);
    const call = await held.call(next);
    call.progress(1);
    const reply = await replying;
    const primed = await reply.next();
    await reply.next();
    reply.kill();
    call.answer('late');
    await expect.poll(async () => (await outcomes()).at(-1)).toBe('answered');
    for (const _again of [1, 2]) {
      const resumed = await caller.get(primed.id);
      await resumed.whole();
      expect(resumed.events.map(({ json }) => json?.method ?? textOf(json))).toEqual([
        'notifications/progress',
        'late',
      ]);
    }
  });
});

describe('the stream of a session', () => {
  test('is taken up where it was left, and told nothing twice', async () => {
    const caller = await begin();
    const stream = await caller.get();
    const primed = await stream.next();
    await changeLists();
    const first = await stream.next();
    expect(first.json?.method).toBe('notifications/tools/list_changed');
    stream.kill();
    await changeLists();
    const resumed = await caller.get(primed.id);
    const again = [(await resumed.next()).id, (await resumed.next()).id, (await resumed.next()).id];
    expect(again[0]).toBe(first.id);
    await changeLists();
    await expect.poll(() => resumed.events.length).toBe(9);
    expect(new Set(resumed.events.map((event) => event.id)).size).toBe(9);
    resumed.kill();
  });

  test('goes on at whoever asks for it last, and ends at the one before', async () => {
    const caller = await begin();
    const stream = await caller.get();
    const { id } = await stream.next();
    const resumed = await caller.get(id);
    await stream.whole();
    await changeLists();
    expect((await resumed.next()).json?.method).toBe('notifications/tools/list_changed');
    expect(stream.events).toHaveLength(1);
    resumed.kill();
  });

  test.each<[string, (own: string) => string]>([
    ['unheard-of', () => 'x'],
    ['empty', () => ''],
    ['of another stream number', (own) => own.replace(/-[0-9a-z]+-/, '-zzzz-')],
    ['without number', (own) => own.slice(0, own.lastIndexOf('-') + 1)],
  ])('an id that is %s begins an ordinary one', async (_what, change) => {
    const caller = await begin();
    const stream = await caller.get();
    const { id } = await stream.next();
    const other = await caller.get(change(id));
    const primed = await other.next();
    expect(primed).toMatchObject({ data: '' });
    expect(primed.id).not.toBe(id);
    expect(stream.isEnded).toBe(false);
    stream.kill();
    other.kill();
  });

  test('cannot be had by another session', async () => {
    const [caller, other] = [await begin(), await begin()];
    const replying = caller.call(1);
    const call = await held.call(next);
    call.progress(1);
    const reply = await replying;
    const { id } = await reply.next();
    const foreign = await other.get(id);
    await foreign.next();
    call.answer('mine');
    await reply.whole();
    expect(textOf(reply.events.at(-1)?.json)).toBe('mine');
    expect(foreign.events).toHaveLength(1);
    foreign.kill();
  });
});

describe('DELETE', () => {
  test('ends streams and calls, those that nobody hears too', async () => {
    const caller = await begin();
    const stream = await caller.get();
    await stream.next();
    const replying = caller.call(1);
    const call = await held.call(next);
    call.progress(1);
    const reply = await replying;
    const { id } = await reply.next();
    reply.kill();
    expect((await caller.end()).status).toBe(202);
    await stream.whole();
    await expect.poll(() => call.isLeft()).toBe(true);
    await expect.poll(async () => (await outcomes()).at(-1)).toBe('cancelled');
    expect((await caller.get(id)).status).toBe(404);
    expect((await caller.call(2)).status).toBe(404);
  });
});

test('older revisions get no event without a message', async () => {
  const caller = await begin('2025-06-18');
  const replying = caller.call(1);
  const call = await held.call(next);
  call.progress(1);
  const first = await (await replying).next();
  expect(first.json).toMatchObject({ params: { progress: 1 } });
  expect(first.id).not.toBe('');
  call.answer('');
});

test('an answer that comes at once is plain JSON, whatever the revision', async () => {
  const caller = await begin();
  const replying = caller.call(1);
  (await held.call(next)).answer('plain');
  const reply = await replying;
  expect(reply.headers['content-type']).toBe('application/json');
  expect(textOf((await reply.json()) as JsonRpc)).toBe('plain');
});

test("the SDK's client comes back for its call after its connection broke", async () => {
  let breaker = new AbortController();
  const transport = new StreamableHTTPClientTransport(new URL(gateway.url), {
    fetch: (url, init) => {
      const signals = [breaker.signal, ...(init?.signal ? [init.signal] : [])];
      return fetch(url, { ...init, signal: AbortSignal.any(signals) });
    },
    reconnectionOptions: {
      initialReconnectionDelay: 10,
      maxReconnectionDelay: 10,
      reconnectionDelayGrowFactor: 1,
      maxRetries: 5,
    },
  });
  const client = new Client({ name: 'v1', version: '1' });
  await client.connect(transport);
  const seen: number[] = [];
  const tokens: string[] = [];
  const calling = client.callTool({ name: 'held__hold', arguments: {} }, undefined, {
    onprogress: ({ progress }) => seen.push(progress),
    onresumptiontoken: (token) => tokens.push(token),
  });
  const call = await held.call(next);
  call.progress(1);
  await expect.poll(() => seen).toEqual([1]);
  breaker.abort();
  breaker = new AbortController();
  call.progress(2);
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual([1, 2]);
  call.answer('after all');
  expect(await calling).toMatchObject({ content: [{ text: 'after all' }] });
  expect(tokens.length).toBeGreaterThanOrEqual(3);
  await client.close();
});

async function outcomes(): Promise<unknown[]> {
  const records = await gateway.records();
  return records
    .filter((record) => record['method'] === 'tools/call')
    .map((record) => record['outcome']);
}
