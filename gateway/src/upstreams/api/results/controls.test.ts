import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { makeSealer } from '../../../../../test/kit/sealer.ts';
import { parseExact, type JsonObject } from '../../../kernel/index.ts';
import { DEFAULT_HANDLE_LIMITS } from '../handles/contract.ts';
import { createHandleStore } from '../handles/store.ts';
import type { OperationPlan } from '../model.ts';
import { DEFAULT_RESULT_LIMITS, type Results } from './contract.ts';
import { createResults } from './results.ts';

const ASKER = { principal: 'ann', endpoint: 'default', readTool: 'crm__read_result' };

function make(): Results {
  const clock = new ManualClock();
  return createResults({
    upstream: 'crm',
    clock,
    sealer: makeSealer(clock),
    handles: createHandleStore('', clock, DEFAULT_HANDLE_LIMITS),
    limits: DEFAULT_RESULT_LIMITS,
    dropEmpty: false,
    projections: new Map(),
    fetchFile: undefined,
  });
}

function planOf(change: Partial<OperationPlan> = {}): OperationPlan {
  return {
    key: 'http:GET /pets',
    description: '',
    input: { type: 'object', properties: {} },
    listed: null,
    output: null,
    arguments: [],
    pagination: null,
    request: {},
    ...change,
  };
}

describe('controls', () => {
  const plan = planOf({
    output: {
      type: 'object',
      properties: { items: { type: 'array', items: { type: 'object', properties: { id: {} } } } },
    },
    pagination: { style: 'token', items: 'items', next: 'next', argument: 'cursor' },
  });

  test('are listed where they can be used and are not the operation’s own', () => {
    const results = make();
    expect(Object.keys(results.controlsFor(plan))).toEqual(['_fields', '_page', '_max_items']);
    expect(results.controlsFor(planOf())).toEqual({});
    const own = planOf({
      ...plan,
      input: { type: 'object', properties: { _page: { type: 'integer' } } },
    });
    expect(Object.keys(results.controlsFor(own))).toEqual(['_fields', '_max_items']);
    expect(results.takeControls(own, { _page: 3 }, ASKER)).toMatchObject({
      kind: 'taken',
      rest: { _page: 3 },
    });
    expect(JSON.stringify(results.controlsFor(plan)).length).toBeLessThan(420);
  });

  test.each<[JsonObject, readonly string[], number]>([
    [{ _fields: ['items.id'] }, ['items.id'], 0],
    [{ _fields: 'a, b.c' }, ['a', 'b.c'], 0],
    [{ _fields: '["a"]', _max_items: 5 }, ['a'], 5],
    [{ _max_items: '7' }, [], 7],
    [{ _max_items: parseExact('7.0') }, [], 7],
    [{ _fields: null, _page: null, _max_items: null }, [], 0],
  ])('%j are taken out', (values, fields, maxItems) => {
    const taken = make().takeControls(plan, { ...values, id: 1 }, ASKER);
    expect(taken).toMatchObject({ kind: 'taken', rest: { id: 1 }, controls: { fields, maxItems } });
  });

  test.each<[JsonObject, string]>([
    [{ _fields: 7 }, '_fields must be a list of paths'],
    [{ _fields: [1] }, '_fields must hold texts only'],
    [{ _fields: '[oops' }, '_fields must be a list'],
    [{ _fields: ['x'.repeat(300)] }, '_fields holds a path of more than'],
    [{ _fields: Array.from({ length: 70 }, () => 'a') }, '_fields holds more than 64 paths'],
    [{ _max_items: 0 }, '_max_items must be a whole number from 1 to 1000'],
    [{ _max_items: true }, '_max_items must be'],
    [{ _max_items: 1e9 }, '_max_items must be'],
    [{ _max_items: [5] }, '_max_items must be'],
    [{ _page: 'made up' }, '_page was not given by an earlier result'],
    [{ _page: 5 }, '_page was not given'],
  ])('%j are refused in words', (values, words) => {
    const taken = make().takeControls(plan, values, ASKER);
    expect(taken).toMatchObject({ kind: 'fault', text: expect.stringContaining(words) });
  });

  test('pages are refused where there are none', () => {
    const taken = make().takeControls(planOf(), { _page: 'x' }, ASKER);
    expect(taken).toMatchObject({
      kind: 'fault',
      text: '_page is not taken here: this tool has no pages.',
    });
  });

  test('a file given as plain text becomes what its schema asks for', () => {
    const file = { wire: 'f', location: 'body', isRequired: true, role: 'file' } as const;
    const upload = planOf({
      arguments: [
        { ...file, name: 'a' },
        { ...file, name: 'b' },
      ],
    });
    const values = { a: 'https://a.test/x', b: 'some text', note: '/x' };
    expect(make().takeControls(upload, values, ASKER)).toMatchObject({
      rest: { a: { uri: 'https://a.test/x' }, b: { text: 'some text' }, note: '/x' },
    });
    const asJson = { a: '{"text":"x"}', b: { text: 'y' } };
    expect(make().takeControls(upload, asJson, ASKER)).toMatchObject({ rest: asJson });
  });
});
