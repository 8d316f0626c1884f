import { describe, expect, test } from 'vitest';
import { RecordingDelivery, SESSION, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../test/kit/sealer.ts';
import { createSessions } from './index.ts';

const SILENT_MS = 5000;
const LOOK_EVERY_MS = 1000;

function house() {
  const clock = new ManualClock();
  const sessions = createSessions({ sealer: makeSealer(clock), clock, serverInfo: '{}' });
  const begin = (rawId: string, revision = '2025-11-25') => {
    const x = Object.assign(makeExchange(), { startedMs: clock.nowMs(), rawId });
    x.session = { ...SESSION, revision };
    const delivery = new RecordingDelivery();
    sessions.callBegun(x, delivery);
    return { x, delivery };
  };
  return { clock, sessions, begin };
}

describe('a call that says nothing for long', () => {
  test('gets its stream, and others only when it is their time', async () => {
    const { clock, begin } = house();
    const first = begin('1');
    await clock.advance(3000);
    const second = begin('2');
    await clock.advance(SILENT_MS - 3000);
    expect([first.delivery.isOpen, second.delivery.isOpen]).toEqual([true, false]);
    await clock.advance(3000);
    expect([first.delivery.order, second.delivery.order]).toEqual([['open'], ['open']]);
  });

  test('gets none where it has ended, or its client knows no such streams', async () => {
    const { clock, sessions, begin } = house();
    const [ended, old] = [begin('1'), begin('2', '2025-06-18')];
    sessions.callEnded(ended.x);
    await clock.advance(SILENT_MS * 2);
    expect([ended.delivery.order, old.delivery.order]).toEqual([[], []]);
  });

  test('costs one timer, and none when there is none', async () => {
    const { clock, sessions, begin } = house();
    const calls = [begin('1'), begin('2'), begin('3')];
    expect(clock.pending).toBe(1);
    for (const { x } of calls) sessions.callEnded(x);
    await clock.advance(LOOK_EVERY_MS);
    expect(clock.pending).toBe(0);
  });
});
