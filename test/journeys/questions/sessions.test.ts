/** Sessions whose answers are late, repeated, foreign, wrong or never come, and that lose streams. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CAPABILITIES, NAMED } from '../../kit/interactive/clients.ts';
import {
  UPSTREAMS,
  startInteractiveWorld,
  type InteractiveWorld,
} from '../../kit/interactive/world.ts';
import { LegacyCaller, textOf, type JsonRpc, type Reply } from '../../kit/legacy-caller.ts';

const WITHIN_MS = 40_000;
const REVISION = '2025-11-25';

let world: InteractiveWorld;
beforeAll(async () => {
  world = await startInteractiveWorld({
    config: { interactions: { answerWithinMs: WITHIN_MS } },
  });
}, 60_000);
afterAll(() => world.close());
afterEach(() => world.quiet());

const ignored = () => world.gateway.gateway.status().interactions.ignored;

/** The next message of a stream, and the id of its event. */
async function next(reply: Reply): Promise<{ json: JsonRpc; eventId: string }> {
  for (;;) {
    const { json, id } = await reply.next();
    if (json !== undefined) return { json, eventId: id };
  }
}

interface Begun {
  readonly token: string;
  readonly caller: LegacyCaller;
  readonly reply: Reply;
  readonly question: JsonRpc;
  readonly eventId: string;
  /** Posts a response to the question. */
  answer(response: object, from?: LegacyCaller): Promise<void>;
}

async function begin(upstream: string, tool: string): Promise<Begun> {
  const caller = await LegacyCaller.begin(world.gateway.url, REVISION, CAPABILITIES);
  const token = randomUUID();
  const params = { name: `${upstream}__${tool}`, arguments: { token } };
  const reply = await caller.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  const { json, eventId } = await next(reply);
  expect(json).toMatchObject({ method: 'elicitation/create', id: expect.any(String) });
  return {
    token,
    caller,
    reply,
    question: json,
    eventId,
    answer: async (response, from = caller) => {
      const taken = await from.post({ jsonrpc: '2.0', id: json.id, ...response });
      expect([taken.status, await taken.whole()]).toEqual([202, '']);
    },
  };
}

const isLegacy = (upstream: string): boolean => upstream.startsWith('legacy');
const done = JSON.stringify([NAMED]);

describe.each(UPSTREAMS)('%s', (upstream) => {
  test('an answer that is given twice counts once', async () => {
    const { token, reply, answer } = await begin(upstream, 'form');
    const before = ignored();
    await answer({ result: NAMED });
    await answer({ result: { action: 'decline' } });
    expect(textOf((await next(reply)).json)).toBe(done);
    await answer({ result: NAMED });
    expect(ignored()).toBe(before + 2);
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('another session cannot answer', async () => {
    const { token, reply, answer } = await begin(upstream, 'form');
    const other = await LegacyCaller.begin(world.gateway.url, REVISION, CAPABILITIES);
    const before = ignored();
    await answer({ result: { action: 'decline' } }, other);
    expect(ignored()).toBe(before + 1);
    await answer({ result: NAMED });
    expect(textOf((await next(reply)).json)).toBe(done);
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('a question that is not answered in time is withdrawn and cancelled', async () => {
    const { token, reply, question, answer } = await begin(upstream, 'form');
    world.clock.leap(WITHIN_MS + 1);
    const withdrawn = await next(reply);
    expect(withdrawn.json).toMatchObject({
      method: 'notifications/cancelled',
      params: { requestId: question.id },
    });
    expect(textOf((await next(reply)).json)).toBe('[{"action":"cancel"}]');
    const before = ignored();
    await answer({ result: NAMED });
    expect(ignored()).toBe(before + 1);
    expect(await world.effects(token)).toEqual(['began', 'refused']);
  });

  test.each([
    ['content of another type', { result: { action: 'accept', content: { name: 7 } } }],
    ['an action that there is not', { result: { action: 'perhaps' } }],
    ['an error', { error: { code: -32603, message: 'no window' } }],
    ['neither a result nor an error', { error: 'no' }],
  ])('%s ends the tool in an error', async (_what, response) => {
    const { token, reply, answer } = await begin(upstream, 'form');
    await answer(response);
    const { json } = await next(reply);
    expect(json).toMatchObject({ id: 1, result: { isError: true } });
    const reason = isLegacy(upstream) ? undefined : 'question_unanswered';
    const _meta = json.result?.['_meta'] as Record<string, unknown> | undefined;
    expect(_meta?.['dev.drawbridge/reason']).toBe(reason);
    expect(await world.effects(token)).toEqual(['began']);
  });

  test('a call whose stream breaks is answered on another one', async () => {
    const { token, caller, reply, eventId, answer } = await begin(upstream, 'form');
    reply.kill();
    await answer({ result: NAMED });
    const resumed = await caller.get(eventId);
    expect(textOf((await next(resumed)).json)).toBe(done);
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('a call that nobody comes back for is cancelled', async () => {
    const { token, reply } = await begin(upstream, 'form');
    reply.kill();
    await expect.poll(() => world.gateway.gateway.status().streams).toBeGreaterThan(0);
    world.clock.leap(10 * WITHIN_MS);
    await expect.poll(() => world.gateway.gateway.status().interactions.open).toBe(0);
    expect(await world.effects(token)).not.toContain('done');
  });

  test('a call that is cancelled withdraws its question', async () => {
    const { token, caller, reply, question, answer } = await begin(upstream, 'form');
    const params = { requestId: 1, reason: 'enough' };
    await (
      await caller.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
    ).whole();
    expect(await reply.whole()).toContain(`"requestId":"${question.id}"`);
    await world.quiet();
    const before = ignored();
    await answer({ result: NAMED });
    expect(ignored()).toBe(before + 1);
    expect(await world.effects(token)).not.toContain('done');
  });

  test('a call that is cancelled after its answer is cancelled upstream', async () => {
    const { token, caller, answer } = await begin(upstream, 'slow');
    await answer({ result: NAMED });
    await expect.poll(() => world.effects(token)).toContain('waits');
    const params = { requestId: 1 };
    await (
      await caller.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params })
    ).whole();
    await expect.poll(() => world.effects(token)).toEqual(['began', 'waits', 'aborted']);
  });

  test('a session that ends leaves no question behind', async () => {
    const { token, caller } = await begin(upstream, 'form');
    expect((await caller.end()).status).toBeLessThan(300);
    await expect.poll(() => world.gateway.gateway.status().interactions.open).toBe(0);
    await world.quiet();
    expect(await world.effects(token)).not.toContain('done');
  });
});

test('afterwards nothing is kept and nobody waits', async () => {
  expect(await world.forgotten()).toBe(0);
});
