/** Where records go: whole batches of lines, appended so that a call never waits for the disk. */
import { write as writeFd } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Takes batches one after another. */
export interface Sink {
  /**
   * Appends a batch. Rejects where not all of it could be written; then the same batch is expected
   * again, and what was written of it is not repeated.
   */
  write(batch: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** @param file a path, or `stdout` */
export function openSink(file: string): Sink {
  return file === 'stdout' ? new StdoutSink() : new FileSink(file);
}

/**
 * Opens the file when first written to, after a failure, and when the path no longer leads to the
 * open file: a rotated log is continued in a new file, a removed one is made again.
 */
class FileSink implements Sink {
  private readonly file: string;
  private handle: FileHandle | undefined;
  private inode = '';
  private batch: Buffer | undefined;
  private sentBytes = 0;

  constructor(file: string) {
    this.file = file;
  }

  async write(batch: Buffer): Promise<void> {
    if (batch !== this.batch) {
      this.batch = batch;
      this.sentBytes = 0;
    }
    try {
      await this.append(batch);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { handle } = this;
    this.handle = undefined;
    await handle?.close().catch(() => undefined);
  }

  private async append(batch: Buffer): Promise<void> {
    const handle = await this.current();
    while (this.sentBytes < batch.length) {
      const { bytesWritten } = await handle.write(batch, this.sentBytes);
      this.sentBytes += bytesWritten;
    }
    const { nlink } = await handle.stat();
    if (nlink > 0) return;
    this.sentBytes = 0;
    throw new Error(`${this.file} was removed while it was written to`);
  }

  private async current(): Promise<FileHandle> {
    if (this.handle !== undefined) {
      const found = await stat(this.file).catch(() => undefined);
      if (found !== undefined && inodeOf(found) === this.inode) return this.handle;
      await this.close();
    }
    const handle = await open(this.file, 'a+', 0o600);
    this.handle = handle;
    const found = await handle.stat();
    if (inodeOf(found) !== this.inode) {
      this.inode = inodeOf(found);
      this.sentBytes = 0;
    }
    if (this.sentBytes === 0 && found.isFile()) await endLastLine(handle, found.size);
    return handle;
  }
}

function inodeOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

/** A crash may have left half a line; the next record must not become part of it. */
async function endLastLine(handle: FileHandle, size: number): Promise<void> {
  if (size === 0) return;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  if (last[0] !== 0x0a) await handle.write('\n');
}

const STDOUT = 1;
const writeSome = promisify(writeFd);

/** Writes to the descriptor itself: `process.stdout` would block every call on a slow reader. */
class StdoutSink implements Sink {
  private batch: Buffer | undefined;
  private sentBytes = 0;

  async write(batch: Buffer): Promise<void> {
    if (batch !== this.batch) {
      this.batch = batch;
      this.sentBytes = 0;
    }
    while (this.sentBytes < batch.length) {
      const { bytesWritten } = await writeSome(STDOUT, batch, this.sentBytes);
      this.sentBytes += bytesWritten;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
