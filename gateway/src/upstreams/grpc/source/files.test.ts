import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../kernel/index.ts';
import { openRegistry, writeSet } from './descriptors.ts';
import { readSources, type FileSources } from './files.ts';
import { isSame } from './read-file.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function put(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'grpc-files-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function read(directory: string, sources: Partial<FileSources>) {
  const settings = { protos: [], includes: [], descriptors: [], directory, clock: systemClock };
  return await readSources({ ...settings, ...sources });
}

async function described(directory: string, sources: Partial<FileSources>) {
  const found = await read(directory, sources);
  if ('text' in found) throw new Error(found.text);
  const opened = openRegistry(found.files);
  if (typeof opened === 'string') throw new Error(opened);
  return { ...found, registry: opened.registry };
}

const MONEY = 'syntax = "proto3"; package shop.money; message Money { int64 cents = 1; }';
const ORDERS = `syntax = "proto3"; package shop.orders;
import "shop/money/money.proto"; import "google/protobuf/empty.proto";
service Orders { rpc Place(Order) returns (google.protobuf.Empty); }
message Order { shop.money.Money price = 1; }`;
const TREE = { 'proto/shop/money/money.proto': MONEY, 'proto/shop/orders/orders.proto': ORDERS };

test.each([
  ['a file, its imports above it', { protos: ['proto/shop/orders/orders.proto'] }],
  [
    'a file and a folder for imports',
    { protos: ['proto/shop/orders/orders.proto'], includes: ['proto'] },
  ],
  [
    'both files, one of which imports the other',
    { protos: ['proto/shop/money/money.proto', 'proto/shop/orders/orders.proto'] },
  ],
  ['the folder that imports begin at', { protos: ['proto'] }],
  ['a folder above it', { protos: ['.'] }],
])('%s', async (_name, sources) => {
  const { registry, repairs, files } = await described(put(TREE), sources);
  const input = registry.getService('shop.orders.Orders')?.methods[0]?.input;
  expect(input?.fields[0]?.message?.typeName).toBe('shop.money.Money');
  expect(repairs).toEqual([]);
  expect(files).toHaveLength(2);
});

test('what a missing import defines is left out, and told', async () => {
  const folder = put({ 'orders.proto': ORDERS });
  const { registry, repairs } = await described(folder, { protos: ['orders.proto'] });
  expect(repairs.map(({ what }) => what)).toEqual([
    'orders.proto imports shop/money/money.proto, which is in none of the folders; what needs it is left out',
    'shop.orders.Order.price was left out: no file that was read has its type shop.money.Money',
  ]);
  expect(registry.getService('shop.orders.Orders')?.methods).toHaveLength(1);
});

test('a descriptor set may hold what a text imports', async () => {
  const folder = put(TREE);
  const { files } = await described(folder, { protos: ['proto/shop/money/money.proto'] });
  const named = files.map((file) => ({ ...file, name: 'shop/money/money.proto' }));
  const other = put({ 'orders.proto': ORDERS, 'money.binpb': writeSet(named) });
  const both = { protos: ['orders.proto'], descriptors: ['money.binpb'] };
  const { repairs, registry } = await described(other, both);
  expect(repairs).toEqual([]);
  expect(registry.getMessage('shop.orders.Order')?.fields).toHaveLength(1);
});

test('a broken file of a folder is left out, one that was named is not', async () => {
  const folder = put({ 'a.proto': MONEY, 'b.proto': 'syntax = "proto3";\nmessage {' });
  const { repairs, files } = await described(folder, { protos: ['.'] });
  expect(files.map(({ name }) => name)).toEqual(['a.proto']);
  expect(repairs[0]?.what).toMatch(/^b\.proto: .*line 2/);
  expect(await read(folder, { protos: ['b.proto'] })).toMatchObject({ why: 'broken', line: 2 });
});

test.each([
  ['nothing', 'gone.proto', 'gone.proto cannot be read: there is no such file.'],
  ['a folder without any', 'empty', 'empty: there is no .proto file in this folder.'],
])('%s is told', async (_name, path, text) => {
  const folder = put({ 'empty/readme.md': '' });
  expect(await read(folder, { protos: [path] })).toMatchObject({ text });
});

test('what is no descriptor set is told', async () => {
  const folder = put({ 'a.pb': 'no', 'b.pb': '' });
  for (const path of ['a.pb', 'b.pb']) {
    const found = await read(folder, { descriptors: [path] });
    expect(found).toMatchObject({
      why: 'other',
      text: expect.stringContaining('no descriptor set'),
    });
  }
});

test('files that import each other and paths that leave the folder do no harm', async () => {
  const folder = put({
    'in/a.proto':
      'syntax = "proto3"; import "b.proto"; import "../out.proto"; message A { B b = 1; }',
    'in/b.proto': 'syntax = "proto3"; import "a.proto"; message B {}',
    'out.proto': 'syntax = "proto3"; message Out {}',
  });
  const found = await read(folder, { protos: ['in/a.proto'] });
  if ('text' in found) throw new Error(found.text);
  expect(found.files.map(({ name }) => name).toSorted()).toEqual(['a.proto', 'b.proto']);
  expect(found.repairs.map(({ what }) => what).join()).toContain('../out.proto');
  expect(openRegistry(found.files)).toMatch(/imports itself/);
});

test('a folder is another one when a file comes to it', async () => {
  const folder = put(TREE);
  const { records } = await described(folder, { protos: ['proto'] });
  const same = () => Promise.all(records.map((record) => isSame(record, systemClock)));
  expect((await same()).every(Boolean)).toBe(true);
  writeFileSync(join(folder, 'proto/more.proto'), MONEY);
  expect((await same()).filter((one) => !one)).toHaveLength(1);
});
