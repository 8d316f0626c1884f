/** Calls that are asked something when their server, their caller or the gateway goes away. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  CAPABILITIES,
  CLIENTS,
  connect,
  type InteractiveClient,
} from '../../kit/interactive/clients.ts';
import { callModern, retryOf } from '../../kit/interactive/modern-caller.ts';
import {
  UPSTREAMS,
  startInteractiveWorld,
  type InteractiveWorld,
} from '../../kit/interactive/world.ts';
import { LegacyCaller } from '../../kit/legacy-caller.ts';

let world: InteractiveWorld;

describe.each(UPSTREAMS)('%s', (upstream) => {
  beforeAll(async () => {
    world = await startInteractiveWorld({ only: [upstream] });
  });
  afterAll(() => world.close());
  afterEach(() => world.quiet());

  /** A client that does not answer before it is told to. */
  async function slowClient(kind: (typeof CLIENTS)[number]) {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<object>();
    const client = await connect(kind, world.gateway.url, () => {
      asked.resolve();
      return answer.promise;
    });
    return { client, asked: asked.promise, answer: answer.resolve };
  }
  const call = (client: InteractiveClient, tool: string, token: string, signal?: AbortSignal) =>
    client
      .call(`${upstream}__${tool}`, { token }, signal === undefined ? {} : { signal })
      .catch((error: unknown) => ({ error, isError: true, content: [] }));

  test.each(CLIENTS)('%s cancels while it is asked', async (kind) => {
    const token = randomUUID();
    const { client, asked, answer } = await slowClient(kind);
    const leave = new AbortController();
    const calling = call(client, 'form', token, leave.signal);
    await asked;
    leave.abort();
    answer({ action: 'cancel' });
    expect(await calling).toMatchObject({ isError: true });
    await client.close();
    // Nobody hears of it when a caller of 2026-07-28 gives up a question.
    world.clock.leap(20 * 60_000);
    await world.quiet();
    expect(await world.effects(token)).not.toContain('done');
  });

  test.each(CLIENTS)('%s goes away while it is asked', async (kind) => {
    const token = randomUUID();
    const { client, asked, answer } = await slowClient(kind);
    const calling = call(client, 'form', token);
    await asked;
    await client.close();
    answer({ action: 'cancel' });
    expect(await calling).toMatchObject({ isError: true });
    world.clock.leap(20 * 60_000);
    await world.quiet();
    expect(await world.effects(token)).not.toContain('done');
  });

  test.each(upstream.startsWith('legacy') ? CLIENTS : [])(
    'the server ends the call of %s without an answer',
    async (kind) => {
      const token = randomUUID();
      const { client, asked, answer } = await slowClient(kind);
      const calling = call(client, 'ends', token);
      // Who is asked by a retry of its own may hear of the end before it is asked.
      await Promise.race([asked, calling]);
      answer({ action: 'decline' });
      expect((await calling).content?.[0]?.text).toBe('["over"]');
      expect(await world.effects(token)).toEqual(['began', 'done']);
      await client.close();
    },
  );

  test.each(CLIENTS)('the server dies while %s is asked', async (kind) => {
    const token = randomUUID();
    await using client = await connect(kind, world.gateway.url);
    const said = await call(client, 'dies', token);
    expect(said).toMatchObject({ isError: true });
    expect(await world.effects(token)).not.toContain('done');
    // The next call finds the server again.
    const after = randomUUID();
    expect((await call(client, 'form', after)).isError ?? false).toBe(false);
    expect(await world.effects(after)).toEqual(['began', 'done']);
  });

  test('afterwards nothing is kept and nobody waits', async () => {
    expect(await world.forgotten()).toBe(0);
  });
});

describe.each(UPSTREAMS)('a gateway over %s drains', (upstream) => {
  beforeEach(async () => {
    world = await startInteractiveWorld({ only: [upstream] });
  });
  afterEach(async () => {
    await world.quiet();
    await world.close();
  });

  test('what is asked is given up, and its callers hear so', async () => {
    const { url, gateway } = world.gateway;
    const [token, other] = [randomUUID(), randomUUID()];
    const name = `${upstream}__form`;
    const session = await LegacyCaller.begin(url, '2025-11-25', CAPABILITIES);
    const params = { name, arguments: { token } };
    const reply = await session.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    await expect.poll(() => reply.text).toContain('elicitation/create');
    const parked = await callModern(url, name, { token: other });
    const closing = gateway.close(1000);
    const refused = await callModern(url, name, { token: other });
    expect(refused).toMatchObject({ status: 503, reason: 'draining' });
    const said = await reply.whole();
    expect(said).toContain('notifications/cancelled');
    expect(said).toContain('"reason":"draining"');
    await closing;
    expect(gateway.status().interactions).toMatchObject({ parked: 0, open: 0, waiting: 0 });
    const retry = retryOf(parked);
    await expect(callModern(url, name, { token: other }, { retry })).rejects.toThrow();
    for (const each of [token, other]) expect(await world.effects(each)).not.toContain('done');
  });

  test('who answers a parked call in time still gets the result', async () => {
    const token = randomUUID();
    const { url, gateway } = world.gateway;
    const name = `${upstream}__form`;
    const parked = await callModern(url, name, { token });
    const closing = gateway.close(20_000);
    const end = await callModern(url, name, { token }, { retry: retryOf(parked) })
      .then(({ result }) => result.resultType)
      .catch(() => 'nobody listens');
    // Calls to modern servers are not parked, so nothing is waited for.
    const isParked = upstream.startsWith('legacy');
    expect(end).toBe(isParked ? 'complete' : 'nobody listens');
    await closing;
    expect(await world.effects(token)).toEqual(isParked ? ['began', 'done'] : ['began']);
  });
});
