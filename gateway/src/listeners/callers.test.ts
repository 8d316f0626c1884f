import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCallers } from './callers.ts';
import { serverSchema } from './schema.ts';

const TRUSTED = ['10.0.0.1', '10.1.0.0/16', '2001:db8:1::/48'];

function callerOf(address: string, headers: Record<string, string | string[]>, trusted = TRUSTED) {
  const peer = { address, isTls: false, certificate: undefined };
  return createCallers(trusted).callerOf(peer, headers);
}

const xff = (text: string) => ({ 'x-forwarded-for': text });
const std = (text: string) => ({ forwarded: text });

describe('a trusted proxy is believed', () => {
  test.each<[Record<string, string>, string]>([
    [xff('203.0.113.7'), '203.0.113.7'],
    [xff('203.0.113.7, 198.51.100.9'), '198.51.100.9'],
    [xff('203.0.113.7, 198.51.100.9, 10.1.2.3'), '198.51.100.9'],
    [xff('127.0.0.1, 198.51.100.9'), '198.51.100.9'],
    [xff('10.1.2.3, 10.0.0.1'), '10.1.2.3'],
    [xff('203.0.113.7:4711'), '203.0.113.7'],
    [xff('[2001:db8::7]:4711'), '2001:db8::7'],
    [xff('2001:db8::7'), '2001:db8::7'],
    [xff('::ffff:203.0.113.7'), '203.0.113.7'],
    [xff('garbage, 203.0.113.7, 10.1.0.9'), '203.0.113.7'],
    [std('for=203.0.113.7;proto=https;by=10.0.0.1'), '203.0.113.7'],
    [std('for="[2001:db8::7]:4711"'), '2001:db8::7'],
    [std('For=192.0.2.43, for="198.51.100.17;x, y", for=10.1.0.1'), ''],
    [std('for=192.0.2.43, for=198.51.100.17, for=10.1.0.1'), '198.51.100.17'],
    [{ ...xff('203.0.113.7'), ...std('for=203.0.113.7') }, '203.0.113.7'],
    [{}, '10.0.0.1'],
  ])('%j comes from "%s"', (headers, address) => {
    const caller = callerOf('10.0.0.1', headers);
    expect(caller.remoteAddress).toBe(address);
    expect(caller.via?.fault === undefined || caller.via.fault === '').toBe(address !== '');
  });

  test('wherever in its range it is, also as the socket writes it', () => {
    for (const peer of ['10.1.255.255', '::ffff:10.0.0.1', '2001:db8:1:2::3']) {
      expect(callerOf(peer, xff('203.0.113.7')).remoteAddress).toBe('203.0.113.7');
    }
  });
});

describe('what a trusted proxy does not say clearly is no caller at all', () => {
  test.each<Record<string, string>>([
    xff('unknown'),
    xff(''),
    xff('203.0.113.7, unknown'),
    xff('203.0.113.7,'),
    xff('localhost'),
    xff('127.0.0.1%lo'),
    xff('0x7f.1'),
    std('for=unknown'),
    std('for=_hidden'),
    std('proto=https'),
    std('for'),
    std('for="127.0.0.1'),
    std('for=127.0.0.1;;;='),
    { ...xff('203.0.113.7'), ...std('for=127.0.0.1') },
    { ...xff('127.0.0.1, 203.0.113.7'), ...std('for=127.0.0.1') },
  ])('%j', (headers) => {
    const { remoteAddress, via } = callerOf('10.0.0.1', headers);
    expect(remoteAddress).toBe('');
    expect(via?.fault).not.toBe('');
  });
});

describe('what anybody else writes', () => {
  test.each<[string, Record<string, string>]>([
    ['203.0.113.9', xff('127.0.0.1')],
    ['203.0.113.9', xff('10.0.0.1')],
    ['203.0.113.9', std('for=127.0.0.1;proto=https')],
    ['10.0.0.2', xff('127.0.0.1')],
    ['10.2.0.0', xff('127.0.0.1')],
  ])('from %s, %j changes nothing', (peer, headers) => {
    for (const trusted of [TRUSTED, []]) {
      const caller = callerOf(peer, { ...headers, 'x-forwarded-proto': 'https' }, trusted);
      expect(caller.remoteAddress).toBe(peer);
      expect(caller.via?.isSecure ?? false).toBe(false);
    }
  });

  test.each<[Record<string, string>, boolean]>([
    [{}, false],
    [xff('127.0.0.1'), false],
    [xff('::1, 127.0.0.9'), false],
    [std('for=127.0.0.1'), false],
    [xff('203.0.113.7'), true],
    [xff('127.0.0.1, 203.0.113.7'), true],
    [xff('203.0.113.7, 127.0.0.1'), true],
    [xff('unknown'), true],
    [std('for=_hidden'), true],
    [{ ...xff('127.0.0.1'), ...std('for=203.0.113.7') }, true],
  ])('on this machine, %j comes from elsewhere: %s', (headers, isElsewhere) => {
    expect(callerOf('127.0.0.1', headers, []).via?.isElsewhere ?? false).toBe(isElsewhere);
  });

  test('no header of any form makes an address out of nothing', () => {
    const part = fc.constantFrom(
      '127.0.0.1',
      '::1',
      '10.0.0.1',
      'for=',
      ',',
      ';',
      '"',
      '\\',
      ' ',
      'x',
    );
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (listed, standard) => {
        const headers = { 'x-forwarded-for': listed, forwarded: standard };
        expect(callerOf('203.0.113.9', headers).remoteAddress).toBe('203.0.113.9');
      }),
    );
  });
});

test.each<[Record<string, string>, boolean]>([
  [{ ...xff('203.0.113.7'), 'x-forwarded-proto': 'https' }, true],
  [{ ...xff('203.0.113.7'), 'x-forwarded-proto': 'http' }, false],
  [{ ...xff('203.0.113.7'), 'x-forwarded-proto': 'https, http' }, false],
  [xff('203.0.113.7'), false],
  [std('for=203.0.113.7;proto=https'), true],
  [std('for=203.0.113.7;proto=https, for=10.1.0.1;proto=http'), false],
])('%j is encrypted: %s', (headers, isSecure) => {
  expect(callerOf('10.0.0.1', headers).via?.isSecure).toBe(isSecure);
});

test('the certificate of a proxy is not that of its callers', () => {
  const certificate = {
    fault: '',
    fingerprint: '',
    beginsMs: 0,
    expiresMs: 0,
    cn: ['proxy'],
    o: [],
    ou: [],
    dns: [],
    uri: [],
    email: [],
  };
  const peer = { address: '10.0.0.1', isTls: true, certificate };
  const { callerOf: judge } = createCallers(TRUSTED);
  expect(judge(peer, xff('203.0.113.7')).via?.certificate).toBeUndefined();
  expect(judge(peer, {}).via?.certificate).toBe(certificate);
});

test.each([
  ['10.0.0.1', true],
  ['10.0.0.0/8', true],
  ['fd00::/8', true],
  ['0.0.0.0/0', false],
  ['::/0', false],
  ['10.0.0.0/33', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/8/8', false],
  ['proxy.example', false],
  ['fe80::1%eth0', false],
])('trustedProxies may hold %s: %s', (entry, isGood) => {
  expect(serverSchema.safeParse({ trustedProxies: [entry] }).success).toBe(isGood);
});
