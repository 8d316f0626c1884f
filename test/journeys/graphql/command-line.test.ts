/** GraphQL APIs from an address or a file to an entry, by the program as people run it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../kit/command-line.ts';
import { SHOP_SDL, startShop } from '../../kit/graphql-shop.ts';

function folder(files: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-graphql-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** Serves a text to those who bring a key; hears what else came. */
async function serving(text: string, type: string): Promise<{ origin: string; keys: string[] }> {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    const key = request.headers.authorization ?? '';
    keys.push(key);
    response.writeHead(key === 'Bearer k3y' ? 200 : 401, { 'content-type': type });
    response.end(key === 'Bearer k3y' ? text : '{"errors":[{"message":"who are you?"}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, keys };
}

const HEADER = ['--header', 'Authorization: Bearer ${SHOP_KEY}'];

test('preview asks an API for its schema with the headers that are given', async () => {
  await using shop = await startShop('k3y');
  const here = folder();
  const without = await runCommand(['preview', shop.url], here);
  expect(without.code).toBe(3);
  expect(without.stderr).toMatch(/answered 401/);
  const unset = await runCommand(['preview', shop.url, ...HEADER], here);
  expect(unset.stderr).toContain('the environment variable SHOP_KEY is not set');
  const told = await runCommand(['preview', shop.url, ...HEADER], here, { SHOP_KEY: 'k3y' });
  expect(told).toMatchObject({ code: 0 });
  expect(told.stdout).toMatch(/^ {2}add_order +writes/m);
  const odd = await runCommand(['preview', shop.url, '--header', 'Host: x'], here);
  expect(odd.code).toBe(3);
  expect(odd.stderr).toContain('the gateway sets the header "Host" itself');
});

test('add reads it with them, and writes them as they were written', async () => {
  await using shop = await startShop('k3y');
  const here = folder();
  const words = ['add', shop.url, '--name', 'shop', '--yes', ...HEADER];
  const { code } = await runCommand(words, here, { SHOP_KEY: 'k3y' });
  expect(code).toBe(0);
  const text = readFileSync(join(here, 'drawbridge.yaml'), 'utf8');
  expect(text).toContain(`url: ${shop.url}`);
  expect(text).toMatch(/Authorization: .?Bearer \$\{SHOP_KEY\}/);
  expect(text).not.toContain('k3y');
});

test('a document behind a key is read with it, by preview and by the gateway itself', async () => {
  const info = { title: 'Notes', version: '1' };
  const paths = {
    '/notes': { get: { operationId: 'listNotes', summary: 'Lists.', responses: {} } },
  };
  const document = JSON.stringify({ openapi: '3.1.0', info, paths });
  const { origin } = await serving(document, 'application/json');
  const source = `${origin}/openapi.json`;
  const here = folder();
  expect((await runCommand(['preview', source], here)).stderr).toContain('HTTP 401');
  const words = ['add', source, '--name', 'notes', '--yes', ...HEADER];
  const added = await runCommand(words, here, { SHOP_KEY: 'k3y' });
  expect(added).toMatchObject({ code: 0 });
  const tools = await runCommand(['tools'], here, { SHOP_KEY: 'k3y' });
  expect(tools.stdout).toContain('notes__list_notes');
});

test('headers for an API are not sent to another host that has its description', async () => {
  await using shop = await startShop('k3y');
  const { origin, keys } = await serving(SHOP_SDL, 'text/plain');
  const here = folder();
  const words = ['add', `${origin}/shop.graphql`, '--url', shop.url, '--yes', ...HEADER];
  await runCommand(words, here, { SHOP_KEY: 'k3y' });
  expect(new Set(keys)).toEqual(new Set(['']));
});

test.each(['a file', 'an address'])(
  'a schema at %s does not say where the API is',
  async (where) => {
    const { origin } = await serving(SHOP_SDL, 'text/plain');
    const here = folder({ 'shop.graphql': SHOP_SDL });
    const source = where === 'a file' ? './shop.graphql' : `${origin}/shop.graphql`;
    const env = { SHOP_KEY: 'k3y' };
    const asked = await runCommand(
      ['add', source, '--name', 'shop', '--yes', ...HEADER],
      here,
      env,
    );
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('a GraphQL schema does not say where the API is');
    expect(asked.stderr).toContain('--url https://api.example.com/graphql');
    const url = `${origin}/graphql`;
    const words = ['add', source, '--name', 'shop', '--yes', '--url', url, ...HEADER];
    const added = await runCommand(words, here, env);
    expect(added).toMatchObject({ code: 0 });
    const text = readFileSync(join(here, 'drawbridge.yaml'), 'utf8');
    expect(text).toContain(`url: ${url}`);
    expect(text).toContain(`schema: ${source}`);
  },
);
