import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../../../test/kit/manual-clock.ts';
import { principalOf } from '../kernel/index.ts';
import { createAudit, type Audit, type ChangeEntry } from './index.ts';

const ADA = principalOf({
  id: 'key:3f0a91c2d4e5',
  kind: 'user',
  verifiedBy: 'key',
  user: 'ada',
  team: 'platform',
});
const ENTRY: ChangeEntry = {
  principal: ADA,
  action: 'keys.write',
  thing: 'key 0123456789ab',
  outcome: 'done',
};

let folder = '';
let file = '';
let audit: Audit;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'change-'));
  file = join(folder, 'audit.jsonl');
  audit = createAudit({ file, clock: new ManualClock() });
});
afterEach(async () => {
  await audit.close();
  await rm(folder, { recursive: true, force: true });
});

async function written(): Promise<unknown[]> {
  await audit.flush();
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

test('says who changed what, and leaves out what is empty', async () => {
  expect(audit.change(ENTRY)).toBe(true);
  expect(await written()).toEqual([
    {
      time: expect.any(String),
      kind: 'change',
      principal: 'key:3f0a91c2d4e5',
      user: 'ada',
      team: 'platform',
      verifiedBy: 'key',
      action: 'keys.write',
      thing: 'key 0123456789ab',
      outcome: 'done',
    },
  ]);
});

test('takes the decision and details, and the id of a change in several records', async () => {
  audit.change({
    ...ENTRY,
    id: 'cli-1',
    outcome: 'refused',
    decision: { id: 'd-1', rule: 'auditors only read' },
    details: { scopes: ['a'], days: 90 },
  });
  expect(await written()).toEqual([
    expect.objectContaining({
      id: 'cli-1',
      decision: 'd-1',
      rule: 'auditors only read',
      outcome: 'refused',
      details: { scopes: ['a'], days: 90 },
    }),
  ]);
});

test('stays on one line that is safe to show, whatever others wrote', async () => {
  audit.change({ ...ENTRY, thing: 'a\nb\u202ec\u2028', details: { 'k\u2029': 'x\u009b\n' } });
  audit.change({ ...ENTRY, thing: 'x'.repeat(1000), details: { text: 'y'.repeat(10_000) } });
  const text = await written().then(() => readFile(file, 'utf8'));
  expect(text.match(/\n/g)).toHaveLength(2);
  expect(text).not.toMatch(/[\u007f-\u009f\u2028-\u202e]/);
  expect(text.length).toBeLessThan(2000);
});

test('says so where the record could not be kept', async () => {
  await audit.close();
  expect(audit.change(ENTRY)).toBe(false);
});
