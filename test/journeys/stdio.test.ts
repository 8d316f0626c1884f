/** `drawbridge stdio` as desktop clients start it: attached to a running gateway, and on its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startCommand, type Running } from '../kit/command-line.ts';
import { startFixture, type Fixture } from '../kit/fixture/index.ts';

const PROGRAM = fileURLToPath(new URL('../../gateway/bin/drawbridge.js', import.meta.url));
const CHILD = fileURLToPath(new URL('../kit/children/counting-server.ts', import.meta.url));
const TOOL = 'fixture__test_simple_text';
const ANSWER = [{ type: 'text', text: 'This is a simple text response for testing.' }];
const WATCHED = 'test://watched-resource';
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});

afterAll(() => fixture.close());

/** A folder with a configuration. */
function folder(upstreams: object = { fixture: { mcp: fixture.url } }, more: object = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-stdio-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const server = { listen: '127.0.0.1:0', stateDir: 'state' };
  writeFileSync(join(path, 'drawbridge.yaml'), JSON.stringify({ server, upstreams, ...more }));
  return path;
}

async function serve(here: string): Promise<Running> {
  const gateway = startCommand(['serve'], here);
  onTestFinished(() => {
    gateway.child.kill('SIGKILL');
  });
  await gateway.says(/UPSTREAM/);
  return gateway;
}

function bridgeOf(here: string) {
  const args = [PROGRAM, 'stdio', '--config', join(here, 'drawbridge.yaml')];
  return { command: process.execPath, args, stderr: 'pipe' as const };
}

