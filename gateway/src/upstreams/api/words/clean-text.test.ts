import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText, cutText, firstSentence } from './clean-text.ts';

describe('texts of documents', () => {
  test.each([
    ['<p>One <b>bold</b> word.</p><ul><li>a</li><li>b</li></ul>', 'One bold word.\n\n- a\n- b'],
    ['See ![shot](https://x/y.png) the [guide](https://x/y).', 'See the guide.'],
    ['The <id> of a pet &amp; its <owner>', 'The <id> of a pet & its <owner>'],
    ['a\r\n\r\n\r\n\r\nb   c', 'a\n\nb c'],
    ['&#65;&#x42; &unknown; &#0;', 'AB &unknown;'],
    ['before<!-- hidden -->after', 'beforeafter'],
    ['x < y and y > z', 'x < y and y > z'],
  ])('%j', (text, expected) => {
    expect(cleanText(text, 1000)).toBe(expected);
  });

  test('are cut at the end of a sentence', () => {
    expect(cutText('One two three. Four five six. Seven', 32)).toBe(
      'One two three. Four five six.',
    );
    expect(cutText('one two three four five six seven', 20)).toBe('one two three four…');
    expect(cutText('x'.repeat(50), 20)).toHaveLength(20);
  });

  test('are never longer than they may be', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.integer({ min: 10, max: 80 }),
        (text, max) => {
          expect(cleanText(text, max).length).toBeLessThanOrEqual(max);
        },
      ),
    );
  });

  test('give their first sentence', () => {
    expect(firstSentence('A list of pets, e.g. cats. More of it.', 100)).toBe(
      'A list of pets, e.g. cats.',
    );
  });
});
