import { expect, test } from 'vitest';
import { visibleText } from './visible-text.ts';

test.each([
  ['plain\n\ttext', 'plain\n\ttext'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\u001b]8;;https://evil.example\u0007link', ']8;;https://evil.examplelink'],
  ['a\u009b2Jb', 'ab'],
  ['delete\u202Eevil\u202C', 'deleteevil'],
  ['zero\u200Bwidth\uFEFF', 'zerowidth'],
  ['tags\u{e0041}\u{e0042}', 'tags'],
  ['a\u0000b\u0008', 'ab'],
  ['one\u2028two', 'one\ntwo'],
  ['Grüße 你好 👩‍💻 نص', 'Grüße 你好 👩‍💻 نص'],
])('%j', (text, expected) => {
  expect(visibleText(text)).toBe(expected);
});
