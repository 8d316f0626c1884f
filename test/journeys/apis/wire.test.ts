/** What reaches an API byte for byte: numbers that no double holds, and the end of a call. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { sendModern } from '../../kit/modern-request.ts';
import { callTool } from '../../kit/rest-request.ts';
import { callerOf, WAYS } from './world.ts';

const NUMBER = { type: 'number' };
const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Ledger', version: '1' },
  paths: {
    '/entries/{id}': {
      post: {
        operationId: 'post_entry',
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'integer' } },
          { name: 'after', in: 'query', schema: NUMBER },
        ],
        requestBody: {
          content: {
            'application/json': {
              schema: {
                type: 'object',
                additionalProperties: false,
                properties: { amount: NUMBER, tags: { type: 'array', items: NUMBER } },
              },
            },
          },
        },
        responses: { '200': { description: 'As it came.', content: { 'application/json': {} } } },
      },
    },
    '/slow': {
      get: {
        operationId: 'wait_long',
        responses: { '200': { description: 'Never.' } },
      },
    },
  },
};
const BODY = '{"amount":12345678901234567890.10,"tags":[9007199254740993,1.0,1e400]}';
const ARGUMENTS = `{"id":9007199254740993,"after":0.1000000000000000055,${BODY.slice(1)}`;

interface Ledger extends AsyncDisposable {
  readonly url: string;
  readonly seen: string[];
  /** Calls of `/slow` that are open. */
  readonly open: Set<IncomingMessage>;
}

/** Answers with what it was sent; `/slow` answers never. */
async function startLedger(): Promise<Ledger> {
  const seen: string[] = [];
  const open = new Set<IncomingMessage>();
  const server = createServer((request, response) => {
    if (request.url === '/slow') {
      open.add(request);
      request.on('close', () => open.delete(request));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push(`${request.url} ${body}`);
      response.setHeader('content-type', 'application/json').end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    seen,
    open,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('a call', () => {
  let ledger: Ledger;
  let gateway: TestGateway;
  let folder = '';

  beforeAll(async () => {
    ledger = await startLedger();
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-ledger-'));
    const document = join(folder, 'ledger.json');
    await writeFile(document, JSON.stringify(DOCUMENT));
    gateway = await startGateway({
      upstreams: { ledger: { openapi: { document, url: ledger.url } } },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await ledger[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test.each([
    [
      'MCP',
      async () => {
        const name = 'ledger__post_entry';
        const params = `"name":"${name}","arguments":${ARGUMENTS}`;
        return (await sendModern(gateway.url, { method: 'tools/call', name, params })).messages[0];
      },
    ],
    ['plain HTTP', async () => (await callTool(gateway, 'ledger__post_entry', ARGUMENTS)).text],
  ])('keeps every digit on its way up and back, over %s', async (_way, call) => {
    const answer = (await call()) ?? '';
    expect(ledger.seen.at(-1)).toBe(
      `/entries/9007199254740993?after=0.1000000000000000055 ${BODY}`,
    );
    expect(answer).toContain(BODY);
  });

  test.each(WAYS)('that is given up ends at the API, %s', async (way) => {
    await using caller = await callerOf(way, gateway);
    const gone = new AbortController();
    const name = 'ledger__wait_long';
    const call =
      caller.client?.callTool({ name, arguments: {} }, { signal: gone.signal }) ??
      callTool(gateway, name, '{}', {}, gone.signal);
    const settled = call.then(
      () => 'answered',
      () => 'given up',
    );
    await expect.poll(() => ledger.open.size).toBe(1);
    gone.abort();
    expect(await settled).toBe('given up');
    await expect.poll(() => ledger.open.size).toBe(0);
    await expect
      .poll(async () =>
        (await gateway.records()).filter((one) => one['method'] === 'tools/call').at(-1),
      )
      .toMatchObject({ outcome: 'cancelled', dialect: way, item: 'tool:ledger/wait_long' });
  });
});
