/** The table of what is lost between the eras agrees with the code's own tables. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REASONS } from '../../gateway/src/kernel/index.ts';
import { methodTable } from '../../gateway/src/pipeline/index.ts';
import { bridgingDocument } from '../../tools/bridging/document.ts';
import { PAIRS, type Pair } from '../../tools/bridging/cells.ts';
import { ROWS } from '../../tools/bridging/rows.ts';

const METHODS = [...methodTable().values()];

/** The row about a method that clients may send. */
function rowOf(method: string) {
  return ROWS.filter(({ what }) => what === method || what === `${method} (from the client)`);
}

const clientOf = (pair: Pair): 'modern' | 'legacy' =>
  pair.startsWith('modern') ? 'modern' : 'legacy';

describe('the table of losses', () => {
  test.each(METHODS.map(({ method, dialects }) => [method, dialects] as const))(
    'has %s where a client may send it',
    (method, dialects) => {
      const [row, ...more] = rowOf(method);
      expect(more).toEqual([]);
      for (const pair of PAIRS) {
        const isThere = row !== undefined && row.cells[pair].fate !== 'absent';
        expect([pair, isThere]).toEqual([pair, dialects.includes(clientOf(pair))]);
      }
    },
  );

  test('has every row once, and says what is different wherever something is', () => {
    expect(new Set(ROWS.map(({ id }) => id)).size).toBe(ROWS.length);
    expect(new Set(ROWS.map(({ what }) => what)).size).toBe(ROWS.length);
    for (const { id, spec, cells } of ROWS) {
      expect(id).toMatch(/^[a-z][a-z0-9-]+$/);
      expect(spec).not.toBe('');
      for (const { fate, text, reasons = [] } of Object.values(cells)) {
        const isDifferent = fate === 'approximated' || fate === 'refused';
        const isSaid = (!isDifferent || text !== '') && (fate !== 'refused' || reasons.length > 0);
        expect([id, isSaid]).toEqual([id, true]);
        for (const reason of reasons) expect(Object.keys(REASONS)).toContain(reason);
      }
    }
  });

  test('is the page that users read, and the README leads to it', () => {
    const page = readFileSync(new URL('../../docs/bridging.md', import.meta.url), 'utf8');
    const words = (text: string): string[] => text.split(/[\s|-]+/).filter((word) => word !== '');
    expect(words(page)).toEqual(words(bridgingDocument()));
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    expect(readme).toContain('(docs/bridging.md)');
  });
});
