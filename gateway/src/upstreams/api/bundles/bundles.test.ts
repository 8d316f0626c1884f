import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { ExactNumber, systemClock } from '../../../kernel/index.ts';
import type { ApiIndex, Operation, OperationPlan } from '../model.ts';
import { digestOf } from './kept-file.ts';
import { createBundles, type Bundle, type NewImport } from './store.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-bundles-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const faults: string[] = [];
const bundles = (maxBytes?: number) =>
  createBundles({
    folder: join(folder, 'apis'),
    clock: systemClock,
    onFault: (text) => faults.push(text),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });

const operation = (key: string, name: string): Operation => ({
  key,
  name,
  aliases: [],
  title: name,
  summary: name,
  tags: [],
  isDeprecated: false,
  verb: 'GET',
  place: '/',
  effects: { effect: 'read', isIdempotent: true, origin: 'verb' },
  auth: [],
  at: { source: '', pointer: '', line: 0 },
});

const plan = (key: string): OperationPlan => ({
  key,
  description: `${key} "ü"\n`,
  input: { type: 'object', properties: { n: { maximum: new ExactNumber('1.0') } } },
  listed: null,
  output: null,
  arguments: [],
  pagination: null,
  request: { form: 'x' },
});

function made(text: string, names: Readonly<Record<string, string>> = { a: 'a' }): NewImport {
  const index: ApiIndex = {
    kind: 'openapi',
    digest: '',
    title: text,
    version: '1',
    description: '',
    servers: [],
    schemes: [],
    operations: Object.entries(names).map(([key, name]) => operation(key, name)),
    skipped: [],
    repairs: [],
  };
  const bytes = [Buffer.from(text)];
  const sources = bytes.map((one) => ({
    role: 'document' as const,
    location: '/x.yaml',
    foundAt: '/x.yaml',
    digest: digestOf(one),
    stamp: null,
    etag: '',
  }));
  return { options: 'o', index, sources, bytes, names: new Map() };
}

/** What another start of the gateway finds. */
function reopened(upstream = 'up'): Bundle | undefined {
  const store = bundles();
  const record = store.record(upstream);
  return record === undefined ? undefined : store.open(record);
}

