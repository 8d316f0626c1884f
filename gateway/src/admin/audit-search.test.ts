import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchRecords, type RecordFilter } from './audit-search.ts';

let folder = '';
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-records-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(text: string): Promise<string> {
  const file = join(folder, `audit-${files++}.jsonl`);
  await writeFile(file, text);
  return file;
}

/** Goes through all pages. @returns what `pick` finds in each record */
async function all(
  file: string,
  filter: RecordFilter,
  limit: number,
  pick = (record: Readonly<Record<string, unknown>>): unknown => record['id'],
): Promise<unknown[]> {
  const found: unknown[] = [];
  let after: string | undefined = '';
  while (after !== undefined) {
    const page = await searchRecords(file, filter, { after, limit });
    expect(page.records.length).toBeLessThanOrEqual(limit);
    found.push(...page.records.map(pick));
    after = page.next;
  }
  return found;
}

const time = (second: number): string => new Date(second * 1000).toISOString();
const line = (id: number, more: object = {}): string =>
  `${JSON.stringify({ time: time(id), id, ...more })}\n`;

test('pages of any size show every record once, the newest first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 3000 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      async (sizes, limit) => {
        const lines = sizes.map((size, id) => line(id, { pad: 'é'.repeat(size) }));
        const file = await fileOf(lines.join(''));
        const ids = sizes.map((_, id) => id).toReversed();
        expect(await all(file, {}, limit)).toEqual(ids);
      },
    ),
    { numRuns: 25 },
  );
});

test('lines longer than what is read at once are read whole', async () => {
  const file = await fileOf(line(0) + line(1, { pad: 'x'.repeat(600_000) }) + line(2));
  expect(await all(file, {}, 2)).toEqual([2, 1, 0]);
});

test('what is no record is passed over', async () => {
  const odd = `\n{"half":\n[]\n"text"\n${'z'.repeat(3_000_000)}\n`;
  const file = await fileOf(line(0) + odd + line(1) + '{"time":"2026');
  expect(await all(file, {}, 5)).toEqual([1, 0]);
});

test('rotated files are gone on with, also where they move meanwhile', async () => {
  const file = await fileOf(line(2) + line(3));
  await writeFile(`${file}.1`, line(0) + line(1));
  expect(await all(file, {}, 1)).toEqual([3, 2, 1, 0]);
  const first = await searchRecords(file, {}, { after: '', limit: 1 });
  await rename(`${file}.1`, `${file}.2`);
  await rename(file, `${file}.1`);
  await writeFile(file, line(4));
  const rest = await searchRecords(file, {}, { after: first.next!, limit: 10 });
  expect([...first.records, ...rest.records].map(({ id }) => id)).toEqual([3, 2, 1, 0]);
});

test('of a file that is not there nothing is found', async () => {
  expect(await all(join(folder, 'none.jsonl'), {}, 5)).toEqual([]);
});

test.each<[string, RecordFilter, number[]]>([
  ['everything', {}, [4, 3, 2, 1]],
  ['since a time', { from: time(3) }, [4, 3]],
  ['before a time', { to: time(3) }, [2, 1]],
  ['a time without milliseconds', { from: '1970-01-01T00:00:03Z' }, [4, 3]],
  ['a principal', { principal: 'key:1' }, [1]],
  ['a user', { principal: 'ann' }, [2]],
  ['an item', { item: 'tool:crm/get' }, [3, 1]],
  ['an outcome', { outcome: 'refused' }, [4]],
  ['a reason', { outcome: 'policy_denied' }, [3]],
  ['a decision', { decision: 'd-2' }, [2]],
  ['changes', { kind: 'change' }, [4]],
  ['calls', { kind: 'call' }, [3, 2, 1]],
  ['a text', { text: 'é"' }, []],
  ['another text', { text: 'née' }, [2]],
  ['several at once', { item: 'tool:crm/get', outcome: 'policy_denied' }, [3]],
])('records are found by %s', async (_what, filter, ids) => {
  const file = await fileOf(
    line(1, { principal: 'key:1', item: 'tool:crm/get' }) +
      line(2, { principal: 'key:2', user: 'ann', decision: 'd-2', asked: 'née' }) +
      line(3, { outcome: 'refusal', reason: 'policy_denied', hidden: 'tool:crm/get' }) +
      line(4, { kind: 'change', outcome: 'refused' }),
  );
  expect(await all(file, filter, 2)).toEqual(ids);
});