/** The bridge with its lines, spoken to by hand. */
function raw(here: string, env: Record<string, string> = {}) {
  const { command, args } = bridgeOf(here);
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const answerTo = (id: unknown) => lines.find((line) => line['id'] === id && !('method' in line));
  return {
    child,
    lines,
    errors: () => errors,
    say: (message: unknown) =>
      child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`),
    answer: async (id: unknown) => {
      await expect.poll(() => answerTo(id)).toBeDefined();
      return answerTo(id) ?? {};
    },
    ended: once(child, 'exit'),
  };
}

const modern = (id: unknown, method: string, params: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method,
  params: { ...params, _meta: META },
});

const initialize = (revision: string) => ({
  jsonrpc: '2.0',
  id: 'init',
  method: 'initialize',
  params: {
    protocolVersion: revision,
    capabilities: {},
    clientInfo: { name: 'by-hand', version: '1' },
  },
});
const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };
const legacyCall = (id: unknown, name = TOOL) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
});

describe.each(['attached', 'in process'])('%s', (where) => {
  async function surroundings(): Promise<string> {
    const here = folder();
    if (where === 'attached') await serve(here);
    return here;
  }

  test('SDK 1.32: list, call, progress, resources that change', async () => {
    const client = new ClientV1({ name: 'v1', version: '1' });
    const transport = new TransportV1(bridgeOf(await surroundings()));
    await client.connect(transport);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain(TOOL);
    expect((await client.callTool({ name: TOOL, arguments: {} })).content).toEqual(ANSWER);
    const seen: number[] = [];
    await client.callTool({ name: 'fixture__test_tool_with_progress', arguments: {} }, undefined, {
      onprogress: (progress) => seen.push(progress.progress),
    });
    expect(seen.length).toBeGreaterThan(1);
    const updated: string[] = [];
    const { ResourceUpdatedNotificationSchema } =
      await import('@modelcontextprotocol/sdk/types.js');
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
      updated.push(params.uri);
    });
    await client.subscribeResource({ uri: WATCHED });
    await expect
      .poll(() => {
        fixture.touch();
        return updated;
      })
      .toContain(WATCHED);
    const { pid } = transport;
    await client.close();
    expect(() => process.kill(pid ?? 0, 0)).toThrow();
  });

  test.each([
    ['legacy', 'legacy' as const, '2025-11-25'],
    ['auto', 'auto' as const, '2026-07-28'],
    ['pinned', { pin: '2026-07-28' }, '2026-07-28'],
  ])('SDK 2.4, %s', async (_name, mode, revision) => {
    const client = new Client({ name: 'v2', version: '1' }, { versionNegotiation: { mode } });
    await client.connect(new StdioClientTransport(bridgeOf(await surroundings())));
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toContain(TOOL);
    expect((await client.callTool({ name: TOOL, arguments: {} })).content).toEqual(ANSWER);
    const seen: number[] = [];
    await client.callTool(
      { name: 'fixture__test_tool_with_progress', arguments: {} },
      { onprogress: (progress) => seen.push(progress.progress) },
    );
    expect(seen.length).toBeGreaterThan(1);
    await client.close();
  });

  test('by hand: subscriptions, cancellation, bad lines, the end of the input', async () => {
    const bridge = raw(await surroundings());
    bridge.say('{"jsonrpc":"2.0",');
    bridge.say('\u0000');
    bridge.say('[1]');
    bridge.say('{"jsonrpc":"2.0","id":1}');
    bridge.say(`{"jsonrpc":"2.0","id":2,"method":"x","params":"${'x'.repeat(5 * 1024 * 1024)}"}`);
    bridge.say(
      modern('listen', 'subscriptions/listen', {
        notifications: { resourceSubscriptions: [WATCHED] },
      }),
    );
    await expect
      .poll(() => {
        fixture.touch();
        return bridge.lines.filter((line) => line['method'] === 'notifications/resources/updated');
      })
      .not.toEqual([]);
    const codes = bridge.lines.flatMap((line) => {
      const error = line['error'] as { code: number } | undefined;
      return error === undefined || line['id'] !== null ? [] : [error.code];
    });
    expect(codes).toEqual(expect.arrayContaining([-32700, -32700, -32600, 4134]));
    bridge.say({
      jsonrpc: '2.0',
      method: 'notifications/cancelled',
      params: { requestId: 'listen' },
    });
    // The annotation has to be learnt before the header can be sent.
    const call = { name: 'fixture__test_x_mcp_header', arguments: { region: 'Rīga' } };
    bridge.say(modern('call', 'tools/call', call));
    expect(await bridge.answer('call')).toMatchObject({
      result: { content: [{ type: 'text', text: 'region=Rīga' }] },
    });
    bridge.say(modern('list', 'tools/list'));
    await bridge.answer('list');
    bridge.say(modern('again', 'tools/call', call));
    expect(await bridge.answer('again')).toHaveProperty('result');
    expect(bridge.lines.some((line) => line['id'] === 'listen')).toBe(false);
    bridge.child.stdin.end();
    expect(await bridge.ended).toEqual([0, null]);
  });
});

test.each(['2025-06-18', '2025-03-26', '2024-11-05'])('a client of %s', async (revision) => {
  const bridge = raw(folder());
  bridge.say(initialize(revision));
  expect(await bridge.answer('init')).toMatchObject({ result: { protocolVersion: revision } });
  bridge.say(INITIALIZED);
  bridge.say(legacyCall(7));
  expect(await bridge.answer(7)).toMatchObject({ result: { content: ANSWER } });
  bridge.child.stdin.end();
  expect(await bridge.ended).toEqual([0, null]);
});

describe('a gateway that is killed', () => {
  test('what was asked is answered, and the next one is used without a word of the client', async () => {
    const here = folder();
    const first = await serve(here);
    const bridge = raw(here);
    bridge.say(initialize('2025-11-25'));
    await bridge.answer('init');
    bridge.say(INITIALIZED);
    bridge.say({
      jsonrpc: '2.0',
      id: 'sub',
      method: 'resources/subscribe',
      params: { uri: WATCHED },
    });
    expect(await bridge.answer('sub')).toHaveProperty('result');
    first.child.kill('SIGKILL');
    await first.ended();
    await expect.poll(() => bridge.errors()).toContain('the gateway has gone away');
    bridge.say(legacyCall('gone'));
    expect(await bridge.answer('gone')).toMatchObject({
      error: { code: 5033, data: { reason: 'gateway_gone' } },
    });
    // Sessions of a gateway that has lost its keys are unknown to it.
    rmSync(join(here, 'state', 'keys.json'));
    await serve(here);
    await expect.poll(() => bridge.errors()).toMatch(/attached[\s\S]*attached/);
    bridge.say(legacyCall('back'));
    expect(await bridge.answer('back')).toMatchObject({ result: { content: ANSWER } });
    await expect
      .poll(() => {
        fixture.touch();
        return bridge.lines.filter((line) => line['method'] === 'notifications/resources/updated');
      })
      .not.toEqual([]);
    expect(bridge.errors().match(/has gone away/g)).toHaveLength(1);
    expect(bridge.lines.filter((line) => line['id'] === 'init')).toHaveLength(1);
    bridge.child.stdin.end();
    expect(await bridge.ended).toEqual([0, null]);
  });

  test('calls under way get an error', async () => {
    const slow = { command: process.execPath, args: [CHILD], era: '2025-11-25' };
    const here = folder({ fixture: { mcp: fixture.url }, slow: { mcp: slow } });
    const gateway = await serve(here);
    const bridge = raw(here);
    bridge.say(
      modern('listen', 'subscriptions/listen', { notifications: { toolsListChanged: true } }),
    );
    await expect.poll(() => bridge.lines.length).toBeGreaterThan(0);
    gateway.child.kill('SIGKILL');
    expect(await bridge.answer('listen')).toMatchObject({ error: { code: 5033 } });
  });
});

describe('whom it attaches to', () => {
  test('only a gateway whose files nobody else may write', async () => {
    const here = folder();
    await serve(here);
    const file = join(here, 'state', 'gateway.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o666);
    const bridge = raw(here);
    bridge.say(modern(1, 'server/discover'));
    await bridge.answer(1);
    expect(bridge.errors()).toMatch(/may be written by other users[\s\S]*this process is one/);
  });

  test('the file goes with its gateway', async () => {
    const here = folder();
    const gateway = await serve(here);
    gateway.child.kill('SIGTERM');
    expect((await gateway.ended()).code).toBe(0);
    expect(existsSync(join(here, 'state', 'gateway.json'))).toBe(false);
  });

  test('without the variables that the gateway was started with', async () => {
    const here = folder({ fixture: { mcp: { url: fixture.url }, headers: { 'X-Key': '${KEY}' } } });
    const gateway = startCommand(['serve'], here, { KEY: 'x' });
    onTestFinished(() => {
      gateway.child.kill('SIGKILL');
    });
    await gateway.says(/UPSTREAM/);
    const bridge = raw(here);
    bridge.say(modern(1, 'tools/call', { name: TOOL }));
    expect(await bridge.answer(1)).toMatchObject({ result: { content: ANSWER } });
    gateway.child.kill('SIGKILL');
    await gateway.ended();
    const alone = raw(here);
    expect(await alone.ended).toEqual([1, null]);
    expect(alone.errors()).toContain('KEY is not set');
    expect(alone.lines).toEqual([]);
  });
});

test.each(['leaves', 'kills it'])('no process is left behind when the client %s', async (how) => {
  const marker = `stdio-${process.pid}-${how.length}`;
  const entry = { command: process.execPath, args: [CHILD, marker], era: '2025-11-25' };
  const bridge = raw(folder({ count: { mcp: entry } }));
  bridge.say(modern(1, 'tools/call', { name: 'count__next' }));
  expect(await bridge.answer(1)).toHaveProperty('result');
  const left = () =>
    readdirSync('/proc').filter((name) => {
      try {
        return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(marker);
      } catch {
        return false;
      }
    });
  expect(left()).not.toEqual([]);
  if (how === 'leaves') bridge.child.stdin.end();
  else bridge.child.kill('SIGKILL');
  expect(await bridge.ended).toEqual(how === 'leaves' ? [0, null] : [null, 'SIGKILL']);
  await expect.poll(left).toEqual([]);
});
