/**
 * `npm run eval:isolation [calls] [principals]`: says how many calls of how many callers went on at
 * the same time, and fails as soon as anybody hears anything that is not theirs.
 */
import { runIsolation } from './run.ts';

const [, , calls = '1000000', principals = '100'] = process.argv;
const total = Number(calls);
const { deeds, seconds } = await runIsolation(total, Number(principals), (made) => {
  process.stderr.write(`\r${made} of ${total} calls`);
});
const kinds = Object.entries(deeds).map(([deed, count]) => `${deed} ${count}`);
process.stdout.write(
  `\n${total} calls of ${principals} callers with the same ids in ${seconds.toFixed(0)} s ` +
    `(${kinds.join(', ')}): nothing reached another caller.\n`,
);
