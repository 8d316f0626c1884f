import { describe, expect, test } from 'vitest';
import { Refusal, type LastingOutlet } from '../kernel/index.ts';
import { RecordingOutlet } from '../../../test/kit/exchange.ts';
import { DONE, NOTICE, ended, type Straw, type World } from '../../../test/kit/path-world.ts';

describe('a stream that outlives its connection', () => {
  const ITEM = { kind: 'passthrough', upstream: 'up' } as const;

  /** Takes the stream's place; `detached` counts connections that were lost. */
  class Lasting extends RecordingOutlet implements LastingOutlet {
    isReachable = true;
    detached = 0;
    detach(): void {
      this.detached++;
    }
  }

  async function lived(during: (world: World, lost: () => void) => void, lasting = new Lasting()) {
    let lose = (): void => undefined;
    const end = await ended(
      {
        target: ITEM,
        rooms: {
          lastingStream: (_x, lost) => {
            lose = lost;
            return lasting;
          },
        },
        carry: (x, delivery) => {
          x.cancellation.onCancel(() => delivery.finish(new Refusal('cancelled')));
          delivery.event(NOTICE);
        },
      },
      (world, journey) => {
        world.x.dialect = 'legacy';
        journey.disconnected();
        expect(lasting.detached).toBe(1);
        during(world, () => lose());
      },
    );
    return { ...end, lasting };
  }

  test('is written on to when that is gone, and its answer counts', async () => {
    const { lasting, outcome, text, cancelled } = await lived(({ delivery }) => {
      delivery?.event(NOTICE);
      delivery?.finish(DONE);
    });
    expect(lasting.text).toBe('<{"n":1}><{"n":1}><last {"é":1}>');
    expect([text, cancelled, lasting.ends]).toEqual(['', [], 1]);
    expect(outcome).toMatchObject({ kind: 'answered', resultBytes: 15 });
  });

  test('has no answer where nobody can fetch it', async () => {
    const lasting = new Lasting();
    lasting.isReachable = false;
    const { outcome } = await lived(({ delivery }) => delivery?.finish(DONE), lasting);
    expect(outcome).toMatchObject({ kind: 'abandoned', isError: false });
  });

  test('is abandoned when nobody came back in time', async () => {
    const { outcome, cancelled, lasting } = await lived((_world, lost) => lost());
    expect(cancelled).toEqual(['disconnected']);
    expect(outcome).toEqual({ kind: 'abandoned', reason: '', isError: false, resultBytes: 0 });
    expect(lasting.text).toBe('<{"n":1}>');
  });

  test('is cancelled by who says so, there or not', async () => {
    const { outcome, lasting } = await lived(({ x }) => x.cancellation.cancel('cancelled'));
    expect(outcome).toMatchObject({ kind: 'cancelled' });
    expect(lasting.text).toBe('<{"n":1}><last cancelled>');
  });

  test('that is lost after its end changes nothing', async () => {
    const { outcome, cancelled } = await lived(({ delivery }, lost) => {
      delivery?.finish(DONE);
      lost();
    });
    expect([outcome?.kind, cancelled]).toEqual(['answered', []]);
  });
});

describe('a caller that does not read', () => {
  test.each<[string, Straw['target'], string, string]>([
    [
      'a call is told that it ends',
      { kind: 'passthrough', upstream: 'up' },
      'refused',
      '<{"n":1}><last reader_too_slow>',
    ],
    [
      'a subscription ends itself',
      { kind: 'subscription', item: undefined, originalName: '' },
      'answered',
      '<{"n":1}>',
    ],
  ])('%s', async (_what, target, kind, said) => {
    let slow = 0;
    const { outcome, text, cancelled } = await ended({
      ...(target === undefined ? {} : { target }),
      rooms: { onSlowReader: () => void slow++ },
      carry: (x, delivery) => {
        Object.assign(x.outlet, { isRead: false });
        if (target?.kind === 'subscription') {
          x.cancellation.onCancel(() => delivery.finish({ kind: 'ended', result: '' }));
        }
        delivery.event(NOTICE);
        delivery.event(NOTICE);
      },
    });
    expect([slow, cancelled, outcome?.kind, text]).toEqual([1, ['expired'], kind, said]);
  });
});
