import { describe, expect, test } from 'vitest';
import { settled } from '../../../test/kit/manual-clock.ts';
import { buildExchange, modernCall, Recorder } from '../../../test/kit/upstream-exchange.ts';
import { LOCAL } from '../../../test/kit/exchange.ts';
import { Refusal } from '../kernel/index.ts';
import { ApiOnDemand } from './api-on-demand.ts';
import { ApisOnDemand } from './apis-on-demand.ts';
import type { Apis } from './apis.ts';
import type { Connector, UpstreamEvent } from './connector.ts';

/** A connector that says what was asked of it; calls are refused in its name. */
function inner(done: string[]): Connector {
  const end = (what: string) => () => {
    done.push(what);
    return Promise.resolve();
  };
  return {
    id: 'up',
    kind: 'openapi',
    flags: { takesVendorMethods: false, watchesResources: false },
    carry: (_x, delivery) => {
      done.push('carry');
      delivery.finish(new Refusal('upstream_busy'));
    },
    fetchItems: () => Promise.resolve(new Refusal('upstream_timeout')),
    subscribeResource: () => {
      done.push('subscribe');
      return Promise.resolve(undefined);
    },
    unsubscribeResource: end('unsubscribe'),
    subscribedResources: () => [],
    status: () => ({ ...STATUS, state: 'up', links: 1 }),
    retire: end('retire'),
    close: end('close'),
  };
}

const STATUS = {
  id: 'up',
  kind: 'openapi',
  era: undefined,
  revision: '',
  eraSince: '',
  state: 'starting',
  lastError: '',
  links: 0,
  callsUnderWay: 0,
} as const;

/** An API whose loading the test ends. */
function world() {
  const done: string[] = [];
  const loads: PromiseWithResolvers<Connector>[] = [];
  const events: UpstreamEvent[] = [];
  const log: string[] = [];
  const api = new ApiOnDemand(
    'up',
    'openapi',
    () => {
      const load = Promise.withResolvers<Connector>();
      loads.push(load);
      return load.promise;
    },
    { log: (level, text) => log.push(`${level} ${text}`), onEvent: (event) => events.push(event) },
  );
  return {
    api,
    done,
    loads,
    events,
    log,
    load: async (at = 0) => {
      loads[at]?.resolve(inner(done));
      await settled();
    },
    call: () => {
      const recorder = new Recorder();
      void api.carry(buildExchange(modernCall('get_pet')), recorder);
      return recorder;
    },
    list: (signal = new AbortController().signal) => api.fetchItems(signal),
  };
}

test('nothing is loaded before it is used, and its status is known', async () => {
  const { api, loads } = world();
  expect(api.status()).toEqual(STATUS);
  await api.subscribeResource('a://b', LOCAL);
  await api.unsubscribeResource('a://b', LOCAL);
  await api.retire();
  await api.close();
  expect(loads).toEqual([]);
});

test('all who ask wait for one loading, and it takes over', async () => {
  const { api, call, list, load, loads, done } = world();
  const recorders = [call(), call()];
  const listed = list();
  expect(loads).toHaveLength(1);
  expect(api.status()).toEqual({ ...STATUS, callsUnderWay: 2 });
  await load();
  for (const one of recorders) expect(await one.outcome()).toBe('upstream_busy');
  expect(await listed).toMatchObject({ reason: 'upstream_timeout' });
  expect(api.status()).toEqual({ ...STATUS, state: 'up', links: 1 });
  expect(await call().outcome()).toBe('upstream_busy');
  await api.retire();
  await api.close();
  expect(loads).toHaveLength(1);
  expect(done).toEqual(['carry', 'carry', 'carry', 'retire', 'close']);
});

test('a list whose deadline passes waits no longer', async () => {
  const { list, load } = world();
  const stop = new AbortController();
  const listed = list(stop.signal);
  stop.abort();
  expect(await listed).toMatchObject({ reason: 'cancelled' });
  await load();
});

