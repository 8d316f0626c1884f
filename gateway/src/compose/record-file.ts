/** Where a configuration has records written. */
import { resolve } from 'node:path';

/** What a configuration says of it. */
export interface RecordPlace {
  readonly audit: { readonly file?: string | undefined };
  readonly server: { readonly stateDir: string };
}

/**
 * @param directory the folder that relative paths of the configuration begin at
 * @returns the path of the record; undefined where it goes to standard output
 */
export function recordFile({ audit, server }: RecordPlace, directory: string): string | undefined {
  if (audit.file === 'stdout') return undefined;
  return audit.file === undefined
    ? ownRecordFile(resolve(directory, server.stateDir))
    : resolve(directory, audit.file);
}

/** The record in a state folder, where nothing else is said. */
export function ownRecordFile(stateDir: string): string {
  return resolve(stateDir, 'audit.jsonl');
}
