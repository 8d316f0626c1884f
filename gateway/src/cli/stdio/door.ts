/**
 * How processes of the same user find a running gateway. It keeps a door open beside its state: a
 * socket that only this user can have put there, under a name that nobody can guess. Who is let in
 * hears the gateway's address, and hears the door fall shut when the gateway ends, however it ends.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Door {
  close(): void;
}

/** The file in the state folder that says where the door is. */
export const DOOR_FILE = 'gateway.json';

/** Longer paths cannot be the name of a socket everywhere. */
const MAX_PATH_BYTES = 100;
const MAX_GUESTS = 256;
const SOCKET = /^gateway-[0-9a-f]{16}\.sock$/;

/** @param url where the gateway listens: `http://127.0.0.1:8080` */
export async function openDoor(stateDir: string, url: string): Promise<Door> {
  removeOld(stateDir);
  const { path, folder } = doorPath(stateDir);
  const guests = new Set<Socket>();
  const server = createServer((guest) => {
    guests.add(guest);
    guest.on('error', () => guest.destroy());
    guest.on('close', () => guests.delete(guest));
    guest.resume();
    guest.write(`${JSON.stringify({ url, pid: process.pid })}\n`);
  });
  server.maxConnections = MAX_GUESTS;
  server.listen(path);
  await once(server, 'listening');
  server.unref();
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  const file = join(stateDir, DOOR_FILE);
  const text = `${JSON.stringify({ door: path, pid: process.pid })}\n`;
  rmSync(file, { force: true });
  writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  return {
    close: () => {
      if (existsSync(file) && readFileSync(file, 'utf8') === text) rmSync(file, { force: true });
      server.close();
      for (const guest of guests) guest.destroy();
      if (process.platform !== 'win32') rmSync(folder ?? path, { recursive: true, force: true });
    },
  };
}

/** @returns `folder` where one had to be made for it */
function doorPath(stateDir: string): { readonly path: string; readonly folder?: string } {
  const name = randomBytes(8).toString('hex');
  if (process.platform === 'win32') {
    return { path: `\\\\.\\pipe\\drawbridge-${randomBytes(16).toString('hex')}` };
  }
  const path = join(stateDir, `gateway-${name}.sock`);
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return { path };
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-'));
  return { path: join(folder, `gateway-${name}.sock`), folder };
}

/** Doors of gateways that were killed: nobody opens. */
function removeOld(stateDir: string): void {
  if (process.platform === 'win32') return;
  for (const name of readdirSync(stateDir)) {
    if (!SOCKET.test(name)) continue;
    const path = join(stateDir, name);
    const probe = connect(path);
    probe.on('connect', () => probe.destroy());
    probe.on('error', () => rmSync(path, { force: true }));
  }
}
