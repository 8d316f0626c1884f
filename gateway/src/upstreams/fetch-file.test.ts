import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../kernel/index.ts';
import { createFetchFile } from './fetch-file.ts';
import { closeAll, serve } from './api/http/test-transport.ts';

afterEach(closeAll);

const signal = new AbortController().signal;

test.each([
  ['http://example.com/x', 'only https'],
  ['file:///etc/passwd', 'only https'],
  ['nonsense', 'only https'],
  ['https://127.0.0.1/x', 'this machine'],
  ['https://[::1]/x', 'this machine'],
  ['https://2852039166/latest', 'metadata'],
  ['https://localhost/x', 'this machine'],
  ['https://user:secret-pass@example.com/', 'user name'],
])('%s is not fetched', async (address, words) => {
  const fetched = await createFetchFile(systemClock)(address, { maxBytes: 100, signal });
  expect(fetched).toContain(words);
  expect(String(fetched)).not.toContain('secret-pass');
});

test('a name that leads to this machine is not connected to', async () => {
  let connections = 0;
  const { server, origin } = await serve((_request, response) => response.end('x'));
  server.on('connection', () => connections++);
  const fetch = createFetchFile(systemClock, (_host, done) => done(null, ['127.0.0.1']));
  const address = `https://files.example:${new URL(origin).port}/x`;
  expect(await fetch(address, { maxBytes: 100, signal })).toContain('this machine');
  expect(connections).toBe(0);
});
