/** Files that only their owner may read: checked before they are read, never seen half written. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface PrivateFileRules {
  readonly maxBytes: number;
  /** Where it is not ours to make, it may be a link, as files are that orchestrators mount. */
  readonly mayBeLink: boolean;
  /** What to do where the file is no good, for messages; '' for nothing to say. */
  readonly wayOut: string;
  readonly error: (message: string) => Error;
}

/**
 * The text of a file; undefined where there is none.
 * @throws what `rules.error` makes: others may read it, it belongs to somebody else, is a link, is
 *   too large, or cannot be read
 */
export async function readPrivateFile(
  path: string,
  rules: PrivateFileRules,
): Promise<string | undefined> {
  const { error: fault, maxBytes, mayBeLink, wayOut } = rules;
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | (mayBeLink ? 0 : constants.O_NOFOLLOW));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP') {
      throw fault(`${path} is a symbolic link; the keys must be a file of their own.`);
    }
    throw fault(`${path} cannot be read: ${messageOf(error)}.`);
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw fault(`${path} is not a file.`);
    if (process.platform !== 'win32') checkOwner(path, stat.mode, stat.uid, rules);
    if (stat.size > maxBytes) {
      throw fault(`${path} is larger than ${maxBytes} bytes. ${wayOut}`.trimEnd());
    }
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function checkOwner(
  path: string,
  mode: number,
  uid: number,
  { error: fault, mayBeLink }: PrivateFileRules,
): void {
  if ((mode & 0o077) !== 0) {
    const afterwards = mayBeLink ? 'make new keys' : 'delete it, so that new keys are made';
    throw fault(
      `${path} may be read or written by others (mode ${(mode & 0o777).toString(8)}). ` +
        `Run: chmod 600 ${path} – and if others have had access, ${afterwards}.`,
    );
  }
  const self = process.geteuid?.() ?? uid;
  const isRootsMount = mayBeLink && uid === 0;
  if (uid !== self && self !== 0 && !isRootsMount) {
    throw fault(`${path} belongs to another user (uid ${uid}); it must be your own.`);
  }
}

/** Makes a file (0600) that is not there yet. @returns whether it was this that made it */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const draft = await writeDraft(path, text);
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
  await syncFolder(path);
  return true;
}

/** Puts a file (0600) in the place of another; whoever reads sees the one or the other. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text);
  try {
    await rename(draft, path);
  } catch (error) {
    await unlink(draft);
    throw error;
  }
  await syncFolder(path);
}

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

/** The name of a new file is on the disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(join(dirname(path), '.'), constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
