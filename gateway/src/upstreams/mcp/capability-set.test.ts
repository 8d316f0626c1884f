import { describe, expect, test } from 'vitest';
import { CapabilitySets, declaredIn } from './capability-set.ts';
import { linkKey, setOfKey } from './link-key.ts';

const on = new CapabilitySets(true);
const off = new CapabilitySets(false);
const ALL =
  '{"elicitation":{"form":{},"url":{}},"sampling":{"tools":{},"context":{}},"roots":{"listChanged":true},"extensions":{"a/b":{"n":1.0}}}';

describe('what is declared to a server', () => {
  test.each([
    ['', '2025-11-25', '{}'],
    ['{}', '2025-11-25', '{}'],
    ['not JSON', '2025-11-25', '{}'],
    ['{"elicitation":{}}', '2025-11-25', '{"elicitation":{"form":{}}}'],
    ['{"elicitation":{}}', '2025-06-18', '{"elicitation":{}}'],
    ['{"elicitation":{"url":{}}}', '2025-11-25', '{"elicitation":{"url":{}}}'],
    ['{"elicitation":{"url":{}}}', '2025-06-18', '{}'],
    ['{"elicitation":{}}', '2025-03-26', '{}'],
    ['{"sampling":{"tools":{}},"roots":{}}', '2024-11-05', '{"sampling":{},"roots":{}}'],
    [
      ALL,
      '2025-11-25',
      '{"elicitation":{"form":{},"url":{}},"sampling":{"tools":{},"context":{}},"roots":{}}',
    ],
    [ALL, '2025-06-18', '{"elicitation":{},"sampling":{},"roots":{}}'],
  ])('%s in %s', (capabilities, revision, expected) => {
    const set = on.of(capabilities);
    expect(declaredIn(set, revision)).toBe(expected);
    expect(setOfKey(linkKey('principal:a/b', set, 2))).toBe(set);
    expect(off.of(capabilities)).toBe('');
  });

  test('a modern server hears what a legacy caller declared, in its own form', () => {
    expect(on.asModern('{"elicitation":{},"tasks":{}}')).toBe('{"elicitation":{"form":{}}}');
    expect(off.asModern(ALL)).toBe('{}');
  });

  test('a modern caller speaks for itself, but where nothing may be asked', () => {
    expect(on.instead(ALL)).toBeUndefined();
    expect(off.instead(ALL)).toBe('{"extensions":{"a/b":{"n":1.0}}}');
  });

  test('however many texts come, few are remembered and all are read', () => {
    for (let count = 0; count < 1000; count++) {
      expect(on.of(`{"elicitation":{},"x":${count}}`)).toBe('f');
    }
  });
});

test('keys of links tell owners, sets and lanes apart', () => {
  const keys = ['gateway', 'shared', 'principal:a', 'principal:0f/gateway'].flatMap((owner) =>
    ['', 'f', 'fu'].flatMap((set) => [0, 1].map((lane) => linkKey(owner, set, lane))),
  );
  expect(new Set(keys).size).toBe(keys.length);
  expect(setOfKey('gateway')).toBe('');
});
