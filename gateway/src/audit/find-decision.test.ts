import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { principalOf } from '../kernel/index.ts';
import { findDecision } from './index.ts';
import { RecordFormat } from './record.ts';

function folder(files: Readonly<Record<string, string | Buffer>>): string {
  const path = mkdtempSync(join(tmpdir(), 'decisions-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [index, [name, content]] of Object.entries(files).entries()) {
    writeFileSync(join(path, name), content);
    const time = 1_700_000_000 - index * 3600;
    utimesSync(join(path, name), time, time);
  }
  return path;
}

const line = (decision: string, more: object = {}): string =>
  `${JSON.stringify({
    time: '2026-11-21T10:00:00.000Z',
    id: 'x',
    principal: 'local',
    endpoint: 'default',
    decision,
    decided: 'deny',
    rule: 'r',
    outcome: 'refused',
    ...more,
  })}\n`;

test('reads back what was recorded', async () => {
  const x = Object.assign(makeExchange(), {
    principal: principalOf({
      id: 'key:3f0a91c2d4e5',
      kind: 'agent',
      verifiedBy: 'key 3f0a91c2d4e5',
      agent: 'bot',
      team: 'sales',
      groups: ['crm'],
    }),
    endpoint: 'default',
    asked: 'crm__delete',
    call: makeCall(),
    decision: {
      id: '3q9vYw0aXz1b-42',
      outcome: 'deny' as const,
      rule: 'nobody deletes',
      needsApproval: false,
      considered: ['nobody deletes'],
      hidden: { upstream: 'crm', kind: 'tool' as const, name: 'delete' },
    },
  });
  const outcome = { kind: 'refused', reason: 'item_unknown', isError: true, resultBytes: 9 };
  const here = folder({
    'audit.jsonl': line('a-1') + new RecordFormat().line(x, outcome, 0, 'abc') + line('a-2'),
  });
  expect(await findDecision(join(here, 'audit.jsonl'), '3q9vYw0aXz1b-42')).toMatchObject({
    principal: 'key:3f0a91c2d4e5',
    user: '',
    agent: 'bot',
    team: 'sales',
    verifiedBy: 'key 3f0a91c2d4e5',
    groups: ['crm'],
    decided: 'deny',
    rule: 'nobody deletes',
    rules: 'abc',
    considered: ['nobody deletes'],
    hidden: 'tool:crm/delete',
    asked: 'crm__delete',
    reason: 'item_unknown',
  });
});

test('looks in files that were rotated, packed or not, and in no others', async () => {
  const here = folder({
    'audit.jsonl': line('a-1'),
    'audit.jsonl.1': line('a-2'),
    'audit-2026-11-20.jsonl.gz': gzipSync(line('a-3')),
    'audit.jsonl.broken.gz': 'no archive',
    'other.jsonl': line('a-4'),
  });
  const found = await Promise.all(
    ['a-1', 'a-2', 'a-3', 'a-4'].map((id) => findDecision(join(here, 'audit.jsonl'), id)),
  );
  expect(found.map((record) => record?.decision)).toEqual(['a-1', 'a-2', 'a-3', undefined]);
});

test.each<[what: string, content: string]>([
  ['half a line', '{"decision":"a-1","ti\n'],
  ['another line that quotes it', line('b-1', { asked: '"decision":"a-1"' })],
  ['a line without the rest', '{"decision":"a-1"}\n'],
  ['nothing', ''],
])('%s is no record', async (_what, content) => {
  const here = folder({ 'audit.jsonl': content });
  expect(await findDecision(join(here, 'audit.jsonl'), 'a-1')).toBeUndefined();
});

test('no file, and what is no id of a decision, find nothing', async () => {
  const here = folder({ 'audit.jsonl': line('a-1') });
  expect(await findDecision(join(here, 'none', 'audit.jsonl'), 'a-1')).toBeUndefined();
  for (const id of ['', '"', 'a-1"', 'x'.repeat(65)]) {
    expect(await findDecision(join(here, 'audit.jsonl'), id)).toBeUndefined();
  }
});

test('a file that cannot be read is no silence', async () => {
  const here = folder({});
  mkdirSync(join(here, 'audit.jsonl'));
  await expect(findDecision(join(here, 'audit.jsonl'), 'a-1')).rejects.toThrow('EISDIR');
});
