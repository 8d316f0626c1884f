import { describe, expect, test } from 'vitest';
import { EVIDENCE, MINT_CALLERS } from '../../tools/lint/floors.js';
import { readSources, roomOf } from './sources.ts';

const house = readSources('gateway/src');
const proofs = Object.entries(EVIDENCE).flatMap(([name, file]) =>
  file === undefined ? [] : [{ name, file }],
);

/** Files that declare a type of this name. */
function declarers(name: string): readonly string[] {
  const declaration = new RegExp(`^(export )?(type|interface|class) ${name}\\b`, 'm');
  return [...house].filter(([, text]) => declaration.test(text)).map(([path]) => path);
}

describe('evidence', () => {
  test('stands where the table says', () => {
    expect(proofs.filter(({ file }) => house.has(file)).length).toBeGreaterThan(0);
  });

  test.each(proofs)('$name is declared in $file only', ({ name, file }) => {
    const rooms = new Set([...house.keys()].map(roomOf));
    expect(declarers(name)).toEqual(rooms.has(roomOf(file)) ? [file] : []);
  });

  test.each(proofs)('$name is branded with a symbol that stays in $file', ({ name, file }) => {
    const text = house.get(file);
    if (text === undefined) return;
    const body = new RegExp(`export (?:type|interface) ${name}\\b[\\s\\S]*?\\[(\\w+)\\]`).exec(
      text,
    );
    const brand = body?.[1] ?? 'no brand';
    expect(text).toMatch(new RegExp(`^declare const ${brand}: unique symbol;$`, 'm'));
    expect(text).not.toMatch(new RegExp(`export \\{[^}]*\\b${brand}\\b`));
  });

  test('is never freed from the rule that guards it', () => {
    const escapes = [...house].filter(([, text]) =>
      /(ox|es)lint-disable(-next-line|-line)?([^\n]*house\/|\s*(\*\/|$))|@ts-(ignore|nocheck)/m.test(
        text,
      ),
    );
    expect(escapes.map(([path]) => path)).toEqual([]);
  });

  test.each(Object.entries(MINT_CALLERS))('%s is used by %s alone', (mint, room) => {
    const users = [...house]
      .filter(([path, text]) => !path.endsWith('.test.ts') && text.includes(mint))
      .map(([path]) => roomOf(path));
    expect(users.filter((user) => user !== 'kernel' && user !== room)).toEqual([]);
  });
});
