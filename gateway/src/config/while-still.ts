/** Reading files that somebody may be writing just now. */
import { statSync } from 'node:fs';
import type { Clock } from '../kernel/index.ts';

/** A file that did not change for this long is taken to be whole. */
const STILL_MS = 100;

/** A file that never rests is read nonetheless after so many looks. */
const MAX_LOOKS = 20;

/**
 * What `read` gives of a file that was not changed shortly before, nor meanwhile. An editor that
 * empties a file and then fills it leaves, for a moment, one that is valid and means something else.
 * @param read is asked again where the file changed while it read
 */
export async function whileStill<T>(
  file: string,
  read: () => T | Promise<T>,
  clock: Clock,
): Promise<T> {
  for (let looks = 1; ; looks += 1) {
    const stamp = stampOf(file);
    await new Promise<void>((done) => clock.after(STILL_MS, done));
    const isLast = looks >= MAX_LOOKS;
    if (stampOf(file) !== stamp && !isLast) continue;
    const found = await read();
    if (isLast || stampOf(file) === stamp) return found;
  }
}

/** Equal where nothing was written in between; '' for a file that is not there. */
function stampOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return '';
  }
}
