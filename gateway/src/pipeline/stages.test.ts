import { describe, expect, test } from 'vitest';
import { Refusal } from '../kernel/index.ts';
import { makeExchange } from '../../../test/kit/exchange.ts';
import {
  BUG,
  ROWS,
  World,
  broken,
  ended,
  gate,
  type Behaviour,
  type Row,
  type Straw,
} from '../../../test/kit/path-world.ts';
import { buildPath } from './index.ts';

const at = (row: Row, behaviour: Behaviour): Straw => ({ rows: { [row]: behaviour } });

test('the rows are walked in their order, then dispatch', async () => {
  const { visited, outcome, text, outlet } = await ended({});
  expect(visited).toEqual([...ROWS, 'dispatch']);
  expect(outcome).toEqual({ kind: 'answered', reason: '', isError: false, resultBytes: 10 });
  expect([text, outlet.status, outlet.isStream]).toEqual(['[{"é":1}]', 200, false]);
});

test('the rows have the names of the path', () => {
  const path = buildPath({} as never);
  expect(path.stages).toEqual([
    'receive',
    'route',
    'identify',
    'decode',
    'resolve',
    'limit',
    'screen in',
    'authorize',
    'approve',
    'intent',
  ]);
});

test('a walk that waits nowhere is over when it returns', () => {
  const world = new World({});
  world.walk();
  expect(world.outcomes).toHaveLength(1);
});

test('rows that wait are waited for, each one before the next', async () => {
  const order: string[] = [];
  const wait: Behaviour = async (x) => {
    await Promise.resolve();
    order.push('waited');
    return x;
  };
  const rows = Object.fromEntries(ROWS.map((row) => [row, wait]));
  const { visited, text } = await ended({ rows });
  expect(order).toHaveLength(ROWS.length);
  expect(visited).toEqual([...ROWS, 'dispatch']);
  expect(text).toBe('[{"é":1}]');
});

describe.each(ROWS)('an exchange that ends at %s', (row) => {
  const before = ROWS.slice(0, ROWS.indexOf(row) + 1);
  const internal = { kind: 'refused', reason: 'internal', isError: true, resultBytes: 10 };

  test.each<[string, Behaviour]>([
    ['at once', () => new Refusal('draining')],
    ['later', () => Promise.resolve(new Refusal('draining'))],
  ])('refused %s', async (_when, behaviour) => {
    const { visited, outcome, text, bugs } = await ended(at(row, behaviour));
    expect(visited).toEqual(before);
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'draining', isError: true });
    expect(text).toBe('[draining]');
    expect(bugs).toEqual([]);
  });

  test.each<[string, Behaviour]>([
    ['at once', broken],
    ['later', () => Promise.reject(BUG)],
  ])('broken %s', async (_when, behaviour) => {
    const { visited, outcome, text, bugs } = await ended(at(row, behaviour));
    expect(visited).toEqual(before);
    expect(outcome).toEqual(internal);
    expect(text).toBe('[internal]');
    expect(bugs).toEqual(['Error: a bug']);
  });

  test.each<[string, Behaviour]>([
    ['at once', () => ({}) as never],
    ['later', () => Promise.resolve(undefined as never)],
    ['later by another exchange', () => Promise.resolve(makeExchange() as never)],
  ])('handed on by something else %s', async (_when, behaviour) => {
    const { visited, outcome, bugs } = await ended(at(row, behaviour));
    expect(visited).toEqual(before);
    expect(outcome).toEqual(internal);
    expect(bugs[0]).toContain('returned neither the exchange nor a refusal');
  });

  test('left by its caller while it waits is not carried out', async () => {
    const { opened, open } = gate();
    const { visited, outcome, text, cancelled } = await ended(
      at(row, async (x) => {
        await opened;
        return x;
      }),
      (_world, journey) => {
        journey.disconnected();
        journey.disconnected();
        open();
      },
    );
    expect(visited).not.toContain('dispatch');
    expect(cancelled).toEqual(['disconnected']);
    expect(outcome).toMatchObject({ kind: 'cancelled', reason: 'cancelled', resultBytes: 0 });
    expect(text).toBe('');
  });
});
