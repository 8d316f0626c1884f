import { join } from 'node:path';
import { startAskingServer } from './asking-server.ts';
import { shareOf, type Measured } from './figures.ts';
import { LegacyCallers, type SessionKind } from './legacy-callers.ts';
import { startSubject, type Bench } from './subject.ts';

const FIRST_SESSIONS = 500;
const FEW = 1000;
const MANY = 5000;

const FLOORS_BYTES: Readonly<Record<SessionKind, number>> = {
  'no stream': 4 * 1024,
  stream: 25 * 1024,
  'HTTP+SSE': 25 * 1024,
};

/** What sessions of the legacy era cost whose clients do nothing, for each way to keep one. */
export const measureSessions = (['no stream', 'stream', 'HTTP+SSE'] as const).map(
  (kind) => (bench: Bench) => measure(bench, kind),
);

async function measure({ entry, folder }: Bench, kind: SessionKind): Promise<Measured> {
  const server = await startAskingServer();
  const name = kind.replaceAll(/\W/g, '-');
  const subject = await startSubject(entry, join(folder, name), server.url);
  const callers = new LegacyCallers(subject.port, kind);
  const floor = FLOORS_BYTES[kind];
  try {
    await callers.begin(FIRST_SESSIONS);
    const none = await subject.read();
    await callers.begin(FEW);
    const few = await subject.read();
    await callers.begin(MANY - FEW);
    const many = await subject.read();
    return {
      title: `sessions, ${kind}`,
      readings: [
        [`${FIRST_SESSIONS} sessions`, none],
        [`${FEW} more`, few],
        [`${MANY} more`, many],
      ],
      shares: [
        shareOf(`session, ${kind}`, FEW, none, few, floor),
        shareOf(`session, ${kind}`, MANY, none, many, floor),
      ],
      failures: [],
    };
  } finally {
    callers.close();
    await subject.stop();
    server.close();
  }
}
