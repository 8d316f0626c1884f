/** A service that speaks gRPC behind the gateway, for callers of every dialect. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { left, start } from '../../../examples/grpc/behind.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { addReflection } from '../../kit/grpc/reflection.ts';
import { callerOf, done, WAYS, type Caller } from '../apis/world.ts';

const folder = new URL('../../../examples/grpc/', import.meta.url);
const PROTO = fileURLToPath(new URL('risk.proto', folder));

async function startRisk(): Promise<TestGateway> {
  const behind = await start((server) => addReflection(server, PROTO, 'v1alpha'));
  const { upstreams, policy } = parseYaml(readFileSync(new URL('drawbridge.yaml', folder), 'utf8'));
  const url = process.env['RISK_URL'];
  Object.assign(upstreams.risk.grpc, { url, protos: [PROTO] });
  const gateway = await startGateway({
    upstreams: { ...upstreams, told: { grpc: url } },
    policy,
  });
  const close = async (): Promise<void> => {
    await gateway.close();
    await behind.stop();
  };
  return { ...gateway, close, [Symbol.asyncDispose]: close };
}

const SHIPMENT = {
  shipmentNumber: '9007199254740993',
  valueCents: '18446744073709551615',
  parcels: [{ content: 'rope', weightKg: 1.5, parts: [{ content: 'hook', parts: [] }] }],
  labels: { fragile: 'no', 'a b': 'ü' },
  byContainer: { '-9223372036854775808': { content: 'lamp' } },
  byLeg: { from: 'Hamburg', to: 'Oslo' },
  departsAt: '2026-01-02T03:04:05.678Z',
  takes: '90.500s',
  details: { a: [1, 'two', { three: null }], b: true },
  insurer: 'Lloyd',
  wanted: 'level,request.labels',
  seal: 'AAECAw==',
  priority: 0,
  claimed: 'LEVEL_HIGH',
  note: { x: 1.5 },
};

describe.each(WAYS)('%s', (way) => {
  let gateway: TestGateway;
  let caller: Caller;

  beforeAll(async () => {
    gateway = await startRisk();
    caller = await callerOf(way, gateway);
  });
  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
  });

  test('what may be called is listed, by a file and by reflection', async () => {
    expect([...(await caller.tools())].toSorted()).toEqual([
      'risk__assess_shipment',
      'risk__get_assessment',
      'risk__import_readings',
      'risk__read_result',
      'risk__watch_ship',
      'told__assess_shipment',
      'told__delete_assessment',
      'told__get_assessment',
      'told__import_readings',
      'told__read_result',
      'told__watch_ship',
    ]);
  });

  test.each(['risk', 'told'])(
    'values land at %s and come back as exact as they were',
    async (id) => {
      const { value } = await done(caller, `${id}__assess_shipment`, SHIPMENT);
      const { parcels, ...others } = SHIPMENT;
      expect(value).toMatchObject({
        level: 'LEVEL_LOW',
        score: '-9007199254740993',
        request: { ...others, parcels: [{ content: 'rope', parts: [{ content: 'hook' }] }] },
      });
      expect(parcels).toHaveLength(1);
    },
  );

  test('64-bit integers are taken as numbers, too', async () => {
    const args = { shipmentNumber: 42, parcels: [{ content: 'rope' }] };
    const { value } = await done(caller, 'risk__assess_shipment', args);
    expect(value).toMatchObject({ request: { shipmentNumber: '42' } });
  });

  test('what the server says of arguments is told in their names', async () => {
    const told = await caller.call('risk__assess_shipment', { shipmentNumber: '1' });
    expect(told.isError).toBe(true);
    expect(told.text).toContain(
      'Change parcels: the API says of it "must hold at least one parcel".',
    );
    expect(told.text).toContain('NO_PARCELS');
  });

  test('two of a choice are refused before anything is sent', async () => {
    const args = { byPort: 'Oslo', byLeg: { from: 'a', to: 'b' } };
    const told = await caller.call('risk__assess_shipment', args);
    expect(told.isError).toBe(true);
    expect(told.text).toContain('Nothing was sent to the API.');
  });

  test('what is not found says which argument to change', async () => {
    const told = await caller.call('risk__get_assessment', { shipmentNumber: '7' });
    expect(told.text).toContain('NOT_FOUND');
  });

  test('a stream comes as a list', async () => {
    const { text } = await done(caller, 'risk__watch_ship', { ship: 'a', count: 3 });
    expect(text.replaceAll(' ', '')).toContain('"number":3');
  });

  test('a stream without end is left, and the server hears of it', async () => {
    const before = left.length;
    const told = await caller.call('risk__watch_ship', { ship: `endless-${way}` });
    expect(told.isError).toBe(false);
    expect(told.text).toContain('200 messages had come');
    await expect.poll(() => left.slice(before)).toContain(`endless-${way}`);
  });

  test('a list of messages goes as a stream', async () => {
    const messages = [{ value: '9007199254740993' }, { value: -1 }, { sensor: 'x' }];
    const { value } = await done(caller, 'risk__import_readings', { messages });
    expect(value).toEqual({ count: 3, total: '9007199254740992' });
  });
});

describe.each(['modern', 'legacy'] as const)('%s', (way) => {
  test('progress is told while a stream comes, and a call that is cancelled ends it', async () => {
    await using gateway = await startRisk();
    await using caller = await callerOf(way, gateway);
    const cancelling = new AbortController();
    const told: unknown[] = [];
    const call = caller.client?.callTool(
      { name: 'risk__watch_ship', arguments: { ship: `slow-${way}`, everyMs: 120 } },
      {
        signal: cancelling.signal,
        onprogress: ({ progress, message }) => {
          told.push([progress, message]);
          if (told.length === 2) cancelling.abort();
        },
      },
    );
    await expect(call).rejects.toThrow();
    expect(told[0]).toEqual([1, '1 message received']);
    await expect.poll(() => left).toContain(`slow-${way}`);
  });
});
