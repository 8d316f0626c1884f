/** Two gateways on one state folder and one server: what they let in together, and what they count. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, startCommand, type Running } from '../kit/command-line.ts';
import { startHeld, type HeldUpstream } from '../kit/held-upstream.ts';
import { redisMissing, startRedis, type TestRedis } from '../kit/redis-server.ts';

const MINUTES_MS = 120_000;

describe.skipIf(redisMissing !== '')('two processes', () => {
  let redis: TestRedis;
  let upstream: HeldUpstream;
  let here: string;
  let processes: Running[];
  let urls: string[];

  beforeAll(async () => {
    redis = await startRedis({ password: 'kept secret' });
    upstream = await startHeld();
    here = await mkdtemp(join(tmpdir(), 'drawbridge-together-'));
    const config = {
      server: { listen: '127.0.0.1:0', stateDir: 'state' },
      upstreams: { up: { mcp: upstream.url } },
      limits: { rules: [{ name: 'three at once', items: ['up/*'], concurrency: 3 }] },
    };
    await writeFile(join(here, 'drawbridge.yaml'), JSON.stringify(config));
    processes = [0, 1].map(() => startCommand(['serve'], here, { VALKEY_URL: redis.url }));
    urls = await Promise.all(
      processes.map(async (each) => (await each.says(/listens on (http:\/\/[^/\s]+)/))[1] ?? ''),
    );
  }, MINUTES_MS);
  afterAll(async () => {
    for (const { child } of processes) child.kill('SIGKILL');
    await upstream.close();
    await redis[Symbol.asyncDispose]();
    await rm(here, { recursive: true, force: true });
  });

  const call = (at: number): Promise<Response> =>
    fetch(`${urls[at]}/api/default/tools/up__hold`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });

  test(
    'have three calls under way together; those of a killed one come free; usage adds up',
    async () => {
      const open = [call(0), call(1), call(0)];
      await upstream.call(2);
      for (const at of [0, 1]) {
        const refused = await call(at);
        expect(refused.status).toBe(429);
        expect(refused.headers.get('retry-after')).toBe('1');
        expect(await refused.json()).toMatchObject({ reason: 'rate_limited' });
      }
      upstream.calls[1]?.answer('done');
      upstream.calls[0]?.answer('done');
      upstream.calls[2]?.answer('done');
      for (const answer of open) expect((await answer).status).toBe(200);

      const usage = async () => {
        const { stdout } = await runCommand(['usage', '--by', 'tool', '--json'], here);
        return (JSON.parse(stdout) as { usage: { calls: number; refusals: number }[] }).usage[0];
      };
      await expect.poll(usage, { timeout: 60_000 }).toMatchObject({ calls: 5, refusals: 2 });

      const lost = [call(0), call(0), call(0)].map((answer) => answer.catch(() => undefined));
      await upstream.call(5);
      expect((await call(1)).status).toBe(429);
      processes[0]?.child.kill('SIGKILL');
      await Promise.all(lost);
      const next = async (): Promise<number> => {
        const number = upstream.calls.length;
        const answer = call(1);
        const came = upstream.call(number).then(() => 200);
        const status = await Promise.race([came, answer.then((refused) => refused.status)]);
        if (status === 200) upstream.calls[number]?.answer('done');
        await answer;
        return status;
      };
      await expect.poll(next, { interval: 200 }).toBe(200);
    },
    MINUTES_MS,
  );
});
