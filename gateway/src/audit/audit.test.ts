import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Refusal, type Exchange } from '../kernel/index.ts';
import { LOCAL, makeExchange } from '../../../test/kit/exchange.ts';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { auditSchema, createAudit, type Audit } from './index.ts';

const OUTCOME = { kind: 'answered', reason: '', isError: false, resultBytes: 0 };

let folder = '';
let file = '';
let clock: ManualClock;
let audit: Audit;
let failures: unknown[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  file = join(folder, 'audit.jsonl');
  clock = new ManualClock();
  failures = [];
});
afterEach(async () => {
  await audit.close();
  await rm(folder, { recursive: true, force: true });
});

function open(options: { file?: string; maxPending?: number } = {}): void {
  audit = createAudit({ file, clock, onFailure: (error) => failures.push(error), ...options });
}

let asked = 0;

/** An identified exchange whose record can be found again by the number returned. */
function exchange(): Exchange {
  asked++;
  return Object.assign(makeExchange(), { principal: LOCAL, asked: String(asked) });
}

/** What the pipeline does with a call: reserve, carry out, record, release. */
function call(): boolean {
  const x = exchange();
  if (audit.reserve(x) instanceof Refusal) return false;
  audit.record(x, OUTCOME);
  x.slot?.release();
  return true;
}

/** What the pipeline does with a call that was refused on its way. */
function refusedCall(): void {
  audit.record(exchange(), { ...OUTCOME, kind: 'refused', reason: 'policy_denied' });
}

