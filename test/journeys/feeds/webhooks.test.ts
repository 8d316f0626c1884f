/** Signed events come in at the door for webhooks, and clients of both eras hear of them. */
import { createHmac } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bearer, openKeys } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { LeapingClock } from '../../kit/leaping-clock.ts';
import { ERAS, feedReader } from './world.ts';

const SECRET = 'a secret of the journey';
const FEED = 'drawbridge-feed://builds/events';
const upstreams = {
  builds: { webhook: { signature: 'github', secret: SECRET, maxBodyBytes: 4096 } },
};

function signed(body: string, secret = SECRET): Record<string, string> {
  const mac = createHmac('sha256', secret).update(body).digest('hex');
  return {
    'content-type': 'application/json',
    'x-hub-signature-256': `sha256=${mac}`,
    'x-github-event': 'workflow_run',
  };
}

async function post(
  { origin }: TestGateway,
  body: string,
  headers: Record<string, string>,
  path = '/hooks/builds',
): Promise<Response> {
  return await fetch(origin + path, { method: 'POST', body, headers });
}

let count = 0;
const fresh = (): string => JSON.stringify({ run: ++count, conclusion: 'failure' });

describe.each(ERAS)('a %s client', (era) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ upstreams });
  });
  afterAll(() => gateway.close());

  test('finds the feed, subscribes, hears of an event and reads it', async () => {
    await using reader = await feedReader(era, gateway);
    const { resources } = await reader.client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([FEED]);
    expect(await reader.read(FEED)).toMatchObject({ feed: 'events', state: 'open', events: [] });
    const stop = await reader.subscribe(FEED);
    const body = fresh();
    const answer = await post(gateway, body, signed(body));
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    await expect.poll(() => reader.updated).toEqual([FEED]);
    const { events } = await reader.read(FEED);
    expect(events).toMatchObject([
      { body: JSON.parse(body), headers: { 'x-github-event': 'workflow_run' } },
    ]);
    await stop();
    const next = fresh();
    expect((await post(gateway, next, signed(next))).status).toBe(202);
    await reader.until(FEED, (content) => content.events.length === 2);
    expect(reader.updated).toEqual([FEED]);
  });

  test('cannot subscribe to what is not there', async () => {
    await using reader = await feedReader(era, gateway);
    const unknown = 'drawbridge-feed://builds/other';
    await expect(reader.read(unknown)).rejects.toThrow(/no resource|not found/i);
  });
});

