/** The asking server as a process; its first argument is the era. */
import { createInterface } from 'node:readline';
import { AskingBrain, type Message } from '../asking-brain.ts';

const brain = new AskingBrain(process.argv[2] === 'modern', () => process.exit(4));
createInterface({ input: process.stdin }).on('line', (line) => {
  brain.take(JSON.parse(line) as Message, (message) => {
    process.stdout.write(`${JSON.stringify(message)}\n`);
  });
});
