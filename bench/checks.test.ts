import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countCalls } from './audit-lines.ts';
import type { TargetFigures } from './figures.ts';
import { readLoadResult } from './load.ts';
import { toolNames } from './readiness.ts';
import { failuresOf } from './report.ts';
import { missingPrograms } from './requirements.ts';
import { orderOf } from './rotation.ts';
import { cpuBetween } from './scheduler.ts';

const GOOD = {
  sent: 3,
  requests: 3,
  errors: 0,
  wrong: 0,
  lost: 0,
  reconnects: 0,
  seconds: 1,
  generatorCpuUs: 9,
  p50Us: 1,
  p90Us: 1,
  p99Us: 1,
  maxUs: 1,
};

test.each([{ wrong: 1 }, { errors: 1 }, { lost: 1 }, { requests: 2 }, { sent: 0, requests: 0 }])(
  'a load with %j fails',
  (flaw) => {
    expect(readLoadResult('nginx', JSON.stringify(GOOD))).toEqual(GOOD);
    const report = { ...GOOD, ...flaw, failure: 'why', sample: 'HTTP/1.1 401' };
    expect(() => readLoadResult('nginx', JSON.stringify(report))).toThrow('nginx: ');
  },
);

test('a report of the generator without a figure is refused', () => {
  expect(() => readLoadResult('nginx', JSON.stringify({ ...GOOD, wrong: undefined }))).toThrow(
    '"wrong"',
  );
});

test('audit records of other methods do not count, and a broken line is an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
  const file = join(folder, 'audit.jsonl');
  const lines = ['tools/call', 'tools/list', 'tools/call'].map((method) =>
    JSON.stringify({ method }),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
  expect(await countCalls(file)).toBe(2);
  writeFileSync(file, `${lines.join('\n')}\n{"method":"tools/c`);
  await expect(countCalls(file)).rejects.toThrow('line 4');
  rmSync(folder, { recursive: true });
});

test('a run fails above the budget and when records are missing', () => {
  const figures = { target: 'gateway', ratioToNginx: 3.9 } as TargetFigures;
  const run = { targets: [figures], latency: [], loadAverage: [] };
  expect(failuresOf(run, 1, 3.8)).toEqual([expect.stringContaining('3.90 times nginx')]);
  expect(failuresOf(run, 1, 4)).toEqual([]);
  const audit = { sent: 10, recorded: 9 };
  expect(failuresOf({ ...run, audit }, 2, 4)).toEqual([expect.stringContaining('run 2: 10 calls')]);
});

test.each([
  ['{"result":{"tools":[{"name":"a"},{"name":"b"}]}}', ['a', 'b']],
  ['event: message\ndata: {"result":{"tools":[{"name":"a"}]}}\n\n', ['a']],
  ['{"error":{"code":-32601}}', []],
])('tools named in %j', (body, names) => {
  expect(toolNames(body)).toEqual(names);
});

test('missing programs are named with the package that has them', () => {
  const found = missingPrograms((name) => (name === 'nginx' ? undefined : `/usr/bin/${name}`));
  expect(found).toEqual(['nginx is missing (Debian: apt-get install nginx-light)']);
});

test('each target comes first in turn', () => {
  expect([0, 1, 2, 3].map((round) => orderOf(['a', 'b', 'c'], round).join(''))).toEqual([
    'abc',
    'bca',
    'cab',
    'abc',
  ]);
});

test('new threads count whole, and a thread that ended is an error', () => {
  const before = new Map([[1, 100]]);
  expect(
    cpuBetween(
      before,
      new Map([
        [1, 150],
        [2, 30],
      ]),
    ),
  ).toBe(80);
  expect(() => cpuBetween(before, new Map([[2, 30]]))).toThrow('thread 1 ended');
});
