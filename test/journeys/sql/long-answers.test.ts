/** Answers that are long, and those that are files: kept and read on, as those of every API. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { callerOf, done, WAYS } from '../apis/world.ts';

/** A PNG of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const FILES = {
  'lines.sql': 'select id, text from lines order by id',
  'photo.sql': '-- param id bigint required\nselect photo from documents where id = :id',
  'document.sql': `-- param id bigint required
-- file: content type mime name title
select title, mime, content from documents where id = :id`,
  'page.sql': `-- param after bigint default 0
-- param count integer(1..500) default 100
-- page: after :after by id limit :count
select id from lines where id > :after order by id limit :count`,
};

let folder: string;
let gateway: TestGateway;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-long-'));
  mkdirSync(join(folder, 'q'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, 'q', name), text);
  const database = new DatabaseSync(join(folder, 'a.db'));
  database.exec(`create table lines(id integer primary key, text text);
    insert into lines(text) with recursive c(x) as (select 1 union all select x + 1 from c where x < 3000)
    select 'line ' || x || ' ' || hex(randomblob(40)) from c;
    create table documents(id integer primary key, title text, mime text, content blob, photo blob)`);
  const insert = database.prepare(
    'insert into documents(title, mime, content, photo) values (?, ?, ?, ?)',
  );
  insert.run('report.bin', 'application/x-report', Buffer.alloc(3000, 7), PIXEL);
  insert.run('notes.txt', 'text/plain', Buffer.from('word '.repeat(20)), null);
  database.close();
  gateway = await startGateway({
    upstreams: { db: { sql: { url: join(folder, 'a.db'), queries: join(folder, 'q') } } },
  });
});

afterAll(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(WAYS)('%s', (way) => {
  test('rows beyond the cap are told of, and what is too long is read on', async () => {
    await using caller = await callerOf(way, gateway);
    const { text } = await done(caller, 'db__lines');
    expect(text).toContain('Only the first 1000 rows: there are more rows than one answer holds');
    const [, handle = ''] = /(drawbridge-result:\/\/[\w/-]+)/.exec(text) ?? [];
    const more = await done(caller, 'db__read_result', { handle, path: 'rows', offset: 400 });
    expect(more.text).toContain('line 401 ');
  });

  test('pages by key lead on, and their size has bounds', async () => {
    await using caller = await callerOf(way, gateway);
    const { text } = await done(caller, 'db__page', { count: 3 });
    expect(text).toContain('{"id":3}');
    const wrong = await caller.call('db__page', { count: 501 });
    expect(wrong.text).toMatch(/^count must be an integer from 1 to 500/);
  });

  test('a column of bytes is an image or a file, not base64 in JSON', async () => {
    await using caller = await callerOf(way, gateway);
    const photo = await caller.call('db__photo', { id: 1 });
    expect([photo.isError, photo.image]).toEqual([false, PIXEL]);
    const file = await done(caller, 'db__document', { id: 1 });
    expect(file.text).toMatch(
      /report\.bin \(application\/x-report, 3000 bytes\)[^]*drawbridge-result:\/\//,
    );
    expect(file.text).not.toContain('BwcHBwcH');
    expect((await done(caller, 'db__document', { id: 2 })).text).toBe('word '.repeat(20));
    expect((await done(caller, 'db__document', { id: 9 })).value).toEqual({ rows: [] });
    expect((await done(caller, 'db__photo', { id: 2 })).value).toEqual({ rows: [{ photo: null }] });
  });
});