function files(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('an import', () => {
  test('is kept while others are, alike or not', async () => {
    faults.length = 0;
    const ids = Array.from({ length: 12 }, (_, at) => `up${at}`);
    for (const round of ['a', 'b', 'c']) {
      const text = (id: string) => `${round} ${id.length}${id.at(-1)}`;
      await Promise.all(ids.map((id) => bundles().keep(id, made(text(id)))));
      expect(faults).toEqual([]);
      for (const id of ids) expect(reopened(id)?.source(0)?.toString()).toBe(text(id));
    }
  });

  test('is found again with its index, its sources and its names', async () => {
    const kept = await bundles().keep('up', made('one', { 'http:GET /a': 'get_a' }));
    const found = reopened();
    expect(JSON.parse(JSON.stringify(found?.index))).toEqual(kept.index);
    expect(found?.index.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(found?.source(0)?.toString()).toBe('one');
    expect(found?.source(1)).toBeUndefined();
    expect(bundles().names('up')).toEqual(new Map([['http:GET /a', 'get_a']]));
    expect(bundles().record('other')).toBeUndefined();
  });

  test('is for its owner alone, and leaves nothing unfinished', async () => {
    await bundles().keep('up', made('one'));
    for (const file of files()) {
      expect(`${file} ${(statSync(file).mode & 0o777).toString(8)}`).toBe(`${file} 600`);
      expect(file).not.toContain('.tmp');
    }
    expect(statSync(join(folder, 'apis')).mode & 0o777).toBe(0o700);
  });

  test('has a digest over everything that was read and set, and over its names', async () => {
    const digests = new Set<string>();
    for (const one of [
      made('one'),
      made('two'),
      { ...made('one'), options: 'p' },
      made('one', { a: 'b' }),
    ]) {
      digests.add((await bundles().keep('up', one)).index.digest);
    }
    expect(digests.size).toBe(4);
    expect((await bundles().keep('up', made('one'))).index.digest).toBe([...digests][0]);
  });

  test('keeps the names of operations that are gone', async () => {
    const store = bundles();
    await store.keep('up', made('one', { a: 'x', b: 'y' }));
    const names = store.names('up');
    await store.keep('up', { ...made('two', { b: 'y' }), names });
    expect(Object.fromEntries(store.names('up'))).toEqual({ a: 'x', b: 'y' });
  });

  test('replaces the one before it, and all together stay below their limit', async () => {
    const store = bundles(15_000);
    await store.keep('up', made('one'));
    await store.keep('up', made('two'));
    const folders = () => readdirSync(join(folder, 'apis')).filter((name) => name.length === 64);
    expect(folders()).toHaveLength(1);
    for (const id of ['a', 'b', 'c']) {
      await store.keep(id, made(id + 'x'.repeat(6000)));
      const at = join(folder, 'apis', store.record(id)?.bundle ?? '', 'index');
      const seconds = Date.now() / 1000 - 1000 + id.charCodeAt(0);
      for (const file of files().filter((one) => one.startsWith(join(at, '..')))) {
        utimesSync(file, seconds, seconds);
      }
    }
    expect(folders().length).toBeLessThan(4);
    expect(reopened('c')?.index.title).toContain('c');
    expect(reopened('a')).toBeUndefined();
  });

  test('that cannot be kept is used all the same', async () => {
    writeFileSync(join(folder, 'apis'), 'a file, not a folder');
    const kept = await bundles().keep('up', made('one'));
    expect(kept.index.title).toBe('one');
    expect(faults.length).toBeGreaterThan(0);
    expect(reopened()).toBeUndefined();
  });
});

describe('plans', () => {
  test('are found again, exact numbers and all', async () => {
    const kept = await bundles().keep('up', made('one'));
    for (const key of ['http:GET /a', 'b "quoted" \\', 'ü']) kept.plans.put(plan(key));
    expect(kept.plans.get('ü')).toEqual(plan('ü'));
    await kept.plans.close();
    const again = reopened();
    for (const key of ['http:GET /a', 'b "quoted" \\', 'ü']) {
      expect(again?.plans.get(key)).toEqual(plan(key));
    }
    expect(again?.plans.get('unknown')).toBeUndefined();
    again?.plans.put(plan('later'));
    await again?.plans.close();
    expect(reopened()?.plans.get('later')).toEqual(plan('later'));
    expect(reopened()?.plans.get('ü')).toEqual(plan('ü'));
  });

  test('that are large take less room, and say the same', async () => {
    const kept = await bundles().keep('up', made('one'));
    const large = { ...plan('large'), description: 'again and again "ü"\n'.repeat(10_000) };
    kept.plans.put(large);
    kept.plans.put(plan('small'));
    await kept.plans.close();
    expect(statSync(join(folder, 'apis', kept.index.digest, 'plans')).size).toBeLessThan(10_000);
    expect(reopened()?.plans.get('large')).toEqual(large);
    expect(reopened()?.plans.get('small')).toEqual(plan('small'));
  });

  test('are written a while after the first, together', async () => {
    const clock = new ManualClock();
    const store = createBundles({ folder: join(folder, 'apis'), clock, onFault: () => undefined });
    const kept = await store.keep('up', made('one'));
    kept.plans.put(plan('a'));
    kept.plans.put(plan('b'));
    expect(clock.pending).toBe(1);
    await clock.advance(1000);
    await kept.plans.close();
    expect(reopened()?.plans.get('b')).toEqual(plan('b'));
  });

  test('that are damaged are compiled again, the others kept', async () => {
    const kept = await bundles().keep('up', made('one'));
    for (const key of ['a', 'b', 'c']) kept.plans.put(plan(key));
    await kept.plans.close();
    const path = join(folder, 'apis', kept.index.digest, 'plans');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"description":"b', '"description":"x'));
    const again = reopened();
    expect(again?.plans.get('a')).toEqual(plan('a'));
    expect(again?.plans.get('b')).toBeUndefined();
    expect(again?.plans.get('c')).toEqual(plan('c'));
    again?.plans.put(plan('b'));
    await again?.plans.close();
    expect(reopened()?.plans.get('b')).toEqual(plan('b'));
  });

  test('cut off anywhere are never misread', async () => {
    const kept = await bundles().keep('up', made('one'));
    for (const key of ['a', 'b']) kept.plans.put(plan(key));
    await kept.plans.close();
    const path = join(folder, 'apis', kept.index.digest, 'plans');
    const bytes = readFileSync(path);
    for (let length = 0; length < bytes.length; length += 7) {
      writeFileSync(path, bytes.subarray(0, length));
      const again = reopened();
      for (const key of ['a', 'b']) {
        expect([undefined, plan(key)]).toContainEqual(again?.plans.get(key));
      }
    }
  });
});

describe('files that are damaged or not ours are not used', () => {
  test.each<[string, (text: string) => string | Buffer]>([
    ['empty', () => ''],
    ['cut off', (text) => text.slice(0, -5)],
    ['changed', (text) => text.replace('one', 'two').replace('"o"', '"p"')],
    ['of another version', (text) => text.replace(/drawbridge-api-\d+/, 'drawbridge-api-0')],
    ['of another kind', (text) => text.replace(/ (index|record) /, ' other ')],
    ['JSON of somebody else', () => '{"hello":1}'],
    ['bytes', () => Buffer.from([0, 255, 1, 254])],
    ['a long line', () => 'x'.repeat(100_000)],
  ])('%s', async (_what, damage) => {
    const kept = await bundles().keep('up', made('one'));
    for (const path of [
      join(folder, 'apis', 'up.json'),
      join(folder, 'apis', kept.index.digest, 'index'),
    ]) {
      const whole = readFileSync(path, 'utf8');
      writeFileSync(path, damage(whole));
      expect(reopened()).toBeUndefined();
      writeFileSync(path, whole);
      expect(reopened()).toBeDefined();
    }
    const namesPath = join(folder, 'apis', 'up.names');
    const names = readFileSync(namesPath, 'utf8');
    const given = bundles().names('up');
    writeFileSync(namesPath, damage(names).toString().replace(' names ', ' other '));
    expect(bundles().names('up')).toEqual(new Map());
    writeFileSync(namesPath, names);
    expect(bundles().names('up')).toEqual(given);
    writeFileSync(join(folder, 'apis', kept.index.digest, 'source-0'), 'other');
    expect(reopened()?.source(0)).toBeUndefined();
    await bundles().keep('up', made('one'));
    expect(reopened()?.source(0)?.toString()).toBe('one');
  });
});
