import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOCAL } from '../../../../test/kit/exchange.ts';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { legacyCall, modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { Refusal, systemClock, type Clock } from '../../kernel/index.ts';

const SERVER = resolve(import.meta.dirname, '../../../../test/kit/children/many-faced.ts');
const server = (face: string, era = 'auto', rest: object = {}) => ({
  up: { mcp: { command: process.execPath, args: [SERVER, face], era }, ...rest },
});
const UNDECLARED = modernCall('ask').replace('{"elicitation":{}}', '{}');
const never = new AbortController().signal;

/** The text of a tool's answer, parsed; the reason where there was a refusal. */
function said(outcome: string): unknown {
  return outcome.startsWith('{') ? JSON.parse(JSON.parse(outcome).result.content[0].text) : outcome;
}

/** What the tool `who` says: its process, and the params it was called with. */
function who(outcome: string) {
  return said(outcome) as {
    readonly pid: number;
    readonly params: { readonly arguments: { readonly n: number }; readonly _meta?: object };
  };
}

describe('which era', () => {
  test.each([
    ['modern', 'modern', '2026-07-28'],
    ['legacy', 'legacy', '2025-06-18'],
    ['fragile', 'legacy', '2025-06-18'],
  ])('a server that is %s', async (face, era, revision) => {
    await using world = upstreamWorld(server(face));
    const listing = await world.room.fetchItems('up', never);
    expect(listing).toMatchObject({ era, revision, tools: [{ name: 'who' }], resources: [] });
    expect(world.room.status()).toMatchObject([{ kind: 'mcp-stdio', era, state: 'up', links: 1 }]);
    expect(world.room.status()[0]?.eraSince).not.toBe('');
  });

  test.each([
    ['modern', 1],
    ['legacy', 1],
    ['fragile', 2],
    ['spoiled', 2],
  ])('a server that is %s is looked at and used in %i process(es)', async (face, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-starts-'));
    const STARTS = join(folder, 'starts');
    await using world = upstreamWorld({
      up: { mcp: { command: process.execPath, args: [SERVER, face], env: { STARTS } } },
    });
    expect(await world.room.fetchItems('up', never)).toMatchObject({ tools: [{ name: 'who' }] });
    expect(readFileSync(STARTS, 'utf8').trim().split('\n')).toHaveLength(expected);
    rmSync(folder, { recursive: true });
  });

  test('silence counts as legacy', async () => {
    // Only the time until silence is taken for an answer is made short.
    const clock: Clock = {
      ...systemClock,
      after: (delayMs, task) => systemClock.after(delayMs === 3000 ? 300 : delayMs, task),
    };
    await using world = upstreamWorld(server('silent'), { clock });
    expect(await world.room.fetchItems('up', never)).toMatchObject({ era: 'legacy' });
  });
});

describe.each([
  ['modern', '2026-07-28'],
  ['legacy', '2025-11-25'],
])('a %s process', (face, era) => {
  test('answers many at once, each its own', async () => {
    await using world = upstreamWorld(server(face, era));
    const calls = Array.from({ length: 20 }, (_, index) => {
      const { recorder } = world.call(modernCall('who', `,"arguments":{"n":${index}}`));
      return recorder.outcome();
    });
    const answers = (await Promise.all(calls)).map(who);
    expect(answers.map(({ params }) => params.arguments.n)).toEqual(answers.map((_, n) => n));
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
    const [first] = answers;
    const version = Reflect.get(
      first?.params._meta ?? {},
      'io.modelcontextprotocol/protocolVersion',
    );
    expect(version).toBe(face === 'legacy' ? undefined : era);
  });

  test.each([
    ['each principal has one', {}, 2],
    ['all share one', { shared: true }, 1],
  ])('%s', async (_name, rest, expected) => {
    await using world = upstreamWorld(server(face, era, rest));
    const pids = new Set<number>();
    for (const principal of ['alice', 'bob', 'alice']) {
      pids.add(who(await world.call(modernCall('who'), { principal }).recorder.outcome()).pid);
    }
    expect(pids.size).toBe(expected);
  });

  test('progress and logs find their call', async () => {
    await using world = upstreamWorld(server(face, era));
    const meta = ',"progressToken":"mine","io.modelcontextprotocol/logLevel":"debug"';
    const { recorder } = world.call(modernCall('progress', '', meta));
    expect(said(await recorder.outcome())).toBe('done');
    const [progress, log] = recorder.eventTexts().map((text) => JSON.parse(text));
    expect(progress.params.progressToken).toBe('mine');
    expect(log.params.level).toBe('info');
  });

  test('a cancelled call is cancelled by a notification, the process lives on', async () => {
    await using world = upstreamWorld(server(face, era));
    const first = who(await world.call(modernCall('who')).recorder.outcome());
    const { x, recorder } = world.call(modernCall('hang'));
    x.cancellation.cancel('disconnected');
    expect(await recorder.outcome()).toBe('cancelled');
    expect(said(await world.call(modernCall('cancelled')).recorder.outcome())).toHaveLength(1);
    expect(who(await world.call(modernCall('who')).recorder.outcome()).pid).toBe(first.pid);
  });

  test('a call that takes too long', async () => {
    await using world = upstreamWorld(server(face, era, { timeoutMs: 1500 }));
    await world.call(modernCall('who')).recorder.finished;
    expect(await world.call(modernCall('hang')).recorder.outcome()).toBe('upstream_timeout');
    expect(said(await world.call(modernCall('cancelled')).recorder.outcome())).toHaveLength(1);
  });

  test.each([
    ['noise', 'quiet'],
    ['twice', 'once'],
    ['duplicate-key', 'upstream_invalid'],
    ['big', 'result_too_large'],
  ])('odd output: %s', async (name, expected) => {
    await using world = upstreamWorld(server(face, era));
    expect(said(await world.call(modernCall(name)).recorder.outcome())).toBe(expected);
    expect(who(await world.call(modernCall('who')).recorder.outcome()).pid).toBeTypeOf('number');
  });

  test('a crash ends the calls under way, and the next call starts another process', async () => {
    const config = server(face, era);
    Object.assign(config.up.mcp, { env: { PASSWORD: 'swordfish-swordfish' } });
    await using world = upstreamWorld(config);
    const first = who(await world.call(modernCall('who')).recorder.outcome());
    const hanging = world.call(modernCall('hang')).recorder;
    const crashing = world.call(modernCall('crash')).recorder;
    expect(await hanging.outcome()).toBe('upstream_closed');
    expect(await crashing.outcome()).toBe('upstream_closed');
    const next = who(await world.call(modernCall('who')).recorder.outcome());
    expect(next.pid).not.toBe(first.pid);
    expect(world.log.join()).toContain('it hurts');
    expect(world.log.join()).not.toContain('swordfish');
    expect(JSON.stringify(world.room.status())).not.toContain('swordfish');
  });

  test('changes are heard', async () => {
    await using world = upstreamWorld(server(face, era, { shared: true }));
    await world.room.fetchItems('up', never);
    await world.room.subscribeResource('up', 'a://b', LOCAL);
    await world.call(modernCall('change')).recorder.finished;
    await world.event(({ kind }) => kind === 'tools_changed');
    expect(await world.event(({ kind }) => kind === 'resource_updated')).toMatchObject({
      uri: 'a://b',
    });
  });

  test('closing stops the process', async () => {
    await using world = upstreamWorld(server(face, era));
    const { pid } = who(await world.call(modernCall('who')).recorder.outcome());
    await world.room.close();
    expect(() => process.kill(pid, 0)).toThrow();
  });
});

test.each([
  [
    'where nothing may be asked',
    { interaction: 'off' },
    modernCall('ask'),
    'interaction_unsupported',
  ],
  ['of a caller that declared nothing', {}, UNDECLARED, 'capability_missing'],
])('a question %s is answered here, and explains the error', async (_name, rest, text, reason) => {
  const { up } = server('legacy', '2025-11-25');
  await using world = upstreamWorld({ up: { mcp: { ...up.mcp, ...rest } } });
  const { recorder } = world.call(text);
  expect(await recorder.outcome()).toBe(reason);
  expect(recorder.rounds).toEqual([]);
  expect(world.room.status()[0]?.unattributed).toBe(1);
});

test('a question of a modern server is a fault', async () => {
  await using world = upstreamWorld(server('modern', '2026-07-28'));
  expect(await world.call(modernCall('ask')).recorder.outcome()).toBe('upstream_invalid');
});

test('a legacy caller of a legacy process hears logs as they come', async () => {
  await using world = upstreamWorld(server('legacy', '2025-11-25'));
  const { recorder } = world.call(legacyCall('progress'), { dialect: 'legacy' });
  await recorder.finished;
  expect(recorder.events.map(({ method }) => method)).toEqual(['notifications/message']);
});

test.each([
  ['does not exist', { command: '/nowhere/server' }],
  ['ends at once', { command: process.execPath, args: [SERVER, 'crashing'] }],
])('a command that %s is unavailable, in words', async (_name, mcp) => {
  await using world = upstreamWorld({ up: { mcp: { ...mcp, era: '2025-11-25' } } });
  const end = await world.call(modernCall('who')).recorder.finished;
  expect(end).toMatchObject({ reason: 'upstream_unavailable' });
  expect(world.room.status()).toMatchObject([{ state: 'down', links: 0 }]);
  expect(world.room.status()[0]?.lastError).not.toBe('');
});

test('a process that ends again and again is not started again and again', async () => {
  const clock = new ManualClock(systemClock.nowMs());
  await using world = upstreamWorld(server('crashing', '2025-11-25'), { clock });
  const reasons: string[] = [];
  for (let count = 0; count < 12; count++) {
    const { recorder } = world.call(modernCall('who'));
    await clock.advance(2000);
    const end = await recorder.finished;
    reasons.push(end instanceof Refusal ? end.text : end.kind);
  }
  expect(reasons.at(-1)).toContain('it is started again in');
  const started = world.log.filter((line) => line.includes('process ended')).length;
  expect(started).toBeLessThanOrEqual(11);
});
