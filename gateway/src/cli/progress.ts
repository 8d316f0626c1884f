/** A sign of life for anything that takes longer than a second. */
import type { Clock } from '../kernel/index.ts';
import type { Output } from './output.ts';

const PATIENCE_MS = 1000;

/**
 * Waits for `work`; after a second says on standard error what is being waited for, and on a
 * terminal takes the line away again when it is done.
 */
export async function withProgress<T>(
  out: Output,
  clock: Clock,
  what: string,
  work: Promise<T>,
): Promise<T> {
  const { stderr } = out.surroundings;
  const isTty = stderr.isTTY === true;
  let shown = false;
  const timer = clock.after(PATIENCE_MS, () => {
    shown = true;
    stderr.write(isTty ? `${what} …` : `${what} …\n`);
  });
  try {
    return await work;
  } finally {
    timer.cancel();
    if (shown && isTty) stderr.write('\r\u001b[2K');
  }
}
