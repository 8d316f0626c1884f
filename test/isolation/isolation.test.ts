/** Callers with the same ids at the same time: nobody hears anything of another. */
import { expect, test } from 'vitest';
import { runIsolation } from './run.ts';

const CALLS = 50_000;
const CALLERS = 100;

test(
  'no answer, list, progress or error reaches another caller',
  { timeout: 300_000 },
  async () => {
    const { calls, deeds } = await runIsolation(CALLS, CALLERS);
    expect(calls).toBe(CALLS);
    for (const count of Object.values(deeds)) expect(count).toBeGreaterThan(CALLS / 50);
  },
);
