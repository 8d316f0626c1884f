import { describe, expect, test } from 'vitest';
import { createServers, joinUrl, type ServerSettings } from './servers.ts';

const servers = (settings: Partial<ServerSettings>) =>
  createServers({
    url: '',
    servers: [],
    documentUrl: '',
    writtenUrl: settings.documentUrl ?? '',
    hosts: [],
    connectTimeoutMs: 1000,
    ...settings,
  });

const text = (found: URL | string) => (typeof found === 'string' ? found : found.href);

describe('the address of an API', () => {
  test.each<[string, Partial<ServerSettings>, string]>([
    [
      'as configured, wherever that is',
      { url: 'http://127.0.0.1:9001/v1', servers: ['https://api.example.com'] },
      'http://127.0.0.1:9001/v1',
    ],
    [
      'the first absolute server',
      { servers: ['/v1', 'https://api.example.com/v2'] },
      'https://api.example.com/v2',
    ],
    [
      'beside the document',
      { servers: ['../v1'], documentUrl: 'https://example.com/docs/openapi.json' },
      'https://example.com/v1',
    ],
    [
      'the host of a document without servers',
      { documentUrl: 'https://example.com/docs/openapi.json' },
      'https://example.com/',
    ],
    [
      'beside a document that the operator named on this machine',
      { servers: ['/v1'], documentUrl: 'http://127.0.0.1:9001/openapi.json' },
      'http://127.0.0.1:9001/v1',
    ],
    [
      'elsewhere where only a redirect of the document leads to this machine',
      {
        servers: ['/v1'],
        documentUrl: 'http://127.0.0.1:9001/openapi.json',
        writtenUrl: 'https://example.com/openapi.json',
      },
      'this machine',
    ],
    ['not known', { servers: ['/v1'] }, 'set openapi.url'],
    ['not known at all', {}, 'set openapi.url'],
    ['no address', { servers: ['{scheme}://x'] }, 'set openapi.url'],
    ['on this machine by the document', { servers: ['http://localhost:8080/'] }, 'this machine'],
    ['in a cloud', { servers: ['http://169.254.169.254/'] }, 'metadata'],
    ['with a password', { servers: ['https://a:b@example.com/'] }, 'user name'],
    [
      'another port of the document’s host',
      { servers: ['http://127.0.0.1:6379/'], documentUrl: 'http://127.0.0.1:9001/openapi.json' },
      'this machine',
    ],
    [
      'on this machine as the operator allows',
      { servers: ['http://localhost:8080/'], hosts: ['localhost'] },
      'http://localhost:8080/',
    ],
  ])('is %s', (_what, settings, expected) => {
    expect(text(servers(settings).resolve(''))).toContain(expected);
  });
});

describe('a server of a single operation', () => {
  const settings = {
    url: 'http://127.0.0.1:9001/v1',
    servers: ['https://api.example.com/v1'],
    hosts: ['files.example.com'],
  };

  test.each([
    ['/v2', 'http://127.0.0.1:9001/v2'],
    ['http://127.0.0.1:9001/other', 'http://127.0.0.1:9001/other'],
    ['https://api.example.com/v3', 'http://127.0.0.1:9001/v3'],
    ['https://files.example.com/up', 'https://files.example.com/up'],
    ['https://elsewhere.example.com/', 'not allowed'],
    ['http://127.0.0.1:6379/', 'not allowed'],
    ['http://localhost:9001/', 'not allowed'],
    ['https://a:b@files.example.com/', 'user name'],
    ['file:///etc/passwd', 'not allowed'],
  ])('%s: %s', (server, expected) => {
    expect(text(servers(settings).resolve(server))).toContain(expected);
  });
});

describe('a further page', () => {
  const settings = { url: 'http://127.0.0.1:9001/v1', servers: ['https://api.example.com/v1'] };
  const from = new URL('http://127.0.0.1:9001/v1/pets?page=1');

  test.each([
    ['?page=2', 'http://127.0.0.1:9001/v1/pets?page=2'],
    ['/v1/pets?page=2', 'http://127.0.0.1:9001/v1/pets?page=2'],
    ['https://api.example.com/v1/pets?page=2', 'http://127.0.0.1:9001/v1/pets?page=2'],
    ['http://169.254.169.254/', 'not allowed'],
    ['//evil.example.com/x', 'not allowed'],
    ['http://', 'none'],
  ])('%s: %s', (address, expected) => {
    expect(text(servers(settings).page(address, from))).toContain(expected);
  });
});

test.each([
  ['http://h/', '/pets', 'http://h/pets'],
  ['http://h/v1/', '/pets?a=1', 'http://h/v1/pets?a=1'],
  ['http://h/v1?tenant=7', '/pets?a=1', 'http://h/v1/pets?tenant=7&a=1'],
  ['http://h/v1', '/a%2Fb/c%3Fd?q=%26', 'http://h/v1/a%2Fb/c%3Fd?q=%26'],
])('%s and %s are %s', (server, path, expected) => {
  expect(joinUrl(new URL(server), path).href).toBe(expected);
});
