import { describe, expect, test } from 'vitest';
import type { ClientCertificate } from '../kernel/index.ts';
import { CertificateCheck } from './client-certificate.ts';
import { identitySchema } from './index.ts';
import { mtlsConfig, mtlsSchema } from './mtls-schema.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

const SHOWN: ClientCertificate = {
  fault: '',
  fingerprint: 'AA:BB',
  beginsMs: NOW_MS - 1000,
  expiresMs: NOW_MS + 1000,
  cn: ['robot'],
  o: ['Example'],
  ou: ['reports'],
  dns: [],
  uri: ['spiffe://example.org/robot'],
  email: [],
};

function verify(setting: unknown, shown: Partial<ClientCertificate> = {}, nowMs = NOW_MS) {
  const config = mtlsConfig(mtlsSchema.parse(setting));
  if (config === undefined) throw new Error('off');
  return new CertificateCheck(config).verify({ ...SHOWN, ...shown }, nowMs);
}

describe('a good certificate', () => {
  test.each([
    [true, { kind: 'agent', agent: 'robot', user: '', team: '', id: 'mtls:cn:robot' }],
    [{ as: 'user' }, { kind: 'user', user: 'robot', agent: '' }],
    [{ name: 'uri' }, { agent: 'spiffe://example.org/robot' }],
    [
      { team: 'ou', groups: 'o' },
      { team: 'reports', groups: ['Example'] },
    ],
    [
      { names: { robot: { user: 'alice', team: 'sales', groups: ['crm'], scopes: ['tools'] } } },
      {
        kind: 'user',
        user: 'alice',
        agent: 'robot',
        team: 'sales',
        groups: ['crm'],
        scopes: ['tools'],
      },
    ],
    [{ names: { other: {} }, others: 'allow' }, { agent: 'robot' }],
  ])('with %j stands for %j', (setting, principal) => {
    expect(verify(setting)).toMatchObject({
      kind: 'good',
      credential: { kind: 'certificate', expiresAtMs: SHOWN.expiresMs, principal },
    });
  });

  test('stands for the same principal wherever it is shown', () => {
    const check = new CertificateCheck(mtlsConfig(true)!);
    expect(check.verify(SHOWN, NOW_MS)).toEqual(check.verify({ ...SHOWN }, NOW_MS + 1));
    const [one, two] = [check.verify(SHOWN, NOW_MS), check.verify({ ...SHOWN }, NOW_MS)];
    expect(one.kind === 'good' && two.kind === 'good' && one.credential === two.credential).toBe(
      true,
    );
  });
});

describe('it is refused, and never taken for none', () => {
  test.each([
    [true, { fault: 'CERT_HAS_EXPIRED' }, 'expired'],
    [true, { fault: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, 'authority'],
    [true, { fault: 'CERT_REVOKED' }, 'revoked'],
    [true, { fault: 'SOMETHING_NEW' }, 'SOMETHING_NEW'],
    [true, { expiresMs: NOW_MS - 1 }, 'expired'],
    [true, { beginsMs: NOW_MS + 1 }, 'not valid yet'],
    [true, { cn: [] }, 'names no CN'],
    [true, { cn: [''] }, 'names no CN'],
    [true, { cn: ['a\u0000b'] }, 'names no CN'],
    [true, { cn: ['x'.repeat(513)] }, 'names no CN'],
    [true, { cn: ['a', 'b'] }, 'more than one CN'],
    [{ name: 'uri' }, { uri: ['spiffe://a', 'spiffe://b'] }, 'more than one URI'],
    [{ team: 'ou' }, { ou: ['a', 'b'] }, 'more than one team'],
    [{ names: { other: {} } }, {}, 'nobody who is known'],
    [{ names: { toString: {} } }, { cn: ['constructor'] }, 'nobody who is known'],
  ])('with %j where it is %j', (setting, shown, why) => {
    expect(verify(setting, shown)).toMatchObject({
      kind: 'bad',
      why: expect.stringContaining(why),
    });
  });

  test('once its time has come, on a connection that is still open', () => {
    const check = new CertificateCheck(mtlsConfig(true)!);
    expect(check.verify(SHOWN, NOW_MS).kind).toBe('good');
    expect(check.verify(SHOWN, SHOWN.expiresMs + 1).kind).toBe('bad');
  });
});

test.each([
  [{}, 'none'],
  [{ required: true }, 'bad'],
])('where none is shown, %j makes it %s', (setting, kind) => {
  const check = new CertificateCheck(mtlsConfig(mtlsSchema.parse(setting))!);
  expect(check.verify(undefined, NOW_MS).kind).toBe(kind);
});

test.each([
  [{ mtls: true }, true],
  [{ mtls: false }, false],
  [{ mode: 'local', mtls: true }, false],
  [{ mode: 'local', mtls: false }, true],
  [{ mtls: { name: 'header' } }, false],
])('identity %j may be written: %s', (identity, isGood) => {
  expect(identitySchema.safeParse(identity).success).toBe(isGood);
});
