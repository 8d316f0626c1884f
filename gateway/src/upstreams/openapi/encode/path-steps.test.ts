import { describe, expect, test } from 'vitest';
import { leavesItsPlace } from './path-steps.ts';

describe('segments that lead elsewhere', () => {
  test.each([
    '',
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '.%2e',
    '..;x=1',
    '.;x',
    '..%3Bx',
    '..%2F..%2Fadmin',
    'a%2F..%2Fb',
    'a%5C..%5Cb',
    '%252e%252e%252fadmin',
    '%25252e%25252e',
    '..%00',
    '..%20',
    '%EF%BC%8E%EF%BC%8E',
    '%E2%80%A5%2Fadmin',
    `%${'25'.repeat(9)}2e`,
  ])('%j', (segment) => expect(leavesItsPlace(segment)).toBe(true));
});

describe('segments that stay', () => {
  test.each([
    'a',
    '...',
    'a..b',
    '1..2',
    '..a',
    '.hidden',
    'v1.2',
    '.label',
    ';a=1',
    '%2F',
    '.%2Fdocs',
    'group%2Fproject',
    'a%2F...%2Fb',
    '100%25',
    '%E2%80%A6',
    '%zz',
  ])('%j', (segment) => expect(leavesItsPlace(segment)).toBe(false));
});
