import { describe, expect, test } from 'vitest';
import { Refusal } from '../kernel/index.ts';
import { makeExchange, type RequestShape } from '../../../test/kit/exchange.ts';
import { Addresses } from './addresses.ts';
import { createReceive, type ReceiveDeps } from './receive.ts';
import { isLoopback, listenAddress, serverSchema } from './schema.ts';

const DEPS: ReceiveDeps = {
  hosts: new Set(['gateway.example.com']),
  origins: new Set(['https://app.example.com', 'https://app.example.com:8443']),
  isDraining: () => false,
  addresses: { isOver: (address) => address === '10.0.0.9' },
};

function verdict(shape: RequestShape, deps: Partial<ReceiveDeps> = {}): string {
  const step = createReceive({ ...DEPS, ...deps })(makeExchange(shape));
  return step instanceof Refusal ? step.reason : 'ok';
}

describe('Host', () => {
  test.each([
    ['localhost', 'ok'],
    ['localhost:8080', 'ok'],
    ['LocalHost:1', 'ok'],
    ['127.0.0.1', 'ok'],
    ['127.0.0.1:65535', 'ok'],
    ['127.8.9.1', 'ok'],
    ['[::1]', 'ok'],
    ['[::1]:8080', 'ok'],
    ['gateway.example.com', 'ok'],
    ['GATEWAY.example.com:443', 'ok'],
    [undefined, 'host_not_allowed'],
    ['', 'host_not_allowed'],
    [':8080', 'host_not_allowed'],
    ['::1', 'host_not_allowed'],
    ['[::2]', 'host_not_allowed'],
    ['0.0.0.0', 'host_not_allowed'],
    ['evil.example', 'host_not_allowed'],
    ['localhost.evil.example', 'host_not_allowed'],
    ['evil.localhost', 'host_not_allowed'],
    ['localhost@evil.example', 'host_not_allowed'],
    ['localhost, evil.example', 'host_not_allowed'],
    ['localhost:80:80', 'host_not_allowed'],
    ['localhost:port', 'host_not_allowed'],
    ['127.0.0.1.evil.example', 'host_not_allowed'],
    ['127.0.0.1.', 'host_not_allowed'],
    ['1270.0.1', 'host_not_allowed'],
    ['2130706433', 'host_not_allowed'],
    ['gateway.example.com.', 'host_not_allowed'],
    ['sub.gateway.example.com', 'host_not_allowed'],
    [['localhost', 'localhost'], 'host_not_allowed'],
  ])('%j: %s', (host, expected) => {
    expect(verdict({ headers: { host } })).toBe(expected);
  });
});

describe('Origin', () => {
  test.each([
    [undefined, 'ok'],
    ['http://localhost', 'ok'],
    ['http://localhost:5173', 'ok'],
    ['https://127.0.0.1:8443', 'ok'],
    ['http://[::1]:3000', 'ok'],
    ['HTTP://LOCALHOST', 'ok'],
    ['https://app.example.com', 'ok'],
    ['https://app.example.com:443', 'ok'],
    ['https://app.example.com:8443', 'ok'],
    ['http://app.example.com', 'origin_not_allowed'],
    ['https://app.example.com:9', 'origin_not_allowed'],
    ['https://app.example.com.evil.example', 'origin_not_allowed'],
    ['https://evil.example', 'origin_not_allowed'],
    ['http://localhost.evil.example', 'origin_not_allowed'],
    ['http://localhost@evil.example', 'origin_not_allowed'],
    ['http://localhost, http://evil.example', 'origin_not_allowed'],
    [['http://localhost', 'http://evil.example'], 'origin_not_allowed'],
    ['null', 'origin_not_allowed'],
    ['', 'origin_not_allowed'],
    ['localhost', 'origin_not_allowed'],
    ['//localhost', 'origin_not_allowed'],
    ['file:///etc/passwd', 'origin_not_allowed'],
    ['file://localhost/x', 'origin_not_allowed'],
    ['chrome-extension://abc', 'origin_not_allowed'],
    ['javascript:alert(1)', 'origin_not_allowed'],
    ['data:text/html,x', 'origin_not_allowed'],
  ])('%j: %s', (origin, expected) => {
    expect(verdict({ headers: { origin } })).toBe(expected);
  });
});

test('the host is judged before the origin, and both before the number of requests', () => {
  const remoteAddress = '10.0.0.9';
  const evil = { host: 'evil.example', origin: 'https://evil.example' };
  expect(verdict({ remoteAddress, headers: evil })).toBe('host_not_allowed');
  expect(verdict({ remoteAddress, headers: { origin: evil.origin } })).toBe('origin_not_allowed');
  expect(verdict({ remoteAddress })).toBe('address_rate_limited');
});

test('while it drains nothing comes in, and callers are told when to come back', () => {
  const step = createReceive({ ...DEPS, isDraining: () => true })(makeExchange());
  expect(step).toMatchObject({ reason: 'draining', detail: { retryAfterSeconds: 1 } });
});

test('requests under way are counted per address and forgotten at zero', () => {
  const addresses = new Addresses(2);
  const [one, two] = ['10.0.0.1', '10.0.0.2'];
  for (const address of [one, one, two]) addresses.enter(address);
  expect([addresses.isOver(one), addresses.isOver(two)]).toEqual([false, false]);
  addresses.enter(one);
  expect([addresses.isOver(one), addresses.isOver(two)]).toEqual([true, false]);
  addresses.leave(one);
  expect(addresses.isOver(one)).toBe(false);
  for (let times = 0; times < 5; times++) addresses.leave(one);
  addresses.enter(one);
  addresses.enter(one);
  expect(addresses.isOver(one)).toBe(false);
});

describe('the server section', () => {
  test.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['localhost:65535', { host: 'localhost', port: 65535 }],
  ])('%s', (listen, expected) => {
    expect(serverSchema.parse({ listen }).listen).toBe(listen);
    expect(listenAddress(listen)).toEqual(expected);
  });

  test.each([
    '',
    '8080',
    ':8080',
    'localhost',
    '::1:8080',
    'a b:1',
    '127.0.0.1:x',
    '127.0.0.1:65536',
  ])('"%s" is no address', (listen) => {
    expect(serverSchema.safeParse({ listen }).success).toBe(false);
  });

  test.each([
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.0.1', false],
    ['localhost.example', false],
    ['1127.0.0.1', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});