async function recordsOf(
  path: string,
): Promise<{ asked: string; outcome: string; count: number }[]> {
  const text = await readFile(path, 'utf8');
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

const numbers = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => String(from + at));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('records', () => {
  test('are written together, 50 ms after the first', async () => {
    open();
    await audit.flush();
    const from = asked + 1;
    call();
    await clock.advance(30);
    call();
    await clock.advance(19);
    expect(audit.counts()).toMatchObject({ written: 0, waiting: 2 });
    await clock.advance(1);
    await until(() => audit.counts().waiting === 0);
    expect((await recordsOf(file)).map((each) => each.asked)).toEqual(numbers(from, 2));
  });

  test('are written at once where there are many', async () => {
    open();
    await audit.flush();
    for (let i = 0; i < 1700; i++) call();
    await until(() => audit.counts().written >= 500);
    await audit.flush();
    expect(await recordsOf(file)).toHaveLength(1700);
  });

  test('are appended in their order, in a file that only its owner may read', async () => {
    open();
    const from = asked + 1;
    for (let i = 0; i < 20; i++) {
      call();
      if (i % 5 === 0) await audit.flush();
    }
    await audit.close();
    open();
    call();
    await audit.flush();
    expect((await recordsOf(file)).map((each) => each.asked)).toEqual(numbers(from, 21));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('are on disk when the log is closed, and none is taken after', async () => {
    open();
    call();
    await audit.close();
    expect(await recordsOf(file)).toHaveLength(1);
    expect(call()).toBe(false);
    refusedCall();
    expect(audit.counts()).toMatchObject({ written: 1, lost: 1, waiting: 0, reserved: 0 });
    expect(clock.pending).toBe(0);
  });

  test('do not continue the half line that a crash left', async () => {
    await writeFile(file, '{"time":"2026-0');
    open();
    call();
    await audit.flush();
    const lines = (await readFile(file, 'utf8')).split('\n');
    expect(lines[0]).toBe('{"time":"2026-0');
    expect(JSON.parse(lines[1]!)).toMatchObject({ outcome: 'answered' });
  });

  test('of callers whom nobody identified are counted, and told once a minute in one line', async () => {
    open();
    const from = (remoteAddress: string, reason: string): void =>
      audit.record(makeExchange({ remoteAddress }), { ...OUTCOME, kind: 'refused', reason });
    for (let i = 0; i < 3; i++) from('10.0.0.1', 'unauthenticated');
    from('10.0.0.1', 'host_forbidden');
    from('10.0.0.2', 'unauthenticated');
    expect(audit.counts()).toMatchObject({ unidentified: 5, waiting: 0 });
    await clock.advance(59_000);
    await audit.flush();
    expect(await recordsOf(file)).toEqual([]);
    await clock.advance(1000);
    await audit.flush();
    expect(await recordsOf(file)).toEqual([
      {
        time: expect.any(String),
        kind: 'unidentified',
        outcome: 'refused',
        seconds: 60,
        count: 5,
        sources: [
          { address: '10.0.0.1', reason: 'unauthenticated', count: 3 },
          { address: '10.0.0.1', reason: 'host_forbidden', count: 1 },
          { address: '10.0.0.2', reason: 'unauthenticated', count: 1 },
        ],
      },
    ]);
    await clock.advance(600_000);
    expect(await recordsOf(file)).toHaveLength(1);
    from('10.0.0.3', 'unauthenticated');
    await audit.close();
    expect(await recordsOf(file)).toHaveLength(2);
  });

  test('of more callers than fit are counted together', async () => {
    open();
    for (let i = 0; i < 5000; i++) {
      const x = makeExchange({ remoteAddress: `2001:db8::${i}` });
      audit.record(x, { ...OUTCOME, kind: 'refused', reason: 'unauthenticated' });
    }
    await clock.advance(60_000);
    await audit.flush();
    const [line] = await recordsOf(file);
    expect(line).toMatchObject({ count: 5000 });
    expect(line).toHaveProperty('sources.length', 251);
    expect(line).toHaveProperty('sources.250', {
      address: 'other',
      reason: 'unauthenticated',
      count: 4750,
    });
  });
});

describe('places', () => {
  test('are held until the record is on disk', async () => {
    open({ maxPending: 2 });
    await audit.flush();
    const first = exchange();
    expect(audit.reserve(first)).toBe(first);
    expect(call()).toBe(true);
    expect(audit.reserve(exchange())).toMatchObject({
      reason: 'audit_unavailable',
      detail: { retryAfterSeconds: 1 },
    });
    audit.record(first, OUTCOME);
    first.slot?.release();
    expect(audit.counts()).toMatchObject({ reserved: 0, waiting: 2 });
    expect(call()).toBe(false);
    await audit.flush();
    expect(call()).toBe(true);
  });

  test('all come back, and every record is written or counted as lost', async () => {
    const action = fc.constantFrom('reserve', 'end', 'refuse', 'flush');
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        open({ maxPending: 5 });
        const under: Exchange[] = [];
        let recorded = 0;
        const end = (x: Exchange): void => {
          audit.record(x, OUTCOME);
          x.slot?.release();
          recorded++;
        };
        for (const next of actions) {
          const x = next === 'end' ? under.shift() : exchange();
          if (next === 'flush') await audit.flush();
          else if (x === undefined) continue;
          else if (next === 'reserve' && !(audit.reserve(x) instanceof Refusal)) under.push(x);
          else end(x);
          const { reserved, waiting } = audit.counts();
          expect(reserved).toBe(under.length);
          expect(reserved + waiting).toBeLessThanOrEqual(5);
        }
        under.forEach(end);
        await audit.close();
        const { written, lost, reserved, waiting } = audit.counts();
        const records = await recordsOf(file);
        const gaps = records.filter((each) => each.outcome === 'records_lost');
        expect({ reserved, waiting }).toEqual({ reserved: 0, waiting: 0 });
        expect(written).toBe(records.length);
        expect(written - gaps.length + lost).toBe(recorded);
        await rm(file);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a disk that fails', () => {
  test.each([
    ['a directory stands where the file should', () => mkdir(file), () => rmdir(file)],
    ['the folder is missing', () => rm(folder, { recursive: true }), () => mkdir(folder)],
    [
      'the folder is a file',
      async () => {
        await rm(folder, { recursive: true });
        await writeFile(folder, '');
      },
      async () => {
        await rm(folder);
        await mkdir(folder);
      },
    ],
  ])('%s: calls are refused until it works again', async (_case, breakIt, mendIt) => {
    await breakIt();
    open();
    await audit.flush();
    expect(audit.counts().isFailing).toBe(true);
    expect(failures).toHaveLength(1);
    expect(call()).toBe(false);
    const from = asked + 1;
    refusedCall();
    await clock.advance(250);
    await until(() => clock.pending > 0);
    expect(call()).toBe(false);
    await mendIt();
    await clock.advance(250);
    await until(() => !audit.counts().isFailing);
    expect(call()).toBe(true);
    await audit.flush();
    const written = (await recordsOf(file)).map((each) => each.asked);
    expect(written).toEqual([String(from), String(asked)]);
    expect(audit.counts().lost).toBe(0);
    expect(failures).toHaveLength(1);
  });

  test('a full disk: what is recorded waits, is tried again and is never lost silently', async () => {
    open({ file: '/dev/full', maxPending: 4 });
    await audit.flush();
    const underWay = [exchange(), exchange()];
    for (const x of underWay) expect(audit.reserve(x)).toBe(x);
    expect(call()).toBe(true);
    await audit.flush();
    expect(failures).toMatchObject([{ code: 'ENOSPC' }]);
    expect(call()).toBe(false);
    for (let i = 0; i < 10; i++) refusedCall();
    expect(audit.counts()).toMatchObject({ reserved: 2, waiting: 2, lost: 9 });
    for (const x of underWay) {
      audit.record(x, OUTCOME);
      x.slot?.release();
    }
    expect(audit.counts()).toMatchObject({ reserved: 0, waiting: 4, lost: 9, written: 0 });
    await audit.close();
    expect(audit.counts()).toMatchObject({ waiting: 0, lost: 13, written: 0 });
  });

  test('records that found no place are mentioned when it works again', async () => {
    await mkdir(file);
    open({ maxPending: 3 });
    await audit.flush();
    for (let i = 0; i < 10; i++) refusedCall();
    await rmdir(file);
    await audit.flush();
    expect((await recordsOf(file)).map(({ outcome, count }) => [outcome, count])).toEqual([
      ['refused', undefined],
      ['refused', undefined],
      ['refused', undefined],
      ['records_lost', 7],
    ]);
  });
});

describe('a file that somebody else moves', () => {
  test('is made again when it was removed', async () => {
    open();
    call();
    await audit.flush();
    await rm(file);
    const from = asked + 1;
    for (let i = 0; i < 3; i++) call();
    await audit.flush();
    expect((await recordsOf(file)).map((each) => each.asked)).toEqual(numbers(from, 3));
    expect(audit.counts()).toMatchObject({ written: 4, lost: 0, isFailing: false });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('is left alone when it was rotated, and a new one begun', async () => {
    open();
    call();
    await audit.flush();
    await rename(file, `${file}.1`);
    call();
    await audit.flush();
    await writeFile(`${file}.new`, '');
    await rename(`${file}.new`, file);
    call();
    await audit.flush();
    expect(await recordsOf(`${file}.1`)).toHaveLength(1);
    expect((await recordsOf(file)).map((each) => each.asked)).toEqual([String(asked)]);
  });

  test('may be written by others as well', async () => {
    open();
    call();
    await audit.flush();
    await appendFile(file, '{"outcome":"theirs"}\n');
    call();
    await audit.flush();
    expect((await recordsOf(file)).map((each) => each.outcome)).toEqual([
      'answered',
      'theirs',
      'answered',
    ]);
  });
});

test.each([
  [{}, true],
  [{ file: 'stdout' }, true],
  [{ file: './audit.jsonl' }, true],
  [{ file: '' }, false],
  [{ path: 'x' }, false],
])('the section %j is valid: %s', (section, isValid) => {
  open();
  expect(auditSchema.safeParse(section).success).toBe(isValid);
});
