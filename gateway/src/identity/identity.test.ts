import { describe, expect, test } from 'vitest';
import { Refusal, type Exchange, type Principal } from '../kernel/index.ts';
import { makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock, settled } from '../../../test/kit/manual-clock.ts';
import { openStore, type KeptApiKey } from '../store/index.ts';
import {
  createIdentity,
  identitySchema,
  mintKey,
  type KeySource,
  type MintedKey,
} from './index.ts';

const LOCAL = identitySchema.parse({ mode: 'local' });
const KEYS = identitySchema.parse({ keys: true });

/** A store in memory and a gateway's identity over it; `version` moves as if others had written. */
async function world(clock = new ManualClock()) {
  const store = await openStore(':memory:');
  const failures: unknown[] = [];
  const parked = new Set<Principal>();
  const state = { version: 1, broken: false, finds: 0 };
  const must = <T>(work: () => Promise<T>): Promise<T> =>
    state.broken ? Promise.reject(new Error('disk I/O error')) : work();
  const keys: KeySource = {
    find: (id) => {
      state.finds++;
      return must(() => store.apiKeys.find(id));
    },
    states: (ids) => must(() => store.apiKeys.states(ids)),
    used: (ids, day) => must(() => store.apiKeys.used(ids, day)),
    version: () => must(() => Promise.resolve(state.version)),
  };
  const identity = createIdentity({
    keys,
    clock,
    revoked: {
      add: (...one) => must(() => store.revokedSubjects.add(...one)),
      list: (nowMs) => must(() => store.revokedSubjects.list(nowMs)),
    },
    parked: { principals: () => parked, drop: (principal) => parked.delete(principal) },
    onStoreUnreadable: (e) => failures.push(e),
    onIssuerFault: () => {},
  });
  identity.configure(KEYS);
  const identify = identity.stage(KEYS, '');
  const add = async (key: Partial<KeptApiKey> = {}): Promise<MintedKey> => {
    const minted = mintKey();
    await store.apiKeys.insert({ ...blank(minted), createdMs: clock.nowMs(), ...key });
    return minted;
  };
  const present = async (text: string, at = clock.nowMs()) => {
    const x = exchangeAt(at, { authorization: `Bearer ${text}` });
    return { x, step: await identify(x) };
  };
  return { store, clock, failures, parked, state, identity, identify, add, present };
}

function blank({ id, hash }: MintedKey): KeptApiKey {
  return {
    id,
    hash,
    firstId: id,
    name: 'ci',
    user: '',
    agent: '',
    team: '',
    groups: [],
    scopes: [],
    createdMs: 0,
    expiresMs: undefined,
    revokedMs: undefined,
    replacedBy: '',
    lastUsedDay: '',
  };
}

function exchangeAt(startedMs: number, headers: Record<string, string | readonly string[]>) {
  return Object.assign(makeExchange({ headers }), { startedMs });
}

function whyOf(step: unknown): string {
  return step instanceof Refusal ? `${step.reason}: ${step.detail.text ?? ''}` : 'let in';
}

describe('a key', () => {
  test('stands for what it was made for', async () => {
    const { add, present } = await world();
    const key = await add({
      name: 'nightly',
      user: 'alice',
      team: 'sales',
      groups: ['crm', 'eu'],
      scopes: ['read'],
    });
    const { x, step } = await present(key.text);
    expect(step).toBe(x);
    expect(x.principal).toEqual({
      id: `key:${key.id}`,
      kind: 'user',
      verifiedBy: `key ${key.id}`,
      user: 'alice',
      agent: 'nightly',
      team: 'sales',
      groups: ['crm', 'eu'],
      scopes: ['read'],
      claims: {},
    });
    expect(Object.isFrozen(x.principal) && Object.isFrozen(x.principal?.groups)).toBe(true);
  });

  test('is looked up once, and has one principal as long as it is remembered', async () => {
    const { add, present, state } = await world();
    const key = await add();
    const [a, b] = await Promise.all([present(key.text), present(key.text)]);
    const c = await present(key.text);
    expect(a.x.principal).toBeDefined();
    expect(b.x.principal).toBe(a.x.principal);
    expect(c.x.principal).toBe(a.x.principal);
    expect(state.finds).toBe(2);
  });

  test('that took over from another is the same principal', async () => {
    const { add, present } = await world();
    const old = await add();
    const next = await add({ firstId: old.id });
    expect((await present(next.text)).x.principal?.id).toBe(`key:${old.id}`);
  });

  test('is noted once a day', async () => {
    const lateAtNight = new ManualClock(Date.UTC(2026, 0, 1, 23, 59, 58));
    const { add, present, store, clock } = await world(lateAtNight);
    const key = await add();
    const day = async () => {
      await clock.advance(1000);
      return (await store.apiKeys.find(key.id))?.lastUsedDay;
    };
    await present(key.text);
    expect(await day()).toBe('2026-01-01');
    await clock.advance(2000);
    await present(key.text);
    expect(await day()).toBe('2026-01-02');
  });
});

