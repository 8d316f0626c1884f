import { expect, test } from 'vitest';
import { printable, printableJson, printableLine, renderProblem } from './index.ts';

const plain = { strong: String, alarm: String, faint: String };
const problem = {
  file: 'drawbridge.yaml',
  line: 2,
  column: 3,
  path: 'upstreams.a',
  message: 'unknown key "a"',
  hint: 'did you mean "b"?',
};

test('shows the place, the sentence, the line and a caret', () => {
  expect(renderProblem(problem, 'upstreams:\n  a: 1\n', plain)).toBe(
    [
      'drawbridge.yaml:2:3 upstreams.a',
      '  unknown key "a"; did you mean "b"?',
      '    2 |   a: 1',
      '      |   ^',
    ].join('\n'),
  );
});

test('long lines are cut around the place, and tabs keep the caret in line', () => {
  const far = { ...problem, line: 1, column: 501 };
  const lines = renderProblem(far, `${'y'.repeat(500)}X${'z'.repeat(500)}`, plain).split('\n');
  expect(lines[2]).toHaveLength(168);
  expect(lines[2]?.[lines[3]?.indexOf('^') ?? -1]).toBe('X');
  const tabbed = renderProblem({ ...problem, line: 1, column: 4 }, '\t\tab', plain);
  expect(tabbed).toContain('| \t\t ^');
});

test('control characters of a file do not reach the terminal', () => {
  const shown = renderProblem({ ...problem, line: 1 }, 'a\u001b[2Jb', plain);
  expect(shown).not.toContain('\u001b');
});

test('what others wrote cannot steer a terminal, and JSON of it means the same', () => {
  const evil = 'a\u001b[2J\u009b1m\u202etxt\u{e0041}\ud800 \u200b\u0007é😀\n\t';
  expect(printable(evil)).toBe('a·[2J·1m·txt·\ud800 ··é😀\n\t');
  expect(printableLine('a\r\nb\u2028c')).toBe('a b c');
  const json = printableJson({ [evil]: evil });
  expect(json).not.toMatch(/[\p{Cc}\u202e\u200b\u{e0041}]/u);
  expect(JSON.parse(json)).toEqual({ [evil]: evil });
});
