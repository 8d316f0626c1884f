import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../kernel/index.ts';
import { openDoor } from './door.ts';
import { findGateway } from './find-gateway.ts';

function stateDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-door-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const URL_HERE = 'http://127.0.0.1:4567';
const find = (path: string) => findGateway(path, systemClock);

async function foundIn(path: string) {
  const found = await find(path);
  if (found === undefined || typeof found === 'string') throw new Error(String(found));
  onTestFinished(() => found.leave());
  return found;
}

test('who is of the same user learns where the gateway is, and when it ends', async () => {
  const path = stateDir();
  const door = await openDoor(path, URL_HERE);
  const found = await foundIn(path);
  expect([found.url.origin, found.pid]).toEqual([URL_HERE, process.pid]);
  const gone = new Promise<void>((resolve) => found.onGone(resolve));
  door.close();
  await gone;
  expect(readdirSync(path)).toEqual([]);
  expect(await find(path)).toBeUndefined();
});

test('a folder whose name is too long for a socket', async () => {
  const path = join(stateDir(), 'x'.repeat(120));
  mkdirSync(path);
  const door = await openDoor(path, URL_HERE);
  const { door: place } = JSON.parse(readFileSync(join(path, 'gateway.json'), 'utf8'));
  expect((await foundIn(path)).url.origin).toBe(URL_HERE);
  door.close();
  expect(existsSync(place)).toBe(false);
});

test('a second gateway takes the place; the first one leaves its file alone', async () => {
  const path = stateDir();
  const first = await openDoor(path, URL_HERE);
  const second = await openDoor(path, 'http://127.0.0.1:4568');
  first.close();
  expect((await foundIn(path)).url.port).toBe('4568');
  second.close();
});

describe('is not trusted', () => {
  test.each<[what: string, spoil: (path: string) => void, says: RegExp]>([
    [
      'a file that others may write',
      (path) => chmodSync(join(path, 'gateway.json'), 0o622),
      /other users/,
    ],
    ['a folder that others may write', (path) => chmodSync(path, 0o777), /other users/],
    [
      'a file that is no JSON',
      (path) => writeFileSync(join(path, 'gateway.json'), 'x'),
      /not what/,
    ],
    [
      'a door that is not there',
      (path) => writeFileSync(join(path, 'gateway.json'), `{"door":"${path}/none"}`),
      /^undefined$/,
    ],
  ])('%s', async (_what, spoil, says) => {
    const path = stateDir();
    const door = await openDoor(path, URL_HERE);
    onTestFinished(() => door.close());
    spoil(path);
    expect(String(await find(path))).toMatch(says);
  });

  test.each<[unknown, RegExp]>([
    ['http://192.0.2.1:80', /no address of this machine/],
    ['nonsense', /no address of this machine/],
    [7, /no address of this machine/],
    ['https://127.0.0.1:1', /over TLS only/],
  ])('the address %j', async (url, says) => {
    const path = stateDir();
    const place = join(path, 'd.sock');
    const server = createServer((guest) => guest.end(`${JSON.stringify({ url, pid: 1 })}\n`));
    await new Promise<void>((resolve) => server.listen(place, resolve));
    onTestFinished(() => {
      server.close();
    });
    chmodSync(place, 0o600);
    writeFileSync(join(path, 'gateway.json'), JSON.stringify({ door: place }), { mode: 0o600 });
    expect(await find(path)).toMatch(says);
  });
});
