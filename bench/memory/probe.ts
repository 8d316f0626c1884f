/** Loaded into the gateway before its own code: collects and counts when its parent asks for it. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reading } from './reading.ts';

const PASSES = 6;
const SETTLE_MS = 50;
/** Readings that differ by less than this are the same. */
const SAME_BYTES = 128 * 1024;
const MAX_LOOKS = 10;

const live = new Set<unknown>();
countTimers();

process.on('message', () => {
  read().then(
    (reading) => process.send?.(reading),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.channel?.unref();

/** Collects until there is nothing more to be had; a last resort also gives free pages back. */
async function read(): Promise<Reading> {
  let before = Infinity;
  for (let look = 0; look < MAX_LOOKS; look++) {
    await collect();
    const pssBytes = readPss();
    if (before - pssBytes < SAME_BYTES) break;
    before = pssBytes;
  }
  const { heapUsed, external } = process.memoryUsage();
  const timers = live.size;
  return { pssBytes: readPss(), heapBytes: heapUsed, externalBytes: external, timers };
}

async function collect(): Promise<void> {
  for (let pass = 0; pass < PASSES; pass++) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await delay(SETTLE_MS);
  }
}

function readPss(): number {
  const text = readFileSync('/proc/self/smaps_rollup', 'utf8');
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
  return (kilobytes('Pss') - kilobytes('Pss_File')) * 1024;
}

/** The gateway's timers keep no process alive, so Node's own list of them does not show them. */
function countTimers(): void {
  const { setTimeout: once, clearTimeout: clear, setInterval: again } = globalThis;
  const forget = (handle: unknown): void => {
    live.delete(handle);
  };
  Reflect.set(globalThis, 'setTimeout', (task: () => void, ms: number, ...more: never[]) => {
    const handle = once(() => {
      forget(handle);
      Reflect.apply(task, undefined, more);
    }, ms);
    live.add(handle);
    return handle;
  });
  Reflect.set(globalThis, 'setInterval', (task: () => void, ms: number, ...more: never[]) => {
    const handle = again(() => Reflect.apply(task, undefined, more), ms);
    live.add(handle);
    return handle;
  });
  const cancel = (handle: NodeJS.Timeout): void => {
    forget(handle);
    clear(handle);
  };
  Reflect.set(globalThis, 'clearTimeout', cancel);
  Reflect.set(globalThis, 'clearInterval', cancel);
}
