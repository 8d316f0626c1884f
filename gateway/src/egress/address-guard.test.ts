import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { send } from '../../../test/kit/outbound.ts';
import {
  AddressRefused,
  addressFault,
  guardedLookup,
  hostsOf,
  isHostAllowed,
  openPool,
  type FindAddresses,
} from './index.ts';

const fault = (address: string, allow: readonly string[] = []) =>
  addressFault(new URL(address), { allow });

describe('an address by itself', () => {
  test.each([
    ['http://127.0.0.1/', 'this machine'],
    ['http://127.1/', 'this machine'],
    ['http://2130706433/', 'this machine'],
    ['http://0x7f000001/', 'this machine'],
    ['http://0177.0.0.1/', 'this machine'],
    ['http://0x7f.1/', 'this machine'],
    ['http://１２７.０.０.１/', 'this machine'],
    ['http://127。0。0。1/', 'this machine'],
    ['http://%31%32%37.0.0.1/', 'this machine'],
    ['http://127.0.0.1./', 'this machine'],
    ['http://[::1]/', 'this machine'],
    ['http://[0:0:0:0:0:0:0:1]/', 'this machine'],
    ['http://[::ffff:127.0.0.1]/', 'this machine'],
    ['http://[64:ff9b::7f00:1]/', 'this machine'],
    ['http://localhost/', 'this machine'],
    ['http://LOCALHOST./', 'this machine'],
    ['http://a.localhost:1/', 'this machine'],
    ['http://0/', 'no particular host'],
    ['http://169.254.169.254/latest/meta-data/', 'metadata'],
    ['http://0xa9fea9fe/', 'metadata'],
    ['http://[::ffff:a9fe:a9fe]/', 'metadata'],
    ['https://10.0.0.1/', 'a private network'],
    ['https://100.64.0.1/', 'carrier-grade'],
    ['https://[fe80::1]/', 'the local link'],
    ['ftp://example.com/', 'not a scheme'],
    ['file:///etc/passwd', 'not a scheme'],
    ['https://user@example.com/', 'user name'],
    ['https://:pass@example.com/', 'user name'],
  ])('%s is refused', (address, words) => {
    expect(fault(address)).toContain(words);
  });

  test.each([
    ['https://example.com/', []],
    ['http://8.8.8.8/', []],
    ['http://localhost:9000/', ['localhost']],
    ['http://localhost:9000/', ['localhost:9000']],
    ['http://10.1.2.3/', ['10.0.0.0/8']],
    ['http://10.1.2.3/', ['10.1.2.3']],
    ['http://[fd00::1]/', ['fd00::1']],
    ['http://[fd00::1]:80/', ['[fd00::1]:80']],
  ])('%s is let through with %j', (address, allow) => {
    expect(fault(address, allow)).toBeUndefined();
  });

  test.each([
    ['http://localhost:9001/', ['localhost:9000']],
    ['http://10.1.2.3/', ['10.1.2.4', '11.0.0.0/8', 'example.com']],
    ['http://user@10.1.2.3/', ['10.1.2.3/32']],
  ])('%s is refused although %j is allowed', (address, allow) => {
    expect(fault(address, allow)).toBeDefined();
  });
});

test.each([
  ['https://a.example.com/', 'A.Example.com', true],
  ['https://a.example.com./', 'a.example.com', true],
  ['https://b.a.example.com/', 'a.example.com', false],
  ['https://example.com/', 'a.example.com', false],
  ['https://a.example.com/', 'a.example.com:443', true],
  ['https://a.example.com/', 'a.example.com:80', false],
])('%s is named by %s: %s', (address, entry, expected) => {
  expect(isHostAllowed(new URL(address), { allow: [entry] })).toBe(expected);
});

test.each([
  ['https://a.example.com/x', ['a.example.com:443']],
  ['http://a.example.com/x', ['a.example.com:80', 'a.example.com:443']],
  ['http://[::1]:9001/', ['[::1]:9001']],
  ['', []],
  ['./file.json', []],
])('%j stands for %j', (address, entries) => {
  expect(hostsOf(address)).toEqual(entries);
});

describe('a name', () => {
  const answering =
    (...addresses: string[]): FindAddresses =>
    (_host, done) =>
      done(null, addresses);

  function found(find: FindAddresses, allow: readonly string[] = [], all = true) {
    const lookup = guardedLookup(new URL('http://name.example/'), { allow }, find);
    return new Promise((resolve) => {
      lookup('name.example', { all }, (error, addresses) => resolve(error ?? addresses));
    });
  }

  test('leads only to the addresses that may be connected to', async () => {
    const find = answering('10.0.0.1', '8.8.8.8', '::1', '2606:4700::1');
    expect(await found(find)).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]);
    expect(await found(find, [], false)).toBe('8.8.8.8');
  });

  test('without such an address is refused in words that do not tell the address', async () => {
    const refused = await found(answering('169.254.169.254'));
    expect(refused).toBeInstanceOf(AddressRefused);
    expect(String(refused)).toContain('metadata');
    expect(String(refused)).not.toContain('169');
  });

  test.each([[['name.example']], [['10.0.0.0/8']]])(
    'that %j allows may be private',
    async (allow) => {
      expect(await found(answering('10.0.0.1'), allow)).toEqual([
        { address: '10.0.0.1', family: 4 },
      ]);
    },
  );

  test.each(['169.254.169.254', '169.254.170.23', '::ffff:169.254.169.254', 'fd00:ec2::254'])(
    'that is allowed may not lead to the metadata service at %s',
    async (address) => {
      expect(await found(answering(address), ['name.example'])).toBeInstanceOf(AddressRefused);
      const [kept] = [await found(answering(address), [address])];
      expect(kept).toEqual([{ address, family: address.includes(':') ? 6 : 4 }]);
      const mixed = await found(answering(address, '10.0.0.1'), ['name.example']);
      expect(mixed).toEqual([{ address: '10.0.0.1', family: 4 }]);
    },
  );

  test('that is not known fails as it does', async () => {
    const error = new Error('ENOTFOUND');
    expect(await found((_host, done) => done(error, []))).toBe(error);
    expect(await found(answering())).toBeInstanceOf(Error);
  });

  test('is looked up once per connection, so that it cannot change behind the check', async () => {
    const server = createServer((request, response) => response.end(request.headers.host));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const url = new URL(`http://rebind.example:${port}/`);
    const asked: string[] = [];
    const options = (allow: readonly string[], first: string) => ({
      connectTimeoutMs: 1000,
      maxConnections: 1,
      lookup: guardedLookup(url, { allow }, (host, done) => {
        asked.push(host);
        done(null, asked.length === 1 ? [first] : ['127.0.0.1']);
      }),
    });
    const pool = openPool(url.origin, options(['127.0.0.0/8'], '127.0.0.1'));
    const sent = send(pool);
    expect(await sent.over).toBe('end');
    expect(sent.body).toBe(url.host);
    expect(asked).toEqual(['rebind.example']);
    await pool.destroy();
    asked.length = 0;
    const guarded = openPool(url.origin, options([], '127.0.0.1'));
    const refused = send(guarded);
    expect(await refused.over).toBe('error');
    expect(refused.error).toBeInstanceOf(AddressRefused);
    await guarded.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
