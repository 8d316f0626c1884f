import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { redisMissing, startRedis } from '../../../../test/kit/redis-server.ts';
import { systemClock } from '../../kernel/index.ts';
import { createCoordination } from '../create.ts';
import type { Coordination } from '../port.ts';

const NONE = redisMissing === '' ? '' : ` (${redisMissing})`;
const PASSWORD = 'hunter 2/@:';

interface Joined extends AsyncDisposable {
  readonly coordination: Coordination;
  readonly log: string[];
}

async function join(url: string, installation: string = randomUUID()): Promise<Joined> {
  const log: string[] = [];
  const coordination = await createCoordination({
    url,
    installation,
    clock: systemClock,
    log: (level, text, fields) => log.push(`${level} ${text} ${JSON.stringify(fields)}`),
    onBug: (error) => log.push(`bug ${String(error)}`),
  });
  return { coordination, log, [Symbol.asyncDispose]: () => coordination.close() };
}

const unavailable = expect.objectContaining({ failure: 'unavailable' });

describe.skipIf(redisMissing !== '')(`a server that is in trouble${NONE}`, () => {
  test('one that answers nothing is away, and comes back', async () => {
    await using redis = await startRedis();
    await using joined = await join(redis.url);
    const { coordination, log } = joined;
    const heard: string[] = [];
    await coordination.subscribe('c', (text) => heard.push(text)).ready;
    redis.freeze();
    await expect(coordination.values.get('x')).rejects.toEqual(unavailable);
    expect(coordination.isConnected).toBe(false);
    await expect(coordination.publish('c', 'lost')).rejects.toEqual(unavailable);
    redis.thaw();
    await expect.poll(() => coordination.isConnected).toBe(true);
    await coordination.publish('c', 'found');
    await expect.poll(() => heard).toEqual(['found']);
    expect(log.map((line) => line.split(' ', 1)[0])).toEqual(['info', 'warn', 'info']);
  });

  test('one that is not there yet is waited for in the background', async () => {
    await using redis = await startRedis();
    await redis.kill();
    await using joined = await join(redis.url);
    const { coordination, log } = joined;
    expect(coordination.isConnected).toBe(false);
    const heard: string[] = [];
    const early = coordination.subscribe('c', (text) => heard.push(text));
    await expect(coordination.isAlive(coordination.ownerId)).rejects.toEqual(unavailable);
    await redis.start();
    await early.ready;
    await expect.poll(() => coordination.isConnected).toBe(true);
    expect(await coordination.isAlive(coordination.ownerId)).toBe(true);
    await coordination.publish('c', 'x');
    await expect.poll(() => heard).toEqual(['x']);
    expect(log.join('\n')).toMatch(/warn the Valkey server is away .*ECONNREFUSED/);
  });

  test('a password is right or wrong, and in neither case said', async () => {
    await using redis = await startRedis({ password: PASSWORD });
    await using right = await join(redis.url);
    expect(right.coordination.isConnected).toBe(true);
    const wrongPassword = encodeURIComponent(`not ${PASSWORD}`);
    await using wrong = await join(`redis://:${wrongPassword}@127.0.0.1:${redis.port}`);
    expect(wrong.coordination.isConnected).toBe(false);
    expect(wrong.log.join('\n')).toContain('WRONGPASS');
    await expect(wrong.coordination.values.get('x')).rejects.toEqual(unavailable);
    const said = [...right.log, ...wrong.log].join('\n');
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) {
      expect(said).not.toContain(secret);
    }
  });

  test('one that refuses is not away', async () => {
    await using redis = await startRedis();
    await using joined = await join(redis.url);
    const { coordination } = joined;
    await coordination.values.set('counter', 'no number', 60_000);
    await expect(coordination.values.tryAdd('counter', 1, 2, 1000)).rejects.toEqual(unavailable);
    expect(coordination.isConnected).toBe(true);
  });
});
