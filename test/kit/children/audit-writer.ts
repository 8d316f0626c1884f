/**
 * Records to the audit file named by the first argument (or `stdout`), as lines on stdin ask:
 * `record <n>`, `break` (closes the descriptor of standard output) and `end`. Answers each on
 * stderr with the counts and whether a call could be recorded.
 */
import { closeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createAudit } from '../../../gateway/src/audit/index.ts';
import { Refusal, systemClock } from '../../../gateway/src/kernel/index.ts';
import { LOCAL, makeExchange } from '../exchange.ts';

// A file at its size limit shall be an error, not the end of the process.
process.on('SIGXFSZ', () => undefined);

const audit = createAudit({ file: process.argv[2] ?? 'stdout', clock: systemClock });
let asked = 0;
let isTaken = true;

for await (const line of createInterface({ input: process.stdin })) {
  const [command, count] = line.split(' ');
  if (command === 'break') closeSync(1);
  if (command === 'end') break;
  for (let i = 0; i < Number(count ?? 0); i++) {
    const x = Object.assign(makeExchange(), { principal: LOCAL, asked: `call ${asked++}` });
    isTaken = !(audit.reserve(x) instanceof Refusal);
    if (!isTaken) continue;
    audit.record(x, { kind: 'answered', reason: '', isError: false, resultBytes: 0 });
    x.slot?.release();
  }
  await audit.flush();
  const { written, waiting, lost, isFailing } = audit.counts();
  process.stderr.write(`${JSON.stringify({ isTaken, written, waiting, lost, isFailing })}\n`);
}
await audit.close();
process.exit(0);
