/** Finds the running gateway of a state folder, and makes sure that it is this user's own. */
import { lstatSync, readFileSync, statSync, type Stats } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { isLoopback } from '../../listeners/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { DOOR_FILE } from './door.ts';

/** A running gateway, as long as its door is open. */
export interface Found {
  /** Where it listens; loopback. */
  readonly url: URL;
  readonly pid: number;
  /** Runs the task once, when the gateway has ended. */
  onGone(task: () => void): void;
  leave(): void;
}

const MAX_TEXT_BYTES = 4096;
const OPEN_WITHIN_MS = 2000;

/** Who else may write there could put a gateway of theirs in its place. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * @returns undefined where no gateway runs; a sentence where there is something that must not be
 *   trusted: files of other users, files that others may write, an address of another machine
 */
export async function findGateway(
  stateDir: string,
  clock: Clock,
): Promise<Found | string | undefined> {
  const file = join(stateDir, DOOR_FILE);
  const seen = statusOf(file);
  if (seen === undefined) return undefined;
  for (const path of [stateDir, file]) {
    const fault = path === stateDir ? notOurs(path, statSync(path)) : notOurs(path, seen);
    if (fault !== undefined) return fault;
  }
  if (!seen.isFile() || seen.size > MAX_TEXT_BYTES) return `${file} is not what a gateway writes`;
  const door = doorIn(readFileSync(file, 'utf8'));
  if (door === undefined) return `${file} is not what a gateway writes`;
  if (process.platform !== 'win32') {
    const socket = statusOf(door);
    if (socket === undefined) return undefined;
    const fault = notOurs(door, socket) ?? notOurs(dirname(door), statSync(dirname(door)));
    if (fault !== undefined) return fault;
  }
  return enter(door, clock);
}

function statusOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/** Why a file is not this user's alone; undefined where it is. */
function notOurs(path: string, { uid, mode }: Stats): string | undefined {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  if (uid !== own) return `${path} belongs to another user`;
  return (mode & WRITABLE_BY_OTHERS) === 0 ? undefined : `${path} may be written by other users`;
}

function doorIn(text: string): string | undefined {
  const door = membersOf(text)['door'];
  return typeof door === 'string' && door !== '' ? door : undefined;
}

function membersOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Waits for the first line behind the door; a door that nobody opens belongs to no gateway. */
function enter(door: string, clock: Clock): Promise<Found | string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(door);
    let text = '';
    const give = (found: Found | string | undefined): void => {
      timer.cancel();
      if (found === undefined || typeof found === 'string') socket.destroy();
      resolve(found);
    };
    const timer = clock.after(OPEN_WITHIN_MS, () => give('the gateway does not answer'));
    socket.setEncoding('utf8');
    socket.on('error', () => give(undefined));
    socket.on('close', () => give(undefined));
    socket.on('data', (chunk: string) => {
      if (text.includes('\n') || text.length > MAX_TEXT_BYTES) return;
      text += chunk;
      if (text.includes('\n')) give(foundBehind(socket, text));
    });
  });
}

function foundBehind(socket: Socket, line: string): Found | string {
  const { url: address, pid } = membersOf(line);
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url?.protocol === 'https:') {
    return 'the running gateway answers over TLS only: give the client its URL instead';
  }
  if (url === null || url.protocol !== 'http:' || !isLoopback(bare(url.hostname))) {
    return 'the running gateway listens at no address of this machine';
  }
  return {
    url,
    pid: Number(pid),
    onGone: (task) => {
      if (socket.destroyed) task();
      else socket.once('close', task);
    },
    leave: () => socket.destroy(),
  };
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
