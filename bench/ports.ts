import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { processTree } from './scheduler.ts';

const LISTENING = '0A';

/** Socket inodes that listen on `port`, on any address, from the text of /proc/net/tcp or tcp6. */
export function listenersIn(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) === true && fields[3] === LISTENING)
    .flatMap((fields) => fields[9] ?? []);
}

/** Socket inodes that listen on `port` now. */
export function listenersOn(port: number): string[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    listenersIn(readFileSync(file, 'utf8'), port),
  );
}

/** A loopback port that nobody holds. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  refuseTaken(address.port);
  return address.port;
}

/** Throws when anybody listens on the port: a stale process would answer in the subject's place. */
export function refuseTaken(port: number): void {
  if (listenersOn(port).length === 0) return;
  throw new Error(`port ${port} is taken by another process; end it and run again`);
}

/** Throws unless exactly this process (or its children) listens on the port. */
export function verifyListener(name: string, pid: number, port: number): void {
  const owned = new Set(processTree(pid).flatMap(socketsOf));
  const listeners = listenersOn(port);
  if (listeners.length > 0 && listeners.every((inode) => owned.has(inode))) return;
  throw new Error(`port ${port} is not held by ${name} (process ${pid}) alone`);
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((descriptor) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${descriptor}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}
