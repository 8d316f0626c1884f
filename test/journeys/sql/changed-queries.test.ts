/** Queries that are edited while the gateway runs: callers hear of it, and what is broken changes nothing. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';

let folder: string;
let gateway: TestGateway;
let client: Client;
let heard = 0;

const write = (name: string, text: string): void => writeFileSync(join(folder, 'q', name), text);
const said = async (tool: string, args = {}): Promise<string> => {
  const { content } = await client.callTool({ name: `db__${tool}`, arguments: args });
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
};
const tools = async (): Promise<string[]> =>
  (await client.listTools()).tools
    .map(({ name }) => name)
    .filter((name) => !name.includes('read_result'));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-queries-'));
  mkdirSync(join(folder, 'q'));
  const database = new DatabaseSync(join(folder, 'shop.db'));
  database.exec("create table people(name text); insert into people values ('Ada'), ('Brook')");
  database.close();
  write('people.sql', 'select name from people order by name');
  gateway = await startGateway({
    upstreams: { db: { sql: { url: join(folder, 'shop.db'), queries: join(folder, 'q') } } },
  });
  heard = 0;
  client = new Client({ name: 'a', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    heard++;
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  await tools();
});

afterEach(async () => {
  await client.close();
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a new, an edited and a deleted query are taken up, and list_changed is sent', async () => {
  write('count.sql', '-- description: Counts people.\nselect count(*) as n from people');
  await expect.poll(tools).toEqual(['db__count', 'db__people']);
  await expect.poll(() => heard).toBeGreaterThan(0);
  expect(await said('count')).toContain('"n":2');
  write(
    'people.sql',
    '-- param first text\nselect upper(name) as name from people where name like :first',
  );
  await expect.poll(() => said('people', { first: 'A%' })).toBe('{"rows":[{"name":"ADA"}]}');
  // As editors and deployments write: beside it, then over it; also in a folder below.
  mkdirSync(join(folder, 'q', 'more'));
  writeFileSync(join(folder, 'other'), 'select 7 as seven');
  renameSync(join(folder, 'other'), join(folder, 'q', 'more', 'seven.sql'));
  await expect.poll(tools).toContain('db__seven');
  rmSync(join(folder, 'q', 'count.sql'));
  await expect.poll(tools).not.toContain('db__count');
});

test.each([
  ['a second statement', 'select name from people; drop table people', 'a second statement'],
  ['a string that never ends', "select 'name from people", 'never ends'],
  ['nothing at all', '', 'there is no SQL statement'],
  ['a column that is not there', 'select colour from people', 'no such column: colour'],
  ['a write that is not declared', 'delete from people', 'DELETE writes'],
])('with %s, a file keeps its last good query', async (_what, text, why) => {
  write('people.sql', text);
  const warned = () => JSON.stringify(gateway.log).includes(why);
  await expect.poll(warned).toBe(true);
  expect(await said('people')).toBe('{"rows":[{"name":"Ada"},{"name":"Brook"}]}');
  // What is good beside it is taken up meanwhile.
  write('count.sql', 'select count(*) as n from people');
  await expect.poll(tools).toEqual(['db__count', 'db__people']);
  expect(await said('people')).toBe('{"rows":[{"name":"Ada"},{"name":"Brook"}]}');
  write('people.sql', "select 'mended' as name");
  await expect.poll(() => said('people')).toBe('{"rows":[{"name":"mended"}]}');
});

test('a folder that is gone or empty changes nothing until it is there again', async () => {
  renameSync(join(folder, 'q'), join(folder, 'away'));
  await expect.poll(() => JSON.stringify(gateway.log)).toContain('the last good ones stay');
  expect(await said('people')).toContain('Ada');
  expect(await tools()).toEqual(['db__people']);
  renameSync(join(folder, 'away'), join(folder, 'q'));
  write('count.sql', 'select count(*) as n from people');
  await expect.poll(tools).toEqual(['db__count', 'db__people']);
});
