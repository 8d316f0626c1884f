import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startAskingServer, type AskingServer } from './asking-server.ts';
import { shareOf, type Measured } from './figures.ts';
import { ModernCaller } from './modern-caller.ts';
import type { Reading } from './reading.ts';
import { startSubject, type Bench } from './subject.ts';

const CALLS = 1000;
const FIRST_CALLS = 50;
const FLOOR_BYTES = 30 * 1024;
/** What may be left behind of a call: less than anything that stands for one. */
const LEAK_BYTES = 256;
/** Connections to the upstream that need not be closed: its session's own. */
const FEW_CONNECTIONS = 4;
const CLOSED_WITHIN_MS = 30_000;

/** What calls cost whose callers have been asked something and have not answered. */
export async function measureParked({ entry, folder, rounds }: Bench): Promise<Measured> {
  const server = await startAskingServer();
  const subject = await startSubject(entry, join(folder, 'parked'), server.url);
  const caller = new ModernCaller(subject.port);
  const readings: [string, Reading][] = [];
  const read = async (what: string): Promise<Reading> => {
    const reading = await subject.read();
    readings.push([what, reading]);
    return reading;
  };
  const answerAll = async (): Promise<void> => {
    await caller.answer();
    await untilClosed(server);
  };
  try {
    await caller.park(FIRST_CALLS);
    await answerAll();
    const cold = await read(`none, after ${FIRST_CALLS} calls`);
    await caller.park(CALLS);
    const shares = [shareOf('parked, first time', CALLS, cold, await read(`${CALLS} parked`))];
    await answerAll();
    const start = await read('none, warm');
    let last = start;
    for (let round = 1; round <= rounds; round++) {
      await caller.park(CALLS);
      const parked = await read(`${CALLS} parked, round ${round}`);
      shares.push(shareOf(`parked, round ${round}`, CALLS, last, parked, FLOOR_BYTES));
      await answerAll();
      last = await read(`none, after round ${round}`);
    }
    const left = shareOf('left by all rounds', rounds * CALLS, start, last);
    const failures = badly(server, FIRST_CALLS + (rounds + 1) * CALLS);
    const leftBytes = left.heapBytes + left.externalBytes;
    if (leftBytes > LEAK_BYTES) {
      failures.push(`${rounds} rounds leave ${leftBytes.toFixed(0)} bytes of each call`);
    }
    return { title: 'parked calls', readings, shares: [...shares, left], failures };
  } finally {
    await subject.stop();
    server.close();
  }
}

function badly(server: AskingServer, expected: number): string[] {
  const failures: string[] = [];
  if (server.open() > 0) failures.push(`${server.open()} calls are still open at the upstream`);
  if (server.answered() !== expected) {
    failures.push(`the upstream got ${server.answered()} of ${expected} answers`);
  }
  return failures;
}

/** Kept-alive connections are no part of what is measured, so they have to be closed first. */
async function untilClosed(server: AskingServer): Promise<void> {
  const limit = performance.now() + CLOSED_WITHIN_MS;
  while ((await server.connections()) > FEW_CONNECTIONS) {
    if (performance.now() > limit) throw new Error('the gateway keeps connections to the upstream');
    await delay(100);
  }
}
