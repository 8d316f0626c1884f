import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LEGACY_CODES } from './legacy/codes.ts';
import { MODERN_CODES } from './modern/codes.ts';
import type { WireCode } from './wire-code.ts';

const PAGE = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

/** A row of a dialect's table, in the words of the page. */
function words({ status, code, asToolError }: WireCode): string {
  const plain = `HTTP ${status}, code ${code}`;
  if (!asToolError) return plain;
  return `a tool call gets a result with \`isError: true\`, anything else ${plain}`;
}

const legacy = new Map<string, WireCode>(Object.entries(LEGACY_CODES));
const rows = Object.entries<WireCode>(MODERN_CODES).map(([reason, modern]) => {
  const older = words(legacy.get(reason) ?? modern);
  const newer = words(modern);
  return [
    reason,
    newer === older ? `Both eras: ${newer}.` : `Modern: ${newer}. Sessions: ${older}.`,
  ];
});

test.each(rows)('docs/errors.md says what %s looks like', (reason, sentence) => {
  const section = PAGE.split(`### ${reason}\n`)[1]?.split(/^#/m)[0] ?? '';
  expect(section.replaceAll('\n', ' ')).toContain(sentence);
});