describe('a credential that is wrong', () => {
  const other = mintKey().text;
  const BAD = 'The Authorization header must read "Bearer", a space, and one credential.';
  const UNKNOWN = 'The API key is not one of this gateway.';
  test.each<[string, Record<string, string | readonly string[]>, string]>([
    ['missing', {}, 'Send an API key in the header "Authorization: Bearer dbk_…".'],
    ['empty', { authorization: '' }, BAD],
    ['a bare scheme', { authorization: 'Bearer' }, BAD],
    ['of another scheme', { authorization: `Basic ${other}` }, BAD],
    ['without a scheme', { authorization: other }, BAD],
    ['two in one header', { authorization: `Bearer ${other}, Bearer ${other}` }, BAD],
    ['with a space in it', { authorization: 'Bearer dbk_ abc' }, BAD],
    [
      'given twice',
      { authorization: ['Bearer a', 'Bearer b'] },
      'There is more than one Authorization header.',
    ],
    ['unknown', { authorization: `Bearer ${other}` }, UNKNOWN],
    ['no key at all', { authorization: 'Bearer abc' }, UNKNOWN],
    ['too long', { authorization: `Bearer ${other}0` }, UNKNOWN],
    ['in capitals', { authorization: `Bearer ${other.toUpperCase()}` }, UNKNOWN],
    ['a token with alg none', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }, UNKNOWN],
    [
      'in another header',
      { 'x-api-key': other },
      'Send an API key in the header "Authorization: Bearer dbk_…".',
    ],
    [
      'in a cookie',
      { cookie: `key=${other}` },
      'Send an API key in the header "Authorization: Bearer dbk_…".',
    ],
  ])('%s', async (_what, headers, why) => {
    const { identify, add } = await world();
    await add();
    const x = makeExchange({ headers });
    const step = await identify(x);
    expect(whyOf(step)).toBe(`unauthenticated: ${why}`);
    expect(x.principal).toBeUndefined();
    expect(step).toMatchObject({ detail: { challenge: expect.stringMatching(/^Bearer realm=/) } });
    expect(JSON.stringify(step)).not.toContain(other);
  });

  test('in the address', async () => {
    const { identify, add } = await world();
    const key = await add();
    const step = await identify(makeExchange({ query: `access_token=${key.text}` }));
    expect(whyOf(step)).toMatch(/never in the address/);
  });

  test('of the right id but another secret', async () => {
    const { add, present } = await world();
    const key = await add();
    const forged = key.text.slice(0, -1) + (key.text.endsWith('0') ? '1' : '0');
    expect(whyOf((await present(forged)).step)).toBe(`unauthenticated: ${UNKNOWN}`);
  });

  test('revoked, or out of time', async () => {
    const { add, present, clock } = await world();
    const revoked = await add({ revokedMs: 1 });
    const expired = await add({ expiresMs: clock.nowMs() });
    expect(whyOf((await present(revoked.text)).step)).toContain('has been revoked');
    expect(whyOf((await present(expired.text)).step)).toContain('has expired');
  });

  test('on this machine is no better than anywhere else', async () => {
    const { identify } = await world();
    expect(whyOf(await identify(makeExchange({ remoteAddress: '127.0.0.1' })))).toContain(
      'unauthenticated',
    );
  });
});

describe('a request of this process', () => {
  const own = (headers = {}): Exchange => {
    const x = makeExchange({ headers });
    return Object.assign(x, { head: { ...x.head, isOwn: true } });
  };

  test('is the local principal without a credential', async () => {
    const { identify } = await world();
    const x = own();
    expect(await identify(x)).toBe(x);
    expect(x.principal).toMatchObject({ id: 'local', kind: 'local', verifiedBy: 'process' });
  });

  test('is whoever its credential says, and nobody where that is wrong', async () => {
    const { identify, add } = await world();
    const x = own({ authorization: `Bearer ${(await add()).text}` });
    await identify(x);
    expect(x.principal?.kind).toBe('agent');
    const wrong = await identify(own({ authorization: `Bearer ${mintKey().text}` }));
    expect(whyOf(wrong)).toContain('not one of this gateway');
  });
});

