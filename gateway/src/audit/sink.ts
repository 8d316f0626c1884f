/** Where records go: appended in batches, so that a call never waits for the disk. */
import { open, type FileHandle } from 'node:fs/promises';

/** Takes whole batches of lines, one after another. */
export interface Sink {
  /** Rejects where the batch is not (or not wholly) written. */
  write(batch: string): Promise<void>;
  close(): Promise<void>;
}

/** @param file a path, or `stdout` */
export function openSink(file: string): Sink {
  return file === 'stdout' ? stdoutSink() : new FileSink(file);
}

/** Opens the file when first written to, and again after a failure. */
class FileSink implements Sink {
  private readonly file: string;
  private handle: FileHandle | undefined;

  constructor(file: string) {
    this.file = file;
  }

  async write(batch: string): Promise<void> {
    try {
      this.handle ??= await open(this.file, 'a', 0o600);
      await this.handle.appendFile(batch);
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
}

function stdoutSink(): Sink {
  return {
    write: (batch) =>
      new Promise((resolve, reject) => {
        process.stdout.write(batch, (error) => (error == null ? resolve() : reject(error)));
      }),
    close: () => Promise.resolve(),
  };
}
