/** The entry by which a client reaches this gateway. */
import { realpathSync } from 'node:fs';
import { DEFAULT_ENDPOINT } from '../../kernel/index.ts';
import type { Layout } from '../clients/client.ts';
import { isTable } from '../clients/read-file.ts';
import { isOwnAddress, isOwnCommand, type OwnPlaces } from '../importing/own-entry.ts';

export type Entry = Readonly<Record<string, unknown>>;

/** What it is called in the client's file. */
export function entryName(endpoint: string): string {
  return endpoint === DEFAULT_ENDPOINT ? 'drawbridge' : `drawbridge-${endpoint}`;
}

/** An entry that starts `drawbridge stdio`. @param words the whole command line */
export function commandEntry(layout: Layout, words: readonly string[]): Entry {
  const [command = '', ...args] = words;
  const type = layout.stdioType === undefined ? {} : { type: layout.stdioType };
  const run = layout.isCommandList === true ? { command: words } : { command, args };
  return { ...type, ...run, ...layout.more };
}

export function addressEntry(layout: Layout, url: string): Entry {
  const type = layout.httpType === undefined ? {} : { type: layout.httpType };
  return { ...type, [layout.urlKey]: url, ...layout.more };
}

/**
 * The command line of `drawbridge stdio`. Clients with a window of their own know no search path of
 * a shell, so programs are named by their whole paths.
 * @param script the file that this process was started with
 */
export function stdioCommand(
  script: string,
  version: string,
  config: string,
  endpoint: string,
): readonly string[] {
  const real = realpathSync(script);
  // A package that was only fetched to be run once is gone again some day.
  const isFetched = /[\\/]_npx[\\/]/.test(real);
  const program = isFetched ? ['npx', '-y', `drawbridge@${version}`] : [process.execPath, real];
  const more = endpoint === DEFAULT_ENDPOINT ? [] : ['--endpoint', endpoint];
  return [...program, 'stdio', '--config', config, ...more];
}

/** Whether an entry leads to a gateway of ours, by a command or by an address. */
export function isOurs(entry: unknown, own: OwnPlaces): boolean {
  if (!isTable(entry)) return false;
  const { command } = entry;
  const args: unknown = entry['args'];
  const words = [command, args].flat().filter((word) => typeof word === 'string');
  if (command !== undefined) return isOwnCommand(words);
  const address = [entry['url'], entry['serverUrl'], entry['httpUrl']].find(
    (each) => typeof each === 'string',
  );
  const url = address === undefined ? null : URL.parse(address);
  return url !== null && isOwnAddress(url, own);
}
