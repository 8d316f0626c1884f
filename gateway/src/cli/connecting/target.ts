/** The file of a client that `connect` changes. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Client, Machine } from '../clients/client.ts';
import { readFileText, tableAt, type ReadFile } from '../clients/read-file.ts';

export interface Target {
  readonly client: Client;
  readonly file: string;
  /** Undefined where there is no file yet. */
  readonly bytes: Buffer | undefined;
  readonly text: string;
  readonly read: ReadFile;
}

/** The person's own file: the first that exists, else the first that there could be. */
export function targetOf(client: Client, machine: Machine): Target {
  const paths = pathsOf(client, machine);
  const file = paths.find((path) => existsSync(path)) ?? paths[0] ?? '';
  const bytes = existsSync(file) ? readFileSync(file) : undefined;
  const text = bytes?.toString('utf8') ?? '';
  const isText = bytes === undefined || Buffer.from(text).equals(bytes);
  const read: ReadFile = isText
    ? readFileText(text, client.layout.syntax)
    : { ok: false, line: 1, column: 1, why: 'it is not UTF-8 text' };
  return { client, file, bytes, text, read };
}

/** Whether nobody has written the file since it was read. */
export function sameAsBefore({ file, bytes }: Target): boolean {
  if (!existsSync(file)) return bytes === undefined;
  return bytes !== undefined && readFileSync(file).equals(bytes);
}

/** Makes the folder of a file that is not there yet. */
export function makeDirectory(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
}

/** Whether the client seems to be on this machine. */
export function isInstalled(client: Client, machine: Machine): boolean {
  return pathsOf(client, machine).some((path) => {
    const folder = dirname(path);
    return existsSync(path) || (folder !== machine.home && existsSync(folder));
  });
}

/** The client's servers by name; none where the file cannot be read. */
export function serversOf({ read, client }: Target): Readonly<Record<string, unknown>> {
  return read.ok ? tableAt(read.value, client.layout.keys) : {};
}

function pathsOf({ files }: Client, machine: Machine): string[] {
  return files.flatMap(({ scope, path }) => {
    const found = scope === 'user' ? path(machine) : undefined;
    return found === undefined ? [] : [found];
  });
}
