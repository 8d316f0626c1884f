import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { openStore } from '../store/index.ts';
import { Revocations, type Revocation } from './revocations.ts';

const ISSUER = 'https://id.example';
const HOUR_MS = 3_600_000;

async function world() {
  const clock = new ManualClock();
  const store = await openStore(':memory:');
  const deps = { clock, revoked: store.revokedSubjects };
  const here = new Revocations(deps);
  const revoke = (one: Partial<Revocation>): Promise<void> =>
    here.add({ issuer: ISSUER, untilMs: clock.nowMs() + HOUR_MS, ...one });
  const nowSeconds = (): number => Math.floor(clock.nowMs() / 1000);
  const token = (more: object = {}) => ({
    iss: ISSUER,
    sub: 'ann',
    iat: nowSeconds() - 5,
    ...more,
  });
  return { clock, deps, here, revoke, token, nowSeconds };
}

describe('who was revoked', () => {
  test.each<[string, Partial<Revocation>, object, boolean]>([
    ['the person', { subject: 'ann' }, {}, true],
    ['the person, whatever the sign-in', { subject: 'ann' }, { sid: 's1' }, true],
    ['the person, in a token without a time', { subject: 'ann' }, { iat: undefined }, true],
    ['somebody else', { subject: 'bob' }, {}, false],
    ['the same name at another issuer', { subject: 'ann' }, { iss: 'https://x.example' }, false],
    ['the sign-in', { sid: 's1' }, { sid: 's1' }, true],
    ['another sign-in', { sid: 's1' }, { sid: 's2' }, false],
    ['a sign-in, in a token that names none', { sid: 's1' }, {}, false],
    ['a sign-in of the person', { subject: 'ann', sid: 's1' }, { sid: 's1' }, true],
    ['another sign-in of the person', { subject: 'ann', sid: 's1' }, { sid: 's2' }, false],
    ['a sign-in of the person, unnamed', { subject: 'ann', sid: 's1' }, {}, true],
    ['an issuer that ends like a name', { issuer: `${ISSUER}\nann`, subject: 'x' }, {}, false],
  ])('%s', async (_what, revocation, claims, isRevoked) => {
    const { deps, here, revoke, token } = await world();
    await revoke(revocation);
    expect(here.covers(token(claims))).toBe(isRevoked);
    const elsewhere = new Revocations(deps);
    await elsewhere.known();
    expect(elsewhere.covers(token(claims))).toBe(isRevoked);
  });

  test('may sign in again, where only what was issued is meant', async () => {
    const { clock, here, revoke, token, nowSeconds } = await world();
    await revoke({ subject: 'ann' });
    await revoke({ sid: 's1' });
    await clock.advance(1000);
    expect(here.covers(token({ iat: nowSeconds() }))).toBe(false);
    expect(here.covers(token({ iat: nowSeconds(), sid: 's1' }))).toBe(true);
    await revoke({ subject: 'ann', issuedUntilMs: clock.nowMs() + HOUR_MS });
    expect(here.covers(token({ iat: nowSeconds() }))).toBe(true);
  });

  test('counts until every token that is meant has expired, and is forgotten then', async () => {
    const { clock, deps, here, revoke, token } = await world();
    await revoke({ subject: 'ann' });
    await revoke({ subject: 'ann', untilMs: clock.nowMs() + 1000 });
    const old = token();
    await clock.advance(HOUR_MS - 1);
    expect(here.covers(old)).toBe(true);
    await clock.advance(1);
    expect(here.covers(old)).toBe(false);
    expect(await deps.revoked.list(0)).toHaveLength(1);
    await revoke({ subject: 'bob' });
    expect((await deps.revoked.list(0)).map(({ subject }) => subject)).toEqual(['bob']);
  });

  test('has to be named', async () => {
    await expect((await world()).revoke({})).rejects.toThrow(TypeError);
  });
});
