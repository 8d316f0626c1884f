import { beforeEach, describe, expect, test } from 'vitest';
import {
  CatalogWorld,
  listingOf,
  original,
  sent,
  type Asked,
} from '../../../../test/kit/catalog-world.ts';
import { LOCAL, makeCall } from '../../../../test/kit/exchange.ts';
import { Refusal, splice } from '../../kernel/index.ts';

let world: CatalogWorld;

describe('names', () => {
  beforeEach(async () => {
    world = await CatalogWorld.open({
      default: {},
      crm: { include: ['crm/*'], exclude: ['tool:crm/delete*'] },
      raw: { include: ['crm/*'], names: 'original' },
      short: { maxNameLength: 16 },
    });
    await world.start({
      crm: listingOf({ tools: ['get', 'a.b', 'delete_all'], prompts: ['get', 'hello'] }),
      files: listingOf({ tools: ['get', 'Get'] }),
    });
  });

  test.each([
    ['tools/call', 'crm__get', 'tool:crm/get'],
    ['tools/call', 'files__get', 'tool:files/get'],
    ['tools/call', 'files__Get', 'tool:files/Get'],
    ['prompts/get', 'crm__hello', 'prompt:crm/hello'],
    ['prompts/get', 'crm__get', 'prompt:crm/get'],
  ])('%s of %s is %s, and leaves under its own name', async (method, name, expected) => {
    const x = await world.found(method, { name });
    expect(original(x)).toBe(expected);
    expect(sent(x)['name']).toBe(expected.slice(expected.indexOf('/') + 1));
    expect(x.asked).toBe(name);
  });

  test.each([
    ['default', 'get'],
    ['default', 'crm__Get'],
    ['default', 'crm__hello'],
    ['default', ''],
    ['crm', 'files__get'],
    ['crm', 'crm__delete_all'],
    ['raw', 'crm__get'],
  ])('at %s, "%s" is unknown', async (endpoint, name) => {
    const refusal = await world.refused('tools/call', { endpoint, name });
    expect(refusal.reason).toBe('item_unknown');
  });

  test('what this principal may not see answers exactly like what is not there', async () => {
    world.hidden.add('tool:crm/get');
    const hidden = await world.refused('tools/call', { name: 'crm__get' });
    expect(hidden).toEqual(await world.refused('tools/call', { name: 'crm__gone' }));
    world.hidden.clear();
    world.hidden.add('other tool:crm/get');
    expect(original(await world.found('tools/call', { name: 'crm__get' }))).toBe('tool:crm/get');
  });

  test.each([
    ['default', 'get', 'crm__get'],
    ['raw', 'get', 'get'],
    ['raw', 'a.b', 'a.b'],
    ['default', 'gone', undefined],
    ['crm', 'delete_all', undefined],
    ['nowhere', 'get', undefined],
  ])('at %s, the tool "%s" is called %j', (endpoint, own, shown) => {
    const { stage } = world;
    expect(stage.toolName(endpoint, LOCAL, 'crm', own)).toBe(shown);
    world.hidden.add(`tool:crm/${own}`);
    expect(stage.toolName(endpoint, LOCAL, 'crm', own)).toBeUndefined();
    world.hidden.clear();
  });

  test('a name that had to be escaped is known under the name that the list says', async () => {
    const { tools } = await world.list('tools/list');
    const { name } = tools.find((tool) => tool.name.startsWith('crm__a_b_'))!;
    expect(original(await world.found('tools/call', { name }))).toBe('tool:crm/a.b');
    expect((await world.refused('tools/call', { name: 'crm__a.b' })).reason).toBe('item_unknown');
  });

  test('original names need no edit, and every other byte of the call stays', async () => {
    const raw = await world.found('tools/call', { endpoint: 'raw', name: 'a.b' });
    expect(raw.edits).toEqual([]);
    const message =
      '{"jsonrpc":"2.0","id":1, "params" : {"arguments":{"n":1.0,"x":1e400}, "name":"\\u0063rm__get" }}';
    const x = world.exchange('tools/call');
    x.call = makeCall({ message, name: 'crm__get', row: x.call.row });
    expect(await world.stage.resolve(x)).toBe(x);
    expect(splice(x.call.view.bytes, x.edits).toString()).toBe(
      message.replace('"\\u0063rm__get"', '"get"'),
    );
  });

  test('a lower limit gives shorter names', async () => {
    const { tools } = await world.list('tools/list', { endpoint: 'short' });
    const names = tools.map((tool) => tool.name);
    expect(Math.max(...names.map((name: string) => name.length))).toBe(16);
    expect(new Set(names).size).toBe(5);
    for (const name of names) await world.found('tools/call', { endpoint: 'short', name });
  });

  test('a sealed state is put back, one that is not ours refused', async () => {
    const name = 'crm__get';
    const x = await world.found('tools/call', { name, params: { requestState: 'sealed:"state"' } });
    expect(sent(x)).toEqual({ name: 'get', requestState: '"state"' });
    const foreign = await world.refused('tools/call', {
      name,
      params: { requestState: 'foreign' },
    });
    expect(foreign.reason).toBe('state_invalid');
    const odd = await world.refused('tools/call', { name, params: { requestState: 7 } });
    expect(odd.reason).toBe('params_invalid');
  });

  test('an unknown endpoint', async () => {
    expect((await world.refused('tools/list', { endpoint: 'none' })).reason).toBe(
      'endpoint_unknown',
    );
  });
});