describe('what is under way', () => {
  test.each<[string, (w: Awaited<ReturnType<typeof world>>, id: string) => Promise<void>]>([
    ['revoked', (w, id) => w.store.apiKeys.revoke(id, 1)],
    ['given an earlier end', (w, id) => w.store.apiKeys.expireAt(id, w.clock.nowMs())],
  ])('ends within a second when its key is %s', async (_what, change) => {
    const w = await world();
    const [key, other] = [await w.add(), await w.add()];
    const [mine, theirs] = [await w.present(key.text), await w.present(other.text)];
    await w.clock.advance(300);
    await change(w, key.id);
    w.state.version++;
    await w.clock.advance(500);
    expect(mine.x.cancellation.reason).toBe('cancelled');
    expect(theirs.x.cancellation.reason).toBeUndefined();
    expect(whyOf((await w.present(key.text)).step)).toMatch(/revoked|expired/);
    expect(whyOf((await w.present(other.text)).step)).toBe('let in');
  });

  test('waits no longer for an answer when its key is revoked, but when it expires', async () => {
    const w = await world();
    const [revoked, expired] = [await w.add(), await w.add({ expiresMs: w.clock.nowMs() + 600 })];
    for (const { text } of [revoked, expired]) {
      const { x } = await w.present(text);
      if (x.principal !== undefined) w.parked.add(x.principal);
      w.identity.ended(x);
    }
    await w.clock.advance(1000);
    expect(w.parked.size).toBe(2);
    await w.store.apiKeys.revoke(revoked.id, 1);
    await w.identity.storeChanged();
    expect([...w.parked].map(({ verifiedBy }) => verifiedBy)).toEqual([`key ${expired.id}`]);
  });

  test('ends when the time of its key has come', async () => {
    const w = await world();
    const key = await w.add({ expiresMs: w.clock.nowMs() + 10_000 });
    const { x } = await w.present(key.text);
    await w.clock.advance(9000);
    expect(x.cancellation.reason).toBeUndefined();
    await w.clock.advance(1500);
    expect(x.cancellation.reason).toBe('cancelled');
  });

  test('is let go once it has ended', async () => {
    const w = await world();
    const key = await w.add();
    const { x } = await w.present(key.text);
    w.identity.ended(x);
    await w.store.apiKeys.revoke(key.id, 1);
    w.state.version++;
    await w.clock.advance(500);
    expect(x.cancellation.reason).toBeUndefined();
  });

  test('ends when its way of being identified is switched off', async () => {
    const w = await world();
    const { x } = await w.present((await w.add()).text);
    w.identity.configure(LOCAL);
    expect(x.cancellation.reason).toBe('cancelled');
    const local = makeExchange();
    await w.identity.stage(LOCAL, '')(local);
    w.identity.configure(KEYS);
    expect(local.cancellation.reason).toBe('cancelled');
    const again = makeExchange();
    await w.identity.stage(LOCAL, '')(again);
    expect(again.principal?.id).toBe('local');
  });
});

describe('a store that cannot be read', () => {
  test('lets nobody in who repeats a request word for word', async () => {
    const w = await world();
    const { x } = await w.present((await w.add()).text);
    const again = () =>
      w.identify(Object.assign(makeExchange(), { head: x.head, startedMs: w.clock.nowMs() }));
    expect(whyOf(await again())).toBe('let in');
    w.state.broken = true;
    await w.clock.advance(600);
    expect(whyOf(await again())).toMatch(/^identity_unavailable/);
  });

  test('lets nobody in, not even those it knew, and says so once', async () => {
    const w = await world();
    const [key, other] = [await w.add(), await w.add()];
    await w.present(key.text);
    w.state.broken = true;
    await w.clock.advance(600);
    for (const each of [key, other]) {
      const { x, step } = await w.present(each.text);
      expect(step).toMatchObject({ reason: 'identity_unavailable' });
      expect(x.principal).toBeUndefined();
    }
    expect(w.failures).toHaveLength(1);
    w.state.broken = false;
    await w.clock.advance(600);
    expect(whyOf((await w.present(key.text)).step)).toBe('let in');
  });

  test('is judged by what it says once it can be read again', async () => {
    const w = await world();
    const key = await w.add();
    const { x } = await w.present(key.text);
    w.state.broken = true;
    await w.clock.advance(600);
    await w.store.apiKeys.revoke(key.id, 1);
    expect(x.cancellation.reason).toBeUndefined();
    w.state.broken = false;
    await w.clock.advance(600);
    expect(x.cancellation.reason).toBe('cancelled');
  });
});

test('a key revoked while it is looked up is not remembered as good', async () => {
  const w = await world();
  const key = await w.add();
  await w.clock.advance(300);
  const first = w.present(key.text);
  await w.store.apiKeys.revoke(key.id, 1);
  w.state.version++;
  await w.clock.advance(300);
  await first;
  await settled();
  expect(whyOf((await w.present(key.text)).step)).not.toBe('let in');
});
