/**
 * A legacy stdio server that will not go: it ignores SIGTERM and the end of its input, and has forked
 * a grandchild that does the same. Writes both process ids to the file it is given.
 */
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

process.on('SIGTERM', () => undefined);
process.on('SIGHUP', () => undefined);
setInterval(() => undefined, 1000);

const [, , pidFile = ''] = process.argv;
const grandchild = spawn(
  process.execPath,
  ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"],
  { stdio: 'ignore' },
);
appendFileSync(pidFile, `${process.pid}\n${grandchild.pid}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as { id?: number; method?: string };
  if (message.id === undefined) return;
  const result =
    message.method === 'initialize'
      ? {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'stubborn', version: '1' },
        }
      : { tools: [] };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, result })}\n`);
});
