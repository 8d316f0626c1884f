/** Entries that point at this gateway: taking them over would make it its own upstream. */
import { basename } from 'node:path';
import { isLoopback } from '../../listeners/index.ts';

export interface OwnPlaces {
  /** Ports on this machine at which the gateway listens, or may. */
  readonly ports: ReadonlySet<string>;
  /** Hosts of its public address. */
  readonly hosts: ReadonlySet<string>;
}

const PATH = /^\/(?:mcp|sse)(?:\/|$)/;

export function isOwnAddress(url: URL, { ports, hosts }: OwnPlaces): boolean {
  if (!PATH.test(url.pathname)) return false;
  if (hosts.has(url.host)) return true;
  const isHere = isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
  return isHere && ports.has(url.port === '' ? '80' : url.port);
}

/** `drawbridge stdio`, however it is started. */
export function isOwnCommand(words: readonly string[]): boolean {
  const names = words.map((word) =>
    basename(word.replaceAll('\\', '/'))
      .replace(/\.(?:exe|cmd|js)$/i, '')
      .replace(/(?<=.)@.*$/, ''),
  );
  const at = names.indexOf('drawbridge');
  return at >= 0 && names.indexOf('stdio', at) > at;
}
