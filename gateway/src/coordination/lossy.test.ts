import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import type { Backend } from './backend.ts';
import { coordinate } from './coordinate.ts';
import { MemoryBackend } from './memory/backend.ts';
import { MemoryHub } from './memory/hub.ts';
import type { AskEnd } from './port.ts';

/** What becomes of a message on its way: it is lost, arrives, or arrives twice. */
type Fate = 0 | 1 | 2;

/** @param fates of the messages in turn; those after the last one arrive */
function lossy(backend: MemoryBackend, fates: Fate[]): Backend {
  return {
    isConnected: true,
    onConnection: (listener) => backend.onConnection(listener),
    publish: async (channel, text) => {
      for (let left = fates.shift() ?? 1; left > 0; left--) await backend.publish(channel, text);
    },
    subscribe: (channel, handler) => backend.subscribe(channel, handler),
    values: backend.values,
    destroy: () => backend.destroy(),
  };
}

async function askOverLosses(eventCount: number, asker: Fate[], owner: Fate[]) {
  const clock = new ManualClock();
  const hub = new MemoryHub(clock);
  const bugs: unknown[] = [];
  const join = (fates: Fate[]) =>
    coordinate({
      backend: lossy(new MemoryBackend(hub), fates),
      isShared: true,
      installation: 'one',
      clock,
      onBug: (error) => bugs.push(error),
    });
  const [here, there] = await Promise.all([join(asker), join(owner)]);
  let begun = 0;
  there.onAsk('count', (ask) => {
    begun++;
    for (let at = 0; at < eventCount; at++) ask.event(String(at));
    ask.end('done');
  });
  const events: string[] = [];
  let end: AskEnd | undefined;
  const signal = new AbortController().signal;
  const onEvent = (text: string): number => events.push(text);
  void here
    .ask(there.ownerId, 'count', '', { signal, timeoutMs: 600_000, onEvent })
    .then((value) => (end = value));
  while (end === undefined) await clock.advance(500);
  // Whatever was said again too late changes nothing.
  await clock.advance(5000);
  await Promise.all([here.close(), there.close()]);
  return { begun, events, end, bugs, timers: clock.pending };
}

const fates = fc.array(fc.constantFrom<Fate>(0, 1, 2), { maxLength: 20 });

test('an ask begins once and is heard whole and in order, whatever is lost or comes twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(6), fates, fates, async (eventCount, asker, owner) => {
      expect(await askOverLosses(eventCount, asker, owner)).toEqual({
        begun: 1,
        events: Array.from({ length: eventCount }, (_, at) => String(at)),
        end: { kind: 'answer', text: 'done' },
        bugs: [],
        timers: 0,
      });
    }),
    { numRuns: 100 },
  );
});
