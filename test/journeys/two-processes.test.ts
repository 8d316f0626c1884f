/** Two gateways over one state folder and one server between them: a retry may reach either. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AskingBrain, type Message } from '../kit/asking-brain.ts';
import { startCommand, type Running } from '../kit/command-line.ts';
import { openStream, startPeer, type HttpPeer } from '../kit/http-peer.ts';
import { sendRaw } from '../kit/modern-request.ts';
import { redisMissing, startRedis, type TestRedis } from '../kit/redis-server.ts';

const TOOLS = ['form', 'twice', 'progress', 'tally'];
const FORM = { action: 'accept', content: {} };
const SAMPLE = { role: 'assistant', model: 'm', content: { type: 'text', text: 'said' } };
const PASSWORD = 'not-to-be-said';
/** How soon a caller has to hear that its call is lost. */
const LOST_WITHIN_MS = 5000;

interface Upstream extends HttpPeer {
  /** Answers that are still being written. */
  readonly open: ReadonlySet<ServerResponse>;
}

async function startAskingTools(): Promise<Upstream> {
  const open = new Set<ServerResponse>();
  const brain = new AskingBrain(false, () => undefined);
  const tools = TOOLS.map((name) => ({ name, inputSchema: { type: 'object' } }));
  const peer = await startPeer((request, response) => {
    if (request.httpMethod !== 'POST') return void response.writeHead(405).end();
    const message = request.message as Message;
    if (message.method === 'initialize') response.setHeader('mcp-session-id', 's1');
    if (message.method === undefined || message.id === undefined) {
      response.writeHead(202).end();
      return brain.take(message, () => undefined);
    }
    open.add(response);
    response.once('close', () => open.delete(response));
    openStream(response);
    const send = (said: object, isLast?: boolean): void => {
      response.write(`data: ${JSON.stringify(said)}\n\n`);
      if (isLast === true) response.end();
    };
    if (message.method !== 'tools/list') return brain.take(message, send);
    send({ jsonrpc: '2.0', id: message.id, result: { tools } }, true);
  });
  return Object.assign(peer, { open });
}

interface Result {
  readonly resultType?: string;
  readonly content?: readonly { readonly text: string }[];
  readonly isError?: boolean;
  readonly inputRequests?: Record<string, { readonly method: string }>;
  readonly requestState?: string;
}

interface Heard {
  readonly result: Result;
  readonly progress: readonly unknown[];
  readonly text: string;
}

let rawId = 0;

/** Calls a tool, or repeats the call with the answers to what it asked. */
async function call(
  url: string,
  tool: string,
  answers: { readonly to?: Result; readonly signal?: AbortSignal } = {},
): Promise<Heard> {
  const { to, signal } = answers;
  const capabilities = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
  const name = `asking__${tool}`;
  const params = {
    name,
    arguments: {},
    ...(to !== undefined && { requestState: to.requestState, inputResponses: answersTo(to) }),
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': capabilities,
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      progressToken: `token-${++rawId}`,
    },
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: rawId, method: 'tools/call', params });
  const headers = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': name,
  };
  const { messages, text } = await sendRaw(url, body, headers, signal);
  const all = messages.map((message) => JSON.parse(message) as { id?: number; result?: Result });
  expect(all.at(-1)?.id).toBe(JSON.parse(body).id);
  const progress = all.filter((one) => one.id === undefined);
  return { result: all.at(-1)?.result ?? {}, progress, text };
}

function answersTo({ inputRequests = {} }: Result): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputRequests).map(([key, { method }]) => [
      key,
      method === 'elicitation/create' ? FORM : SAMPLE,
    ]),
  );
}

const NONE = redisMissing === '' ? '' : ` (${redisMissing})`;

