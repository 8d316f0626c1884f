/** Reading a file that somebody else may have written, or may be writing. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The whole of a regular file.
 * @throws an Error with `code` EFBIG when it is larger than `maxBytes`, EISDIR when it is a
 * directory, a pipe or a device, or what the file system says
 */
export function readBounded(path: string, maxBytes: number): Uint8Array {
  const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(handle).isFile()) throw fault('EISDIR');
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (;;) {
      const count = readSync(handle, buffer, length, buffer.length - length, null);
      length += count;
      if (count === 0) return buffer.subarray(0, length);
      if (length === buffer.length) throw fault('EFBIG');
    }
  } finally {
    closeSync(handle);
  }
}

function fault(code: string): Error {
  return Object.assign(new Error(code), { code });
}
