import { expect, test } from 'vitest';
import { LOCAL, RecordingDelivery, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { makeSealer } from '../../../test/kit/sealer.ts';
import { MemoryBackend, MemoryHub, coordinate, type Coordination } from '../coordination/index.ts';
import {
  ROOT,
  Refusal,
  scanJson,
  systemClock,
  type Delivery,
  type Exchange,
} from '../kernel/index.ts';
import { deliver, writeEvent, writeTerminal } from './remote-message.ts';
import { RemoteRetries, type RemoteDeps } from './remote.ts';

type GoOn = RemoteDeps['goOn'];

const hub = new MemoryHub(systemClock);

async function peers(): Promise<Coordination> {
  const backend = new MemoryBackend(hub);
  const onBug = (error: unknown): never => {
    throw error;
  };
  const rest = { isShared: true, installation: 'one', clock: systemClock, onBug };
  return await coordinate({ backend, ...rest });
}

function remote(
  process: Coordination,
  goOn: GoOn,
  sealer = makeSealer(systemClock),
): RemoteRetries {
  const patienceMs = (): number => 60_000;
  return new RemoteRetries({ peers: process, sealer, clock: systemClock, patienceMs, goOn });
}

function retryOf(): Exchange {
  const x = makeExchange();
  const message =
    '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"arguments":{"a":1.0},"_meta":{}}}';
  x.principal = LOCAL;
  x.endpoint = 'default';
  x.rawId = '7';
  x.parked = 'call/1/owner';
  x.call = makeCall({ message, method: 'tools/call', name: 'crm__ask' });
  const item = {
    id: { upstream: 'crm', kind: 'tool', name: 'ask' },
    publicName: 'crm__ask',
    definition: Buffer.from('{}'),
    era: 'legacy',
    headerBindings: [],
  } as const;
  x.target = { kind: 'item', item, originalName: 'ask' };
  return x;
}

/** Two processes; the second holds the call. */
async function carriedOn(goOn: GoOn, sealers: Parameters<typeof remote>[2][] = []) {
  const [here, there] = await Promise.all([peers(), peers()]);
  const sealer = makeSealer(systemClock);
  remote(there, goOn, sealers[1] ?? sealer);
  const delivery = new RecordingDelivery();
  const x = retryOf();
  const asking = remote(here, () => undefined, sealers[0] ?? sealer);
  const ended = asking.carryOn(x, there.ownerId, delivery);
  const close = (): Promise<unknown> => Promise.all([here.close(), there.close()]);
  return { x, delivery, ended, there, close };
}

test('the process that holds the call sees the retry as it was, and what it says is heard', async () => {
  const seen: Exchange[] = [];
  const items: string[] = [];
  const { delivery, ended, close } = await carriedOn((x, item, to) => {
    seen.push(x);
    items.push(item);
    to.event({ kind: 'notice', text: '{"method":"n"}' });
    to.finish({ kind: 'local', result: '{"content":[]}', isToolError: true });
  });
  await ended;
  const [x] = seen;
  expect(items).toEqual(['tool:crm/ask']);
  expect(x).toMatchObject({ principal: LOCAL, endpoint: 'default', rawId: '7', dialect: 'modern' });
  expect(x?.parked).toBe('call/1/owner');
  expect(x?.call?.view.raw(x.call.arguments)).toBe('{"a":1.0}');
  expect(x?.target).toBeUndefined();
  expect(delivery.events).toEqual([{ kind: 'notice', text: '{"method":"n"}' }]);
  expect(delivery.terminals).toEqual([
    { kind: 'local', result: '{"content":[]}', isToolError: true },
  ]);
  await close();
});

test('who has other keys is neither asked nor believed', async () => {
  let asked = 0;
  const sealers = [makeSealer(systemClock), makeSealer(systemClock)];
  const { delivery, ended, close } = await carriedOn(() => asked++, sealers);
  await ended;
  expect(asked).toBe(0);
  expect(delivery.terminals).toMatchObject([{ reason: 'interaction_expired' }]);
  await close();
});

test('a caller that goes away is told to the process that holds the call', async () => {
  const begun = Promise.withResolvers<Exchange>();
  const { x, delivery, ended, close } = await carriedOn((standIn) => begun.resolve(standIn));
  const standIn = await begun.promise;
  const told = new Promise((resolve) => standIn.cancellation.onCancel(resolve));
  x.cancellation.cancel('disconnected');
  await ended;
  expect(delivery.terminals).toMatchObject([{ reason: 'cancelled' }]);
  expect(await told).toBe('disconnected');
  await close();
});

test('a process that is closed says so at once', async () => {
  const begun = Promise.withResolvers<Exchange>();
  const { delivery, ended, there, close } = await carriedOn((standIn) => begun.resolve(standIn));
  const standIn = await begun.promise;
  await there.close();
  await ended;
  expect(delivery.terminals).toMatchObject([{ reason: 'interaction_expired' }]);
  expect(standIn.cancellation.reason).toBe('draining');
  await close();
});

function viewOf(json: string) {
  const view = scanJson(Buffer.from(json), { maxDepth: 9, recordDepth: 3 });
  if ('fault' in view) throw new Error(view.fault);
  return view;
}

const RESULT = viewOf('{"id":1,"result":{"n":1.00,"s":"\\ud800"}}');

test.each([
  { kind: 'result', era: 'legacy', view: RESULT, value: RESULT.member(ROOT, 'result'), edits: [] },
  { kind: 'local', result: '{}', isQuestion: true },
  { kind: 'local', result: '{}' },
  new Refusal('capability_missing', { text: 'x', data: { a: 1 }, retryAfterSeconds: 2 }),
  new Refusal('draining'),
] as const)('the end %# is the same there and here', (message) => {
  const delivery = new RecordingDelivery();
  expect(deliver(writeTerminal(message), delivery)).toBe(true);
  expect(delivery.terminals).toEqual([message]);
});

test('edits have been made before an event travels', () => {
  const view = viewOf('{"method":"n","params":{"progressToken":"a"}}');
  const token = view.member(view.member(ROOT, 'params'), 'progressToken');
  const edits = [{ start: view.start(token), end: view.end(token), text: '7' }];
  const delivery = new RecordingDelivery();
  deliver(writeEvent({ kind: 'event', method: 'n', view, edits }), delivery);
  const [event] = delivery.events;
  expect(event?.kind === 'event' && event.view.bytes.toString()).toBe(
    '{"method":"n","params":{"progressToken":7}}',
  );
});

test.each([
  '{}',
  '{"is":"result","era":"modern","json":"{"}',
  '{"is":"refusal","reason":"toString"}',
])('what another release says is not taken for an end: %s', (text) => {
  const delivery: Delivery = new RecordingDelivery();
  expect(deliver(text, delivery)).toBe(false);
});