describe('at the door', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ upstreams });
  });
  afterAll(() => gateway.close());

  test('whoever tries learns nothing: wrong signature, none at all, unknown name', async () => {
    const body = fresh();
    const other = signed(body, 'another secret of somebody');
    const answers = await Promise.all([
      post(gateway, body, other),
      post(gateway, body, { 'content-type': 'application/json' }),
      post(gateway, body, signed(body), '/hooks/nothing'),
      post(gateway, body, signed(body), '/hooks/builds/more'),
      post(gateway, body, signed(body), '/hooks/'),
    ]);
    const seen = await Promise.all(
      answers.map(async (answer) => {
        const headers = Object.fromEntries(answer.headers);
        delete headers['date'];
        return JSON.stringify([answer.status, headers, await answer.text()]);
      }),
    );
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toContain('[401,');
    expect(seen[0]).not.toMatch(/access-control|www-authenticate/i);
  });

  test.each([
    ['another method', { method: 'GET' }, 405],
    ['a question of a browser', { method: 'OPTIONS' }, 405],
    [
      'a text',
      { method: 'POST', body: 'x', headers: { ...signed('x'), 'content-type': 'text/plain' } },
      415,
    ],
    ['no JSON', { method: 'POST', body: '{', headers: signed('{') }, 400],
    [
      'a body that is too long',
      { method: 'POST', body: 'x'.repeat(5000), headers: signed('x') },
      413,
    ],
    [
      'a page of another origin',
      { method: 'POST', body: '{}', headers: { ...signed('{}'), origin: 'https://evil.example' } },
      403,
    ],
  ])('%s is refused', async (_name, init, status) => {
    const answer = await fetch(`${gateway.origin}/hooks/builds`, init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('the same message is taken once, and its sender hears nothing else', async () => {
    await using reader = await feedReader('modern', gateway);
    const before = (await reader.read(FEED)).events.length;
    const body = fresh();
    const headers = signed(body);
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(gateway, body, headers)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect((await reader.read(FEED)).events).toHaveLength(before + 1);
  });

  test('a message that was taken is not taken again after the secret was changed', async () => {
    const own = await startGateway({ upstreams });
    try {
      const body = fresh();
      expect((await post(own, body, signed(body))).status).toBe(202);
      const secret = [SECRET, 'the secret that comes after'];
      await own.reload({
        upstreams: { builds: { webhook: { ...upstreams.builds.webhook, secret } } },
      });
      expect((await post(own, body, signed(body))).status).toBe(202);
      await using reader = await feedReader('modern', own);
      expect((await reader.read(FEED)).events).toEqual([]);
      const next = fresh();
      const renewed = signed(next, 'the secret that comes after');
      expect((await post(own, next, renewed)).status).toBe(202);
      expect((await reader.read(FEED)).events).toHaveLength(1);
    } finally {
      await own.close();
    }
  });

  test('a body that comes too slowly holds nobody up', async () => {
    const clock = new LeapingClock();
    const own = await startGateway({ upstreams }, { clock });
    onTestFinished(() => own.close());
    const url = new URL(own.origin);
    const socket = connectTcp(Number(url.port), url.hostname);
    const head = Object.entries(signed('{}')).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(
      `POST /hooks/builds HTTP/1.1\r\nhost: ${url.host}\r\ncontent-length: 100\r\n${head.join('')}\r\n{`,
    );
    const body = fresh();
    expect((await post(own, body, signed(body))).status).toBe(202);
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
    await expect
      .poll(() => {
        clock.leap(10_000);
        return answer;
      })
      .toMatch(/^HTTP\/1\.1 408 /);
    socket.destroy();
  });

  test('a flood is bounded, and the rest may come later', async () => {
    const few = { webhook: { ...upstreams.builds.webhook, maxPerSecond: 3, maxEvents: 2 } };
    const own = await startGateway({ upstreams: { builds: few } });
    try {
      const bodies = Array.from({ length: 30 }, fresh);
      const answers = await Promise.all(bodies.map((body) => post(own, body, signed(body))));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(10);
      expect(refused[0]?.headers.get('retry-after')).toBe('1');
      await using reader = await feedReader('modern', own);
      const content = await reader.read(FEED);
      expect(content.events).toHaveLength(2);
      expect(content.notes?.[0]).toContain('not kept any more');
    } finally {
      await own.close();
    }
  });

  test('every outcome is in the record, and nothing of a secret or a body', async () => {
    const own = await startGateway({ upstreams });
    const body = '{"inside":"not for the record"}';
    await post(own, body, signed(body));
    await post(own, body, signed(body));
    await post(own, body, signed(body, 'another secret of somebody'));
    await post(own, body, {}, '/hooks/nothing');
    const records = await own.records();
    expect(records).toMatchObject([
      { kind: 'change', principal: 'webhook:builds', action: 'webhooks.receive', outcome: 'done' },
      { kind: 'change', outcome: 'refused', details: { why: 'repeated', address: '127.0.0.1' } },
    ]);
    const { stateDir } = own;
    await own.gateway.close(0);
    const text = await import('node:fs/promises').then(({ readFile }) =>
      readFile(`${stateDir}/audit.jsonl`, 'utf8'),
    );
    expect(text).toContain('"reason":"webhook_unsigned builds","count":1');
    expect(text).toContain('"reason":"webhook_unsigned","count":1');
    expect(text).not.toMatch(/not for the record|a secret of|sha256=/);
    await own.close();
  });

  test('without a webhook there is no such door', async () => {
    const own = await startGateway({ upstreams: {} });
    try {
      const none = await post(own, '{}', signed('{}'));
      const nothing = await post(own, '{}', signed('{}'), '/nothing');
      expect([none.status, await none.text()]).toEqual([nothing.status, await nothing.text()]);
      expect(none.status).toBe(404);
    } finally {
      await own.close();
    }
  });
});

describe('who may hear of it', () => {
  test('is decided like everything else', async () => {
    const gateway = await startGateway({
      identity: { keys: true },
      upstreams,
      policy: { rules: [{ name: 'builders', allow: ['builds/*'], who: { agents: ['builder'] } }] },
    });
    try {
      await using keys = await openKeys(gateway.stateDir);
      const builder = await keys.add({ agent: 'builder' });
      const other = await keys.add({ agent: 'other' });
      for (const era of ERAS) {
        await using allowed = await feedReader(era, gateway, bearer(builder.text));
        await using denied = await feedReader(era, gateway, bearer(other.text));
        expect((await allowed.client.listResources()).resources).toHaveLength(1);
        const hidden = await denied.client.listResources().catch(() => ({ resources: [] }));
        expect(hidden.resources).toEqual([]);
        await expect(denied.read(FEED)).rejects.toThrow();
        await denied.subscribe(FEED).catch(() => undefined);
        await allowed.subscribe(FEED);
        const body = fresh();
        await post(gateway, body, signed(body));
        await expect.poll(() => allowed.updated).toEqual([FEED]);
        expect(denied.updated).toEqual([]);
      }
    } finally {
      await gateway.close();
    }
  });
});
