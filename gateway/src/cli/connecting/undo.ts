/** `drawbridge connect <client> --undo`. */
import { rmSync } from 'node:fs';
import { replaceFile } from '../../config/index.ts';
import type { Machine } from '../clients/client.ts';
import type { OwnPlaces } from '../importing/own-entry.ts';
import { backupPath, digest, dropBackup, readBackup, type Backup } from './backup.ts';
import { editFile } from './edit-file.ts';
import { isOurs } from './entry.ts';
import { serversOf, type Target } from './target.ts';

export type Undo =
  /** The file becomes what it was; `bytes` undefined: it goes. */
  | { readonly kind: 'restored'; readonly bytes: Buffer | undefined }
  /** It was changed since, so only the entry is taken out. */
  | { readonly kind: 'removed'; readonly text: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly why: string };

/** What undoing would do; nothing is touched. */
export function planUndo(target: Target, machine: Machine, name: string, own: OwnPlaces): Undo {
  const { bytes, file, text, client } = target;
  const backup = readBackup(backupPath(machine, client.id, name));
  if (backup !== undefined && isUntouched(backup, file, bytes)) {
    return { kind: 'restored', bytes: backup.before };
  }
  const entry = serversOf(target)[name];
  if (entry === undefined) return { kind: 'nothing' };
  if (!isOurs(entry, own)) {
    return { kind: 'refused', why: `its entry "${name}" does not lead to Drawbridge any more` };
  }
  const without = editFile(text, client.layout, name, undefined);
  return without === undefined
    ? {
        kind: 'refused',
        why: 'it is written in a way that cannot be edited; take the entry out by hand',
      }
    : { kind: 'removed', text: without };
}

function isUntouched(backup: Backup, file: string, bytes: Buffer | undefined): boolean {
  return backup.file === file && bytes !== undefined && digest(bytes) === backup.after;
}

/** Does what was planned. */
export function carryOutUndo(
  undo: Undo,
  { file, client }: Target,
  machine: Machine,
  name: string,
): void {
  if (undo.kind === 'restored' && undo.bytes === undefined) rmSync(file);
  else if (undo.kind === 'restored' && undo.bytes !== undefined) replaceFile(file, undo.bytes);
  else if (undo.kind === 'removed') replaceFile(file, undo.text);
  dropBackup(backupPath(machine, client.id, name));
}
