/** Kept results as files of the gateway's own, readable by its user only. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface ResultFiles {
  /** @returns the file's name; undefined where it cannot be written */
  write(bytes: Buffer): Promise<string | undefined>;
  /** Undefined where it is gone or cannot be read. */
  read(name: string): Promise<Buffer | undefined>;
  /** Never rejects. */
  remove(name: string): Promise<void>;
}

const NAME = /^[0-9a-f]{32}\.result$/;
const MAX_LEFT_OVER = 20_000;

/**
 * @param directory made on first use, for the owner only
 * @param staleMs age from which on a file of this kind was left over by a process that ended
 */
export function createResultFiles(
  directory: string,
  staleMs: number,
  nowMs: () => number,
): ResultFiles {
  let ready: Promise<void> | undefined;
  const remove = async (name: string): Promise<void> => {
    await unlink(join(directory, name)).catch(() => undefined);
  };
  const prepare = async (): Promise<void> => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const names = (await readdir(directory)).filter((name) => NAME.test(name));
    for (const name of names.slice(0, MAX_LEFT_OVER)) {
      const found = await stat(join(directory, name)).catch(() => undefined);
      if (found !== undefined && nowMs() - found.mtimeMs > staleMs) await remove(name);
    }
  };
  return {
    write: async (bytes) => {
      const name = `${randomBytes(16).toString('hex')}.result`;
      try {
        ready ??= prepare();
        await ready;
        await writeNew(join(directory, name), bytes);
        return name;
      } catch {
        ready = undefined;
        await remove(name);
        return undefined;
      }
    },
    read: async (name) => {
      try {
        const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
        const file = await open(join(directory, name), flags);
        try {
          return await file.readFile();
        } finally {
          await file.close();
        }
      } catch {
        return undefined;
      }
    },
    remove,
  };
}

async function writeNew(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}