describe('completion', () => {
  beforeEach(async () => {
    world = await CatalogWorld.open();
    await world.start({
      a: listingOf({
        prompts: ['p'],
        templates: ['x://{id}'],
        resources: ['x://1'],
        capabilities: { completions: true },
      }),
      b: listingOf({ templates: ['x://{id}'] }),
    });
  });
  const complete = (ref: unknown): Asked => ({
    params: { ref, argument: { name: 'id', value: '' } },
  });

  test.each([
    [{ type: 'ref/prompt', name: 'a__p' }, 'prompt:a/p', 'p'],
    [{ type: 'ref/resource', uri: 'x://{id}' }, 'template:a/x://{id}', 'x://{id}'],
    [{ type: 'ref/resource', uri: 'drawbridge://b/:x://{id}' }, 'template:b/x://{id}', 'x://{id}'],
    [{ type: 'ref/resource', uri: 'x://1' }, 'resource:a/x://1', 'x://1'],
  ])('%o is %s', async (ref, expected, name) => {
    const x = await world.found('completion/complete', complete(ref));
    expect(original(x)).toBe(expected);
    const leaving = sent(x)['ref'] as { name?: string; uri?: string };
    expect(leaving.name ?? leaving.uri).toBe(name);
  });

  test.each([
    [{ type: 'ref/prompt', name: 'p' }, 'item_unknown'],
    [{ type: 'ref/resource', uri: 'y://{id}' }, 'resource_unknown'],
    [{ type: 'ref/tool', name: 'a__p' }, 'params_invalid'],
    [{ type: 'ref/prompt', uri: 'a__p' }, 'params_invalid'],
    [{ type: 'ref/prompt', name: 7 }, 'params_invalid'],
    ['a__p', 'params_invalid'],
    [undefined, 'params_invalid'],
  ])('%o is refused with %s', async (ref, reason) => {
    expect((await world.refused('completion/complete', complete(ref))).reason).toBe(reason);
  });

  test('a hidden prompt is an unknown one', async () => {
    world.hidden.add('prompt:a/p');
    const hidden = await world.refused(
      'completion/complete',
      complete({ type: 'ref/prompt', name: 'a__p' }),
    );
    const gone = await world.refused(
      'completion/complete',
      complete({ type: 'ref/prompt', name: 'a__q' }),
    );
    expect(hidden).toEqual(gone);
  });
});

describe('methods', () => {
  beforeEach(async () => {
    world = await CatalogWorld.open({ default: {}, one: { include: ['a/*'] } });
    await world.start({ a: listingOf({ tools: ['t'] }), b: listingOf({ tools: ['t'] }) });
  });

  test.each([
    ['tools/list', 'modern', { kind: 'view' }],
    ['server/discover', 'modern', { kind: 'view' }],
    ['subscriptions/listen', 'modern', { kind: 'subscription', item: undefined, originalName: '' }],
    ['ping', 'legacy', { kind: 'session' }],
    ['initialize', 'legacy', { kind: 'session' }],
  ] as const)('%s (%s)', async (method, dialect, target) => {
    expect((await world.found(method, { dialect })).target).toEqual(target);
  });

  test.each([
    ['prompts/list', 'modern'],
    ['resources/read', 'modern'],
    ['completion/complete', 'legacy'],
    ['logging/setLevel', 'legacy'],
    ['ping', 'modern'],
    ['server/discover', 'legacy'],
    ['vendor/thing', 'modern'],
  ] as const)('%s (%s) does not exist here', async (method, dialect) => {
    expect((await world.refused(method, { dialect, name: 'x' })).reason).toBe('method_unknown');
  });

  test('a vendor method passes where there is one upstream', async () => {
    const x = await world.found('vendor/thing', { endpoint: 'one' });
    expect(x.target).toEqual({ kind: 'passthrough', upstream: 'a' });
    expect(x.asked).toBe('vendor/thing');
  });

  test.each([
    ['notification', { kind: 'session' }],
    ['response', { kind: 'session' }],
    ['end', { kind: 'session' }],
    ['stream', { kind: 'subscription', item: undefined, originalName: '' }],
  ] as const)('a %s', async (kind, target) => {
    const x = world.exchange('');
    x.call = { ...x.call, kind };
    expect(await world.stage.resolve(x)).toBe(x);
    expect(x.target).toEqual(target);
  });
});

describe('an upstream that has never answered', () => {
  beforeEach(async () => {
    world = await CatalogWorld.open();
    await world.start({ a: listingOf({ tools: ['t'] }), b: new Refusal('upstream_unavailable') });
  });

  test('is said to be away for every name of it alike', async () => {
    world.hidden.add('tool:b/hidden');
    for (const name of ['b__any', 'b__hidden']) {
      expect((await world.refused('tools/call', { name })).reason).toBe('upstream_unavailable');
    }
    expect((await world.refused('tools/call', { name: 'c__any' })).reason).toBe('item_unknown');
    const uri = await world.refused('resources/read', { name: 'drawbridge://b/x%3A1' });
    expect(uri.reason).toBe('upstream_unavailable');
  });

  test('may have prompts, so their list is there and says who is missing', async () => {
    const result = await world.list('prompts/list');
    expect(result).toMatchObject({
      prompts: [],
      _meta: { 'dev.drawbridge/missing': [{ upstream: 'b' }] },
    });
  });

  test('a call of its tool at the very start waits for it', async () => {
    let answer: ((listing: ReturnType<typeof listingOf>) => void) | undefined;
    world.scripts.set('c', () => new Promise((resolve) => (answer = resolve)));
    world.catalog.configure(['a', 'b', 'c'].map((id) => ({ id, timeoutMs: 9000 })));
    const x = world.exchange('tools/call', { name: 'c__t' });
    const step = world.stage.resolve(x);
    expect(step).toBeInstanceOf(Promise);
    answer?.(listingOf({ tools: ['t'] }));
    expect(await step).toBe(x);
  });
});
