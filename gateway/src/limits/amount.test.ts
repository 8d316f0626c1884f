import { describe, expect, test } from 'vitest';
import { estimateTokens, parseAmount, windowWord } from './amount.ts';

describe('an amount', () => {
  test.each([
    ['100/minute', 'count', 100, 60_000],
    ['100 per minute', 'count', 100, 60_000],
    ['1/second', 'count', 1, 1000],
    ['200k/day', 'count', 200_000, 86_400_000],
    ['1.5M per hour', 'count', 1_500_000, 3_600_000],
    ['50MB/day', 'bytes', 50_000_000, 86_400_000],
    ['50 MB per day', 'bytes', 50_000_000, 86_400_000],
    ['1GiB/hour', 'bytes', 1024 ** 3, 3_600_000],
    ['10B/second', 'bytes', 10, 1000],
  ] as const)('%s', (text, kind, max, windowMs) => {
    expect(parseAmount(text, kind)).toEqual({ max, windowMs });
  });

  test.each([
    ['', 'count'],
    ['100', 'count'],
    ['100/week', 'count'],
    ['-1/minute', 'count'],
    ['0/minute', 'count'],
    ['0.5/minute', 'count'],
    ['9999999999999/minute', 'count'],
    ['9999999G/day', 'count'],
    ['10MB/day', 'count'],
    ['10/day', 'bytes'],
    ['10constructor/day', 'count'],
    ['1e3/minute', 'count'],
    ['100perminute', 'count'],
    ['100/minutes', 'count'],
  ] as const)('"%s" is none of %ss', (text, kind) => {
    expect(parseAmount(text, kind)).toContain('write for example');
  });

  test('has the word of its window', () => {
    expect([1000, 60_000, 3_600_000, 86_400_000].map(windowWord)).toEqual([
      'second',
      'minute',
      'hour',
      'day',
    ]);
  });

  test('of tokens is a quarter of the bytes', () => {
    expect([0, 1, 4, 5].map(estimateTokens)).toEqual([0, 1, 1, 2]);
  });
});
