import { expect, test } from 'vitest';
import { readBrief } from './brief.ts';

const lineOf = (description: unknown): string =>
  readBrief(Buffer.from(JSON.stringify({ name: 'x', description }))).line;

test.each([
  ['One line.', 'One line.'],
  ['\n  First  line.\r\nSecond.', 'First line.'],
  [7, ''],
  [undefined, ''],
  ['x'.repeat(120), 'x'.repeat(120)],
  ['x'.repeat(121), `${'x'.repeat(118)} …`],
  [`${'word '.repeat(30)}`, `${'word '.repeat(23)}…`],
])('the line of %j is %j', (description, expected) => {
  expect(lineOf(description)).toBe(expected);
});

test('half a character is never shown', () => {
  expect(lineOf('🙂'.repeat(100)).isWellFormed()).toBe(true);
  expect(lineOf('🙂'.repeat(100)).length).toBeLessThanOrEqual(120);
});

test.each([
  ['{"title":"T","annotations":{"title":"A"}}', 'T'],
  ['{"annotations":{"title":"A"}}', 'A'],
  ['{"title":7}', ''],
  ['', ''],
])('the title of %s is "%s"', (definition, title) => {
  expect(readBrief(Buffer.from(definition)).title).toBe(title);
});
