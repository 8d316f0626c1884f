import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../kernel/index.ts';
import { createLoader } from './load.ts';

test('documents are not waited for longer than ten times as long as for one', async () => {
  const server = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  let nowMs = 0;
  const loader = createLoader({
    directory: '/',
    document: `${origin}/api.json`,
    references: [],
    clock: { ...systemClock, nowMs: () => nowMs },
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  });
  expect(await loader.referred(`${origin}/a.json`)).toMatchObject({ bytes: Buffer.from('{}') });
  nowMs = 199_000;
  expect(await loader.referred(`${origin}/b.json`)).toMatchObject({ bytes: Buffer.from('{}') });
  nowMs = 200_000;
  expect(await loader.referred(`${origin}/c.json`)).toContain('did not answer in time');
});
