/**
 * A server on standard input and output that writes its environment, its arguments and everything it
 * reads into the file that its first argument names, and its secret onto standard error.
 */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { says, type Spoken } from '../canary-brain.ts';

const [, , file = ''] = process.argv;
appendFileSync(file, `${JSON.stringify([process.argv, process.env])}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  appendFileSync(file, `${line}\n`);
  const message = JSON.parse(line) as Spoken;
  if (message.id === undefined) return;
  // A careless server says what it should not.
  process.stderr.write(`heard ${message.method}, with ${process.env['OWN_SECRET']}\n`);
  const said = says(message, false);
  if (said === 'nothing') return;
  const text =
    said === 'garbage' ? '{"jsonrpc"' : JSON.stringify({ jsonrpc: '2.0', id: message.id, ...said });
  process.stdout.write(`${text}\n`);
});
