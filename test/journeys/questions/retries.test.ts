/** Callers of 2026-07-28 whose retries are late, repeated, changed, foreign, wrong or left. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { callModern, retryOf, type ModernAnswer } from '../../kit/interactive/modern-caller.ts';
import {
  UPSTREAMS,
  startInteractiveWorld,
  type InteractiveWorld,
} from '../../kit/interactive/world.ts';

const WITHIN_MS = 60_000;
const LEGACY = ['legacy-http', 'legacy-stdio'] as const;

let world: InteractiveWorld;
beforeAll(async () => {
  world = await startInteractiveWorld({
    config: {
      interactions: { answerWithinMs: WITHIN_MS },
      endpoints: { default: {}, other: {} },
    },
  });
}, 60_000);
afterAll(() => world.close());
afterEach(() => world.quiet());

interface Begun {
  readonly token: string;
  readonly asked: ModernAnswer;
  again(retry: ReturnType<typeof retryOf>, signal?: AbortSignal): Promise<ModernAnswer>;
}

/** A call that was answered with a question. */
async function begin(upstream: string, tool: string): Promise<Begun> {
  const token = randomUUID();
  const name = `${upstream}__${tool}`;
  const asked = await callModern(world.gateway.url, name, { token });
  expect(asked.result.resultType).toBe('input_required');
  return {
    token,
    asked,
    again: (retry, signal) =>
      callModern(
        world.gateway.url,
        name,
        { token },
        { retry, ...(signal !== undefined && { signal }) },
      ),
  };
}

const interactions = () => world.gateway.gateway.status().interactions;

