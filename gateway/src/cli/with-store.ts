/** The state of a gateway, for commands that work beside one that may be running. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { STORE_FILE, openStore, type Store } from '../store/index.ts';
import type { CommonOptions } from './config-file.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { RecordedChanges, Unrecorded } from './recorded-changes.ts';
import { findState } from './state-place.ts';

/**
 * Opens the store that the configuration names; the variables it uses elsewhere need not be set for
 * that. What `work` changes goes through `changes`; what cannot be recorded there is refused.
 */
export async function withStore(
  out: Output,
  options: CommonOptions,
  work: (store: Store, changes: RecordedChanges) => Promise<ExitCode>,
): Promise<ExitCode> {
  const place = await findState(out, options, true);
  if (typeof place === 'number') return place;
  mkdirSync(place.stateDir, { recursive: true, mode: 0o700 });
  const store = await openStore(join(place.stateDir, STORE_FILE));
  try {
    return await work(store, changesAt(out, place.recordFile));
  } catch (error) {
    if (error instanceof Unrecorded) return failUnrecorded(out, error);
    throw error;
  } finally {
    await store.close();
  }
}

/** @param recordFile where they are recorded, absolute */
export function changesAt(out: Output, recordFile: string): RecordedChanges {
  return new RecordedChanges(recordFile, (text) => out.note(text));
}

/** Says why a change was refused. @returns the exit code */
export function failUnrecorded(out: Output, { message }: Unrecorded): ExitCode {
  return out.fail({
    exit: EXIT.problem,
    code: 'audit_unavailable',
    message,
    hint: 'let whoever runs this command write there, or name another file in audit.file',
  });
}
