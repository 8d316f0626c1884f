import { describe, expect, test } from 'vitest';
import { Refusal } from '../kernel/index.ts';
import { makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { createIdentity, identitySchema, type KeySource } from './index.ts';

const LOCAL = identitySchema.parse({ mode: 'local' });

const { identify } = localWorld();
function localWorld() {
  const none = (): Promise<never> => Promise.reject(new Error('no keys in local mode'));
  const keys: KeySource = { find: none, states: none, used: none, version: none };
  const identity = createIdentity({
    keys,
    clock: new ManualClock(),
    revoked: { add: none, list: none },
    parked: { principals: () => [], drop: () => {} },
    onStoreUnreadable: () => {},
    onIssuerFault: () => {},
  });
  return { identify: identity.stage(LOCAL, '') };
}

describe('local mode', () => {
  test.each(['127.0.0.1', '127.0.0.53', '127.255.255.254', '::1', '::ffff:127.0.0.1'])(
    '%s is the local principal',
    (remoteAddress) => {
      const x = makeExchange({ remoteAddress });
      expect(identify(x)).toBe(x);
      expect(x.principal).toMatchObject({ id: 'local', kind: 'local', verifiedBy: 'loopback' });
    },
  );

  test.each([
    '10.0.0.1',
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '::2',
    'fe80::1',
    '2001:db8::127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:192.168.127.0',
    '1127.0.0.1',
    '127.0.0.1.evil.example',
    '127.0.0.1\n10.0.0.1',
    'localhost',
    '',
  ])('"%s" is refused', (remoteAddress) => {
    const x = makeExchange({ remoteAddress });
    expect(identify(x)).toMatchObject({ reason: 'unauthenticated' });
    expect(x.principal).toBeUndefined();
  });

  test('nothing that the caller writes makes it local', () => {
    const headers = {
      host: '127.0.0.1',
      forwarded: 'for=127.0.0.1',
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
    };
    const x = makeExchange({ remoteAddress: '10.0.0.1', headers });
    expect(identify(x)).toBeInstanceOf(Refusal);
  });
});

describe('the section of the configuration', () => {
  test.each([
    [{}, /choose how callers are identified/],
    [{ keys: false }, /choose how callers are identified/],
    [{ mode: 'local', keys: true }, /cannot stand beside keys/],
    [{ mode: 'none' }, /./],
    [{ mode: 'local', extra: 1 }, /./],
  ])('%j is refused', (value, why) => {
    const parsed = identitySchema.safeParse(value);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toMatch(why);
  });
});
