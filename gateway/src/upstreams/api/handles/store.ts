import { randomBytes } from 'node:crypto';
import type { Clock, Timer } from '../../../kernel/index.ts';
import type { HandleLimits, HandleOwner, HandleStore } from './contract.ts';
import { createResultFiles, type ResultFiles } from './files.ts';
import { createShelf, type Shelf } from './shelf.ts';

const ID_BYTES = 16;

/**
 * Keeps results for as long as this process lives. What expires is forgotten within one more age.
 * @param directory for what memory has no room for; '' keeps everything in memory
 */
export function createHandleStore(
  directory: string,
  clock: Clock,
  limits: HandleLimits,
): HandleStore {
  const files =
    directory === ''
      ? undefined
      : createResultFiles(directory, limits.maxAgeMs * 2, () => clock.nowMs());
  const shelf = createShelf(files, limits);
  let timer: Timer | undefined;
  const sweep = (): void => {
    timer = undefined;
    shelf.dropExpired(clock.nowMs());
    if (shelf.count() > 0) timer = clock.after(limits.maxAgeMs, sweep);
  };
  return {
    put: async (owner, result) => {
      const { bytes, ...about } = result;
      shelf.dropExpired(clock.nowMs());
      const key = ownerKey(owner);
      const kept = await place(shelf, files, limits, key, bytes);
      if (kept === undefined) return undefined;
      const id = randomBytes(ID_BYTES).toString('base64url');
      const expiresAtMs = clock.nowMs() + limits.maxAgeMs;
      shelf.add(id, { owner: key, about, size: bytes.length, ...kept, expiresAtMs });
      timer ??= clock.after(limits.maxAgeMs, sweep);
      return id;
    },
    get: async (owner, id) => {
      const entry = shelf.find(id);
      if (entry === undefined || entry.owner !== ownerKey(owner)) return undefined;
      if (clock.nowMs() >= entry.expiresAtMs) return undefined;
      const bytes = entry.bytes ?? (await files?.read(entry.file));
      return bytes === undefined ? undefined : { ...entry.about, bytes };
    },
    close: async () => {
      timer?.cancel();
      timer = undefined;
      await shelf.clear();
    },
  };
}

function ownerKey({ principal, endpoint, upstream }: HandleOwner): string {
  return JSON.stringify([principal, endpoint, upstream]);
}

/** Makes room first, so that memory and disk never hold more than they may. */
async function place(
  shelf: Shelf,
  files: ResultFiles | undefined,
  limits: HandleLimits,
  owner: string,
  bytes: Buffer,
): Promise<{ readonly bytes: Buffer | undefined; readonly file: string } | undefined> {
  const { length } = bytes;
  if (length > Math.min(limits.maxOwnerBytes, limits.maxBytes)) return undefined;
  if (files === undefined && length > limits.maxMemoryBytes) return undefined;
  shelf.makeRoom(owner, length, files === undefined ? limits.maxMemoryBytes : limits.maxBytes);
  if (shelf.memoryBytes() + length <= limits.maxMemoryBytes) {
    // A view would keep alive all of what it is a part of.
    return { bytes: length < bytes.buffer.byteLength ? Buffer.from(bytes) : bytes, file: '' };
  }
  if (files === undefined) return undefined;
  const release = shelf.reserve(length);
  const file = await files.write(bytes);
  release();
  return file === undefined ? undefined : { bytes: undefined, file };
}