test('where loading fails callers hear of it, and the next use tries again', async () => {
  const { api, call, load, loads, events, log } = world();
  const first = call();
  loads[0]?.reject(new Error('no such file'));
  const refused = await first.finished;
  expect(refused).toMatchObject({ reason: 'upstream_unavailable' });
  expect(refused).not.toMatchObject({ text: expect.stringContaining('no such file') });
  expect(log).toEqual(['error the part of the gateway for APIs cannot be loaded']);
  expect(events).toMatchObject([{ kind: 'state', state: 'down' }]);
  expect(api.status()).toMatchObject({ state: 'down', lastError: expect.stringContaining('log') });
  await settled();
  const second = call();
  await load(1);
  expect(await second.outcome()).toBe('upstream_busy');
});

describe('while it is loaded', () => {
  test('retired: calls that wait are let end, then it is retired', async () => {
    const { api, call, load, done } = world();
    const recorder = call();
    const retired = api.retire();
    await load();
    await retired;
    expect(await recorder.outcome()).toBe('upstream_busy');
    expect(done).toEqual(['carry', 'retire']);
  });

  test('closed: calls that wait are refused, and what was loaded is closed', async () => {
    const { api, call, list, load, done } = world();
    const recorder = call();
    const listed = list();
    const closed = api.close();
    await load();
    await closed;
    expect(await recorder.outcome()).toBe('draining');
    expect(await listed).toMatchObject({ reason: 'draining' });
    expect(done).toEqual(['close']);
  });

  test('closed and failed', async () => {
    const { api, call, loads } = world();
    const recorder = call();
    const closed = api.close();
    loads[0]?.reject(new Error('no such file'));
    await closed;
    expect(await recorder.outcome()).toBe('upstream_unavailable');
  });
});

test.each(['retire', 'close'] as const)('after %s nothing is loaded any more', async (end) => {
  const { api, call, list, loads } = world();
  await api[end]();
  expect(await call().outcome()).toBe('draining');
  expect(await list()).toMatchObject({ reason: 'draining' });
  expect(loads).toEqual([]);
});

describe('what all APIs share', () => {
  const config = { openapi: './a', labels: [], shared: false, enabled: true };
  const deps = { log: () => undefined, onEvent: () => undefined };
  const signal = new AbortController().signal;

  function apis(fail = 0) {
    const done: string[] = [];
    let loads = 0;
    const shared = new ApisOnDemand(() => {
      loads++;
      if (loads <= fail) return Promise.reject(new Error('no such file'));
      const made: Apis = {
        connector: (_kind, { id }) => Promise.resolve({ ...inner(done), id }),
        close: () => Promise.resolve(void done.push('close all')),
      };
      return Promise.resolve(made);
    });
    const connector = (id: string) =>
      shared.connector(
        'openapi',
        { id, config },
        deps as unknown as Parameters<Apis['connector']>[2],
      );
    return { shared, connector, done, loads: () => loads };
  }

  test('is made once', async () => {
    const { shared, connector, done, loads } = apis();
    const both = [connector('a'), connector('b')];
    await Promise.all(both.map((one) => one.fetchItems(signal)));
    expect(both.map((one) => one.status().links)).toEqual([1, 1]);
    await connector('c').fetchItems(signal);
    expect(loads()).toBe(1);
    await shared.close();
    expect(done).toEqual(['close all']);
  });

  test('is not made to be closed', async () => {
    const { shared, connector, loads } = apis();
    connector('a');
    await shared.close();
    expect(loads()).toBe(0);
  });

  test('is made again after a failure, and can be closed meanwhile', async () => {
    const { shared, connector, done, loads } = apis(1);
    const one = connector('a');
    const first = one.fetchItems(signal);
    await shared.close();
    expect(await first).toMatchObject({ reason: 'upstream_unavailable' });
    expect(await one.fetchItems(signal)).toMatchObject({ reason: 'upstream_timeout' });
    expect(loads()).toBe(2);
    await shared.close();
    expect(done).toEqual(['close all']);
  });
});
