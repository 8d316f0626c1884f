import { spawn } from 'node:child_process';

/**
 * Ignores SIGTERM and the end of its input, and starts a second process that does the same. With
 * the argument `leaf` it is that second process; with `leave`, it exits as soon as both run.
 */
const role = process.argv[2] ?? 'root';
process.on('SIGTERM', () => {});
process.stdin.on('error', () => {}).resume();
setInterval(() => {}, 60_000);

if (role === 'leaf') {
  process.send?.('ready');
  process.disconnect?.();
} else {
  const leaf = spawn(process.execPath, [import.meta.filename, 'leaf'], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  leaf.once('message', () => {
    const line = `${JSON.stringify({ root: process.pid, leaf: leaf.pid })}\n`;
    process.stdout.write(line, () => {
      if (role === 'leave') process.exit(3);
    });
  });
}
