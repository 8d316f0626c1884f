import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { Feed } from '../feeds/feed.ts';
import { webhookSchema } from './config-schema.ts';
import { createHook, type HookHeaders } from './hook.ts';
import { Replays } from './replays.ts';

const SECRET = 'a secret of the tests';

function world(written: object = {}) {
  const clock = new ManualClock();
  const config = webhookSchema.parse({ signature: 'github', secret: SECRET, ...written });
  const feed = new Feed('events', config, clock, () => undefined);
  const hook = createHook(config, { clock, feed, replays: new Replays() });
  const send = (body: string | Buffer, headers: HookHeaders = {}): string => {
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    const opened = hook.open({
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${signature}`,
      ...headers,
    });
    if (opened.kind !== 'signed') return opened.kind;
    const verdict = opened.judge(Buffer.from(body));
    if (verdict.kind === 'event') verdict.keep();
    return verdict.kind;
  };
  return { clock, send, content: () => JSON.parse(feed.content), text: () => feed.content };
}

test('an event keeps its body as it was written, and the headers that tell something', () => {
  const { send, content, text } = world({ headers: ['X-Tenant'] });
  const headers = {
    'x-github-event': 'push',
    'x-tenant': 'acme',
    'x-other': 'no',
    authorization: 'Bearer no',
  };
  expect(send('{"id": 9007199254740993, "price": 1.10}', headers)).toBe('event');
  expect(content().events).toMatchObject([
    { id: '1', headers: { 'x-github-event': 'push', 'x-tenant': 'acme' } },
  ]);
  expect(Object.keys(content().events[0].headers)).toHaveLength(2);
  expect(text()).toContain('"body":{"id": 9007199254740993, "price": 1.10}');
});

test('a form is an object, a field that came twice a list', () => {
  const { send, content } = world();
  const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  expect(send('a=1&b=x+y&b=%C3%A4&__proto__=z', form)).toBe('event');
  const [{ body }] = content().events;
  expect(body).toEqual(JSON.parse('{"a":"1","b":["x y","ä"],"__proto__":"z"}'));
});

describe('what is not taken', () => {
  test.each<[string, string | Buffer, HookHeaders, string]>([
    ['another signature', '{}', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, 'unsigned'],
    ['no signature', '{}', { 'x-hub-signature-256': undefined }, 'unsigned'],
    [
      'no signature and a wrong type',
      '{}',
      { 'x-hub-signature-256': '', 'content-type': 'text/plain' },
      'unsigned',
    ],
    ['a text', '{}', { 'content-type': 'text/plain' }, 'wrong_type'],
    ['no type', '{}', { 'content-type': undefined }, 'wrong_type'],
    ['a packed body', '{}', { 'content-encoding': 'gzip' }, 'wrong_type'],
    ['no JSON', '{', {}, 'not_json'],
    ['the same key twice', '{"a":1,"a":2}', {}, 'not_json'],
    ['nothing', '', {}, 'not_json'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), {}, 'not_json'],
    ['a deep body', '['.repeat(101) + ']'.repeat(101), {}, 'not_json'],
  ])('%s', (_name, body, headers, verdict) => {
    const { send, content } = world();
    expect(send(body, headers)).toBe(verdict);
    expect(content().events).toEqual([]);
  });

  test('the same message twice', () => {
    const { send, content } = world();
    expect(send('{"n":1}')).toBe('event');
    expect(send('{"n":1}')).toBe('repeated');
    expect(content().events).toHaveLength(1);
  });

  test('more than its share of a second', async () => {
    const { clock, send } = world({ maxPerSecond: 2 });
    expect([1, 2, 3].map((n) => send(`${n}`))).toEqual(['event', 'event', 'too_many']);
    await clock.advance(1000);
    // It was not taken, so it may come again.
    expect(send('3')).toBe('event');
  });
});

test('an id that is signed names its message whenever it is sent again', () => {
  const clock = new ManualClock();
  const secret = `whsec_${Buffer.from('a key of twenty-four bytes').toString('base64')}`;
  const config = webhookSchema.parse({ signature: 'standard', secret });
  const feed = new Feed('events', config, clock, () => undefined);
  const hook = createHook(config, { clock, feed, replays: new Replays() });
  const send = (id: string, ageSeconds: number): string => {
    const seconds = String(Math.floor(clock.nowMs() / 1000) - ageSeconds);
    const mac = createHmac('sha256', 'a key of twenty-four bytes').update(`${id}.${seconds}.{}`);
    const opened = hook.open({
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': `v1,${mac.digest('base64')}`,
    });
    const verdict = opened.kind === 'signed' ? opened.judge(Buffer.from('{}')) : opened;
    if (verdict.kind === 'event') verdict.keep();
    return verdict.kind;
  };
  expect(send('m1', 0)).toBe('event');
  expect(send('m1', 5)).toBe('repeated');
  expect(send('m2', 5)).toBe('event');
  expect(send('m3', 301)).toBe('unsigned');
  expect(JSON.parse(feed.content).events[1]).toMatchObject({ headers: { 'webhook-id': 'm2' } });
});
