import { expect, test } from 'vitest';
import { ManualClock } from '../../../../test/kit/manual-clock.ts';
import { Refusal } from '../../kernel/index.ts';
import type { Api } from './model.ts';
import { Opener } from './opener.ts';

/** An API of which only its being open matters. */
function openApi(closed: string[] = []): Api {
  const none = { operations: [], servers: [], schemes: [], skipped: [], repairs: [] };
  return {
    index: { kind: 'data', digest: '', title: '', version: '', description: '', ...none },
    plan: () => 'nothing',
    call: async () => ({ kind: 'unsendable', argument: '', text: '' }),
    close: async () => {
      closed.push('closed');
    },
  };
}

test('what did not open is opened again, but not at once, and ever less often', async () => {
  const clock = new ManualClock();
  const bugs: unknown[] = [];
  const outcomes = [
    (): Refusal => new Refusal('upstream_unavailable', { text: 'No such file.' }),
    (): never => {
      throw new Error('bug');
    },
  ];
  let opens = 0;
  const api = openApi();
  const opener = new Opener(
    async () => outcomes[opens++]?.() ?? api,
    clock,
    (error) => bugs.push(error),
  );
  const first = await Promise.all([opener.ready(), opener.ready()]);
  expect(first[0]).toBe(first[1]);
  expect(await opener.ready()).toBe(first[0]);
  expect(opens).toBe(1);
  await clock.advance(1000);
  expect(await opener.ready()).toMatchObject({ reason: 'internal' });
  expect([opens, bugs.length]).toEqual([2, 1]);
  await clock.advance(1999);
  await opener.ready();
  expect(opens).toBe(2);
  await clock.advance(1);
  expect(await opener.ready()).toBe(api);
  expect(opener.current).toBe(api);
});

test('what opens after the end is closed again', async () => {
  const closed: string[] = [];
  const opened = Promise.withResolvers<Api>();
  const opener = new Opener(
    () => opened.promise,
    new ManualClock(),
    () => {},
  );
  const ready = opener.ready();
  const ended = opener.close();
  opened.resolve(openApi(closed));
  await ended;
  expect(closed).toEqual(['closed']);
  expect(await ready).toMatchObject({ reason: 'draining' });
  expect(await opener.ready()).toMatchObject({ reason: 'draining' });
});
