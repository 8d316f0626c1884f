import { expect, test } from 'vitest';
import { principalOf } from '../kernel/index.ts';
import { openStore, type SeenPrincipal } from '../store/index.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { SeenPrincipals } from './index.ts';

const ann = principalOf({ id: 'key:a', kind: 'user', verifiedBy: 'key a', user: 'ann' });
const bot = principalOf({ id: 'key:b', kind: 'agent', verifiedBy: 'key b', agent: 'bot' });
const local = principalOf({ id: 'local', kind: 'local', verifiedBy: 'loopback' });

test('who calls is written once a minute, and nobody who is only local', async () => {
  const clock = new ManualClock(1_000_000);
  const { principalsSeen, close } = await openStore(':memory:');
  const written: string[][] = [];
  const seen = new SeenPrincipals({
    clock,
    store: {
      ...principalsSeen,
      note: (all: readonly SeenPrincipal[]) => {
        written.push(all.map(({ id }) => id));
        return principalsSeen.note(all);
      },
    },
    onFailure: (error) => expect.unreachable(String(error)),
  });
  for (let times = 0; times < 5; times++) {
    for (const each of [ann, bot, local, undefined]) seen.note(each);
  }
  expect(written).toEqual([]);
  await clock.advance(60_000);
  expect(written).toEqual([['key:a', 'key:b']]);
  await clock.advance(600_000);
  expect(written).toHaveLength(1);
  seen.note(bot);
  await seen.close();
  expect(written).toEqual([['key:a', 'key:b'], ['key:b']]);
  expect(await principalsSeen.find('key:b')).toMatchObject({ agent: 'bot', firstMs: 1_060_000 });
  await close();
});

test('a store that fails is told of once, and nothing else stops', async () => {
  const clock = new ManualClock(0);
  let failures = 0;
  const fail = () => Promise.reject(new Error('full'));
  const seen = new SeenPrincipals({
    clock,
    store: { note: fail, find: fail, list: fail },
    onFailure: () => failures++,
  });
  for (let minute = 0; minute < 3; minute++) {
    seen.note(ann);
    await clock.advance(60_000);
  }
  expect(failures).toBe(1);
  await seen.close();
});
