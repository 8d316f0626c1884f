/** A database as tools, to callers of every dialect: found, corrected by the message alone, written. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { start } from '../../../examples/sql/behind.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { callerOf, done, WAYS, type Caller } from '../apis/world.ts';

const QUERIES = fileURLToPath(new URL('../../../examples/sql/queries', import.meta.url));

describe.each(WAYS)('%s', (way) => {
  let behind: { stop(): Promise<void> };
  let gateway: TestGateway;
  let caller: Caller;

  beforeEach(async () => {
    behind = await start();
    const url = process.env['LIBRARY_DB'];
    gateway = await startGateway({
      upstreams: {
        library: { sql: { url, queries: QUERIES } },
        tables: { sql: url },
      },
    });
    caller = await callerOf(way, gateway);
  });
  afterEach(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
    await behind.stop();
  });

  test('queries are tools, and where there are none the tables can be looked at', async () => {
    expect(await caller.tools()).toEqual(
      expect.arrayContaining([
        'library__find_books',
        'library__lend_book',
        'tables__list_tables',
        'tables__describe_table',
      ]),
    );
    expect(await caller.tools()).not.toContain('library__list_tables');
    const { value } = await done(caller, 'tables__describe_table', { table: 'members' });
    expect(value).toMatchObject({ rows: [{ column: 'id', primary_key: 1 }, { column: 'name' }] });
  });

  test('a typed parameter is corrected by the message alone', async () => {
    const wrong = await caller.call('library__list_loans', { state: 'late' });
    expect(wrong.isError).toBe(true);
    expect(wrong.text).toMatch(/^state must be one of "open", "returned" or "all", not "late"/);
    const { value } = await done(caller, 'library__list_loans', { state: 'all' });
    expect(value).toMatchObject({ rows: [{ title: 'Frankenstein', member: 'Ada' }] });
    const day = await caller.call('library__lend_book', { book: 1, member: 1, due: 'soon' });
    expect(day.text).toMatch(/^due cannot be sent: write a day that exists, such as 2026-01-31/);
  });

  test('pages lead through all rows', async () => {
    const first = await done(caller, 'library__find_books', { limit: 4 });
    expect(first.value).toMatchObject({ rows: [{ year: 1818, price: 12.25 }, {}, {}, {}] });
    const [, page = ''] = /_page=([\w-]+)/.exec(first.text) ?? [];
    if (way === 'rest') return;
    const next = await done(caller, 'library__find_books', { limit: 4, _page: page });
    expect(next.value).toMatchObject({ rows: [{ year: 1895 }, { year: 1898 }] });
  });

  test('what is written is written once, and a constraint speaks of the arguments', async () => {
    const loan = { book: 1, member: '2', due: '2026-12-24' };
    const { value } = await done(caller, 'library__lend_book', loan);
    expect(value).toEqual({ affectedRows: 1, rows: [{ id: 2, due: '2026-12-24' }] });
    const again = await caller.call('library__lend_book', loan);
    expect(again.text).toMatch(/^Change book and member/);
    expect(again.text).toMatch(/UNIQUE constraint failed/);
    const quoted = await done(caller, 'library__find_books', { words: "'; drop table books; --" });
    expect(quoted.value).toEqual({ rows: [] });
    const all = await done(caller, 'library__find_books', { author: 'Jules Verne' });
    expect(all.value).toMatchObject({ rows: [{ year: 1870 }, { year: 1872 }] });
  });
});
