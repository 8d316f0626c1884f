/** Every example, started as people start it: it lists, answers and ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** By example: a tool of every upstream, with arguments that any newcomer would give. */
const CALLS: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>> = {
  'first-run': {
    files__list_allowed_directories: {},
    memory__read_graph: {},
    everything__echo: { message: 'hello' },
  },
  weather: { weather__get_forecast: { latitude: 47.4, longitude: 8.5 } },
  payment: { payments__list_payments: {} },
  crm: { crm__list_contacts: { search: 'ada' } },
  soap: { stock__get_article: { sku: 'AB-100' } },
  sql: { library__find_books: { author: 'Mary Shelley' }, library__list_tables: {} },
  graphql: { shop__orders: { first: 2 } },
  grpc: { risk__watch_ship: { ship: 'Alma', count: 2 } },
};

let running: ChildProcess | undefined;

afterEach(() => {
  running?.kill('SIGKILL');
});

/** Resolves with the address that it prints; `ended` with its exit code. */
async function start(example: string): Promise<{ url: string; ended: Promise<unknown> }> {
  const words = ['examples/start.ts', '--example', example, '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  const ended = once(child, 'exit').then(([code]: unknown[]) => code);
  let said = '';
  return await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const url = /listens on (http:\S+)/.exec(said)?.[1];
        if (url !== undefined) resolve({ url, ended });
      });
    }
    void ended.then(() => reject(new Error(said)));
  });
}

test('every example is known here', () => {
  const folders = readdirSync(`${ROOT}examples`).filter((name) =>
    existsSync(`${ROOT}examples/${name}/drawbridge.yaml`),
  );
  expect(Object.keys(CALLS).toSorted()).toEqual(folders.toSorted());
});

test.each(Object.entries(CALLS))('%s', async (example, calls) => {
  const { url, ended } = await start(example);
  const client = new Client({ name: 'x', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const { tools } = await client.listTools();
  for (const [name, args] of Object.entries(calls)) {
    expect(tools.map((tool) => tool.name)).toContain(name);
    const result = await client.callTool({ name, arguments: args });
    expect([name, result.isError ?? false]).toEqual([name, false]);
  }
  await client.close();
  running?.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('what is no example is refused with those that there are', async () => {
  await expect(start('none')).rejects.toThrow(
    'There is no example "none". Examples: crm, first-run, graphql, grpc, payment, soap, sql, weather',
  );
});