describe.each(UPSTREAMS)('%s', (upstream) => {
  test('a changed state is refused, and the call goes on with the right one', async () => {
    const { token, asked, again } = await begin(upstream, 'form');
    const right = retryOf(asked);
    const state = right.requestState ?? '';
    for (const changed of [`${state}A`, state.slice(1), 'nonsense']) {
      const refused = await again({ ...right, requestState: changed });
      expect(refused).toMatchObject({ reason: 'state_invalid', error: { code: -32602 } });
    }
    const end = await again(right);
    expect(end.result.resultType).toBe('complete');
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('a state is good at its own endpoint and for its own tool only', async () => {
    const { token, asked, again } = await begin(upstream, 'form');
    const retry = retryOf(asked);
    const { url } = world.gateway;
    for (const [at, name] of [
      [`${url}/other`, `${upstream}__form`],
      [url, `${upstream}__slow`],
    ] as const) {
      const refused = await callModern(at, name, { token }, { retry });
      expect(refused).toMatchObject({ reason: 'state_invalid', error: { code: -32602 } });
    }
    expect((await again(retry)).result.resultType).toBe('complete');
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('a retry that is left cancels the call', async () => {
    const { token, asked, again } = await begin(upstream, 'slow');
    const leave = new AbortController();
    const retrying = again(retryOf(asked), leave.signal).catch((error: unknown) => error);
    await expect.poll(() => world.effects(token)).toContain('waits');
    leave.abort();
    expect(await retrying).toBeInstanceOf(Error);
    await expect.poll(() => world.effects(token)).toEqual(['began', 'waits', 'aborted']);
  });

  test('a caller that cannot be asked is told what it lacks', async () => {
    const token = randomUUID();
    const options = { capabilities: { sampling: {} } };
    const name = `${upstream}__form`;
    const said = await callModern(world.gateway.url, name, { token }, options);
    expect(said.result.resultType).not.toBe('input_required');
    expect(await world.effects(token)).not.toContain('done');
    expect(said.error?.code ?? said.result.isError).toSatisfy(
      (word: unknown) => word === -32021 || word === true,
    );
  });

  test('an answer that comes too late is told so', async () => {
    const { token, asked, again } = await begin(upstream, 'form');
    const retry = retryOf(asked);
    world.clock.leap(WITHIN_MS + 1);
    await world.quiet();
    const late = await again(retry);
    const isParked = upstream.startsWith('legacy');
    expect(late.reason).toBe(isParked ? 'interaction_expired' : 'state_invalid');
    world.clock.leap(WITHIN_MS + 1);
    expect((await again(retry)).reason).toBe('state_invalid');
    expect(await world.effects(token)).not.toContain('done');
  });
});

describe.each(LEGACY)('%s, whose call is parked', (upstream) => {
  test('the same answers once more get the same end, and nothing is done twice', async () => {
    const { token, asked, again } = await begin(upstream, 'twice');
    expect(interactions()).toMatchObject({ parked: 1, open: 1 });
    const first = retryOf(asked);
    const second = retryOf(await again(first));
    const ends = [await again(second), await again(second)];
    expect(ends[0]?.result).toMatchObject({ resultType: 'complete' });
    expect(ends[1]?.result).toEqual(ends[0]?.result);
    expect((await again(first)).reason).toBe('state_invalid');
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('the same answers at the same time get the same end', async () => {
    const { token, asked, again } = await begin(upstream, 'form');
    const retry = retryOf(asked);
    const ends = await Promise.all([again(retry), again(retry), again(retry)]);
    for (const { result } of ends) expect(result).toEqual(ends[0]?.result);
    expect(ends[0]?.result.resultType).toBe('complete');
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('a repeated retry goes on when the first is left', async () => {
    const { token, asked, again } = await begin(upstream, 'slow');
    const retry = retryOf(asked);
    const [leaveFirst, leaveSecond] = [new AbortController(), new AbortController()];
    const first = again(retry, leaveFirst.signal).catch(() => 'left');
    await expect.poll(() => world.effects(token)).toContain('waits');
    const second = again(retry, leaveSecond.signal).catch(() => 'left');
    await expect.poll(() => interactions().retrying).toBe(2);
    leaveFirst.abort();
    expect(await first).toBe('left');
    await expect.poll(() => interactions().retrying).toBe(1);
    expect(await world.effects(token)).toEqual(['began', 'waits']);
    leaveSecond.abort();
    expect(await second).toBe('left');
    await expect.poll(() => world.effects(token)).toEqual(['began', 'waits', 'aborted']);
  });

  test('other arguments are another call', async () => {
    const { token, asked, again } = await begin(upstream, 'form');
    const retry = retryOf(asked);
    const name = `${upstream}__form`;
    const other = await callModern(world.gateway.url, name, { token: 'other' }, { retry });
    expect(other.reason).toBe('state_invalid');
    expect((await again(retry)).result.resultType).toBe('complete');
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test.each([
    ['an action that there is not', { action: 'perhaps' }],
    ['no content', { action: 'accept' }],
    ['content of another type', { action: 'accept', content: { name: 7 } }],
    ['content that is too long', { action: 'accept', content: { name: 'x'.repeat(21) } }],
  ])('%s is refused, and the right answer goes on', async (_what, wrong) => {
    const { token, asked, again } = await begin(upstream, 'form');
    const refused = await again(retryOf(asked, () => wrong));
    expect(refused).toMatchObject({ status: 400, reason: 'params_invalid' });
    expect(interactions()).toMatchObject({ parked: 1, open: 1 });
    expect((await again(retryOf(asked))).result.resultType).toBe('complete');
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('what is missing is asked once more, and then cancelled', async () => {
    const { token, asked, again } = await begin(upstream, 'parallel');
    expect(Object.keys(asked.result.inputRequests ?? {})).toHaveLength(3);
    const withoutForm = (question: { method: string }): unknown =>
      question.method === 'elicitation/create' ? undefined : agreeTo(question.method);
    const rest = await again(retryOf(asked, withoutForm));
    expect(Object.values(rest.result.inputRequests ?? {})).toMatchObject([
      { method: 'elicitation/create' },
    ]);
    const end = await again(retryOf(rest, () => undefined));
    expect(JSON.parse(end.result.content?.[0]?.text ?? '')).toMatchObject([
      { action: 'cancel' },
      { role: 'assistant' },
      { roots: [] },
    ]);
    expect(await world.effects(token)).toEqual(['began', 'refused']);
  });

  test('every exchange is recorded, and says which it goes on with', async () => {
    const { token, asked, again } = await begin(upstream, 'twice');
    await again(retryOf(await again(retryOf(asked))));
    const last = async () =>
      (await world.gateway.records())
        .filter((record) => record['item'] === `tool:${upstream}/twice`)
        .slice(-3);
    await expect.poll(async () => (await last()).at(-1)?.['outcome']).toBe('answered');
    const [first, second, third] = await last();
    expect([first?.['outcome'], second?.['outcome']]).toEqual(['asked', 'asked']);
    expect([second?.['continues'], third?.['continues']]).toEqual([first?.['id'], first?.['id']]);
    expect(await world.effects(token)).toEqual(['began', 'done']);
  });

  test('addresses that are demanded first are asked for, and the call is made anew', async () => {
    const { token, asked, again } = await begin(upstream, 'demands');
    expect(Object.values(asked.result.inputRequests ?? {})).toMatchObject([
      { params: { mode: 'url', url: 'https://example.com/sign-in' } },
    ]);
    expect(interactions()).toMatchObject({ parked: 0, open: 0 });
    const end = await again(retryOf(asked));
    expect(end.result.content?.[0]?.text).toBe('["visited"]');
    expect(await world.effects(token)).toEqual(['began', 'began', 'done']);
  });
});

function agreeTo(method: string): unknown {
  return method === 'roots/list'
    ? { roots: [] }
    : { role: 'assistant', model: 'm', content: { type: 'text', text: 'hi' } };
}

test('afterwards nothing is kept and nobody waits', async () => {
  expect(await world.forgotten()).toBe(0);
});