describe.skipIf(redisMissing !== '')(`two processes${NONE}`, () => {
  let here = '';
  let redis: TestRedis;
  let upstream: Upstream;
  let processes: Running[];
  let one = '';
  let two = '';
  let known = { effects: 0, runs: 0 };

  beforeAll(async () => {
    here = await mkdtemp(join(tmpdir(), 'drawbridge-two-'));
    [redis, upstream] = await Promise.all([startRedis({ password: PASSWORD }), startAskingTools()]);
    const lines = [
      'server: { listen: 127.0.0.1:0, stateDir: state }',
      `upstreams: { asking: { mcp: { url: ${upstream.url}, era: 2025-11-25 } } }`,
    ];
    await writeFile(join(here, 'drawbridge.yaml'), `${lines.join('\n')}\n`);
    const env = { VALKEY_URL: redis.url };
    processes = [0, 1].map(() => startCommand(['serve'], here, env));
    [one = '', two = ''] = await Promise.all(
      processes.map(async (running) => {
        await running.says(/asking +\d+ tools/);
        const [, url = ''] = await running.says(/listens on (http:\/\/127\.0\.0\.1:\d+\/mcp)/);
        return url;
      }),
    );
  });

  afterAll(async () => {
    for (const { child } of processes) child.kill('SIGTERM');
    await Promise.all(processes.map((running) => running.ended()));
    await upstream.close();
    await redis[Symbol.asyncDispose]();
    await rm(here, { recursive: true, force: true });
  });

  /** How often tools were begun and came to their end since the last time it was asked. */
  async function done(url: string): Promise<{ effects: number; runs: number }> {
    const { result } = await call(url, 'tally');
    const now = JSON.parse(result.content?.[0]?.text ?? 'null') as typeof known;
    const since = { effects: now.effects - known.effects, runs: now.runs - known.runs };
    known = now;
    return since;
  }

  test('a call that asks twice is answered by either, and is made once', async () => {
    const first = await call(one, 'twice');
    expect(first.result.resultType).toBe('input_required');
    const second = await call(two, 'twice', { to: first.result });
    expect(second.result.resultType).toBe('input_required');
    expect(second.result.requestState).not.toBe(first.result.requestState);
    const end = await call(two, 'twice', { to: second.result });
    expect(end.result.resultType).toBe('complete');
    expect(JSON.parse(end.result.content?.[0]?.text ?? '')).toEqual([FORM, SAMPLE]);
    expect(await done(one)).toEqual({ runs: 1, effects: 1 });
    const again = await call(two, 'twice', { to: second.result });
    expect(again.result).toEqual(end.result);
    const stale = await call(two, 'twice', { to: first.result });
    expect(stale.text).toContain('state_invalid');
    expect(await done(one)).toEqual({ runs: 0, effects: 0 });
  });

  test('progress reaches the retry under its own token', async () => {
    const asked = await call(one, 'progress');
    const end = await call(two, 'progress', { to: asked.result });
    expect(end.result.resultType).toBe('complete');
    expect(end.progress).toEqual([
      expect.objectContaining({ params: { progressToken: `token-${rawId}`, progress: 3 } }),
    ]);
    expect(await done(two)).toEqual({ runs: 1, effects: 1 });
  });

  test('the same retry at both at once ends once, for both', async () => {
    const { result } = await call(one, 'form');
    const ends = await Promise.all(
      [one, two, two, one].map((url) => call(url, 'form', { to: result })),
    );
    for (const end of ends) expect(end.result).toEqual(ends[0]?.result);
    expect(ends[0]?.result.resultType).toBe('complete');
    expect(await done(two)).toEqual({ runs: 1, effects: 1 });
  });

  test('a server that is restarted between the rounds changes nothing', async () => {
    const { result } = await call(one, 'form');
    await redis.kill();
    await redis.start();
    for (const running of processes) await running.says(/connected[\s\S]*is away[\s\S]*connected/);
    const end = await call(two, 'form', { to: result });
    expect(end.result.resultType).toBe('complete');
    expect(await done(one)).toEqual({ runs: 1, effects: 1 });
  });

  test('a process killed between rounds is told of in time, and its upstream side is closed', async () => {
    const { result } = await call(one, 'form');
    expect(upstream.open.size).toBe(1);
    processes[0]?.child.kill('SIGKILL');
    const signal = AbortSignal.timeout(LOST_WITHIN_MS);
    const end = await call(two, 'form', { to: result, signal });
    expect(end.text).toContain('make the call again');
    await expect.poll(() => upstream.open.size).toBe(0);
    const anew = await call(two, 'form');
    const ended = await call(two, 'form', { to: anew.result });
    expect(ended.result.resultType).toBe('complete');
    expect(await done(two)).toEqual({ runs: 2, effects: 1 });
  });

  test('nothing was caught that should not happen', () => {
    const said = processes.map((running) => running.said()).join('\n');
    expect(said).not.toMatch(/a bug was caught/);
    expect(said).not.toContain(PASSWORD);
  });
});
