/** A retry that reaches another process than the one that holds its call: in whose name it goes on. */
import { afterEach, expect, test } from 'vitest';
import { makeSealer } from '../../../test/kit/sealer.ts';
import { RecordingDelivery } from '../../../test/kit/exchange.ts';
import { caller, roundOf } from '../../../test/kit/questions-world.ts';
import { MemoryBackend, MemoryHub, coordinate, type Coordination } from '../coordination/index.ts';
import { principalOf, systemClock, type Exchange } from '../kernel/index.ts';
import { createInteractions } from './index.ts';

const ANSWERS = '{"q1":{"action":"accept","content":{"n":1}}}';
const hub = new MemoryHub(systemClock);
const sealer = makeSealer(systemClock);
const open: Coordination[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** One process of the installation. */
async function process() {
  const onBug = (error: unknown): never => {
    throw error;
  };
  const shared = { isShared: true, installation: 'one', clock: systemClock, onBug };
  const peers = await coordinate({ backend: new MemoryBackend(hub), ...shared });
  open.push(peers);
  return createInteractions({ sealer, clock: systemClock, peers, onBug });
}

/** Somebody, as a credential makes them: the same person may have several. */
const person = (id: string) => principalOf({ id, kind: 'user', verifiedBy: 'oauth' });

function exchange(by: string, more: Parameters<typeof caller>[0] = {}): Exchange {
  const x = caller({ principal: by, ...more });
  x.principal = person(by);
  return x;
}

async function asked() {
  const [holder, reached] = await Promise.all([process(), process()]);
  const x = exchange('ann');
  const round = roundOf();
  const delivery = new RecordingDelivery();
  holder.ask(x, round, delivery);
  const [question] = delivery.terminals;
  const state = String(
    JSON.parse(question?.kind === 'local' ? question.result : '{}').requestState,
  );
  return { holder, reached, x, round, state };
}

test('the call goes on under the credential that it was begun with', async () => {
  const { reached, x, round, state } = await asked();
  const retry = exchange('ann', { responses: ANSWERS });
  const opened = reached.openState(retry, state);
  retry.parked = 'kind' in opened && opened.kind === 'parked' ? opened.parked : '';
  reached.carryOn(retry, new RecordingDelivery());
  await expect.poll(() => round.fate).toBe('answered');
  // Not only the same person: what was verified here is what upstreams are presented with.
  expect(round.x?.principal).toBe(x.principal);
});

test('nobody else goes on with it, whichever process they reach and whatever they know', async () => {
  const { holder, reached, x, round, state } = await asked();
  for (const room of [holder, reached]) {
    expect(room.openState(exchange('bob'), state)).toMatchObject({ reason: 'state_invalid' });
    const owned = room.openState(x, state);
    const stolen = exchange('bob', { responses: ANSWERS });
    stolen.parked = 'kind' in owned && owned.kind === 'parked' ? owned.parked : '';
    const delivery = new RecordingDelivery();
    room.carryOn(stolen, delivery);
    await expect.poll(() => delivery.terminals).toMatchObject([{ reason: 'state_invalid' }]);
  }
  expect([round.fate, round.calls]).toEqual(['', 0]);
});
