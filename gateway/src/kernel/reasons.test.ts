import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REASONS, docsAnchor } from './reasons.ts';

const REASON_NAMES = Object.keys(REASONS);
const PAGE = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

/** The page's sections by their heading. */
const SECTIONS = new Map(
  PAGE.split(/^### /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...text] = section.split('\n');
      return [heading, text.join('\n').split(/^## /m)[0] ?? ''] as const;
    }),
);

describe('the list of reasons and docs/errors.md', () => {
  test('have the same members, each once', () => {
    const headings = PAGE.match(/^### .*$/gm)?.map((line) => line.slice(4));
    expect(headings?.toSorted()).toEqual(REASON_NAMES.toSorted());
  });

  test.each(REASON_NAMES)('%s is explained, and says what to do', (reason) => {
    const [meaning, wire, advice, ...more] = (SECTIONS.get(reason) ?? '').trim().split('\n\n');
    expect(meaning).toMatch(/^[A-Z`][^]{10,}\.$/);
    expect(wire).toMatch(/^(Both eras|Modern): /);
    expect(advice).toMatch(/^\*\*What to do\.\*\* [^]{10,}\.$/);
    expect(more).toEqual([]);
  });

  test.each(Object.entries(REASONS))('%s has a sentence that anybody may see', (reason, row) => {
    expect(row.text).toMatch(/^[A-Z][^\n]*\.$/);
    expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  test('meet where the wire points to', () => {
    expect(docsAnchor('not_json')).toBe('docs/errors.md#not_json');
  });
});
