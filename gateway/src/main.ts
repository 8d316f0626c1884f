/** The process: one command, then the end. */
import { run } from './cli/index.ts';

// A reader that has seen enough (head, less) is no error.
process.stdout.on('error', (error: Error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Timers of the gateway keep no process alive, but a command lives until it has its answer.
setInterval(() => {}, 60_000);

const exit = await run(process.argv);
// What a library keeps open must not keep the process; what has been written must get out.
process.stdout.write('', () => process.exit(exit));
