import { expect, test } from 'vitest';
import { chooseMode, grouped } from './choose-mode.ts';

const PRICES = { full: 9000, compact: 900, search: 600, measured: 40, isEstimate: false };

test.each([
  [9000, 'full'],
  [8999, 'compact'],
  [900, 'compact'],
  [899, 'search'],
  [0, 'search'],
] as const)('a budget of %i tokens is %s', (budget, mode) => {
  const choice = chooseMode(PRICES, budget);
  expect(choice).toMatchObject({ mode, budgetTokens: budget });
  expect(choice.why).toContain('9,000 tokens');
});

test('an estimate is called one', () => {
  expect(chooseMode({ ...PRICES, isEstimate: true }, 10_000).why).toContain('about 9,000');
});

test('thousands are set apart', () => {
  expect([0, 12, 1234, 1_234_567].map(grouped)).toEqual(['0', '12', '1,234', '1,234,567']);
});
