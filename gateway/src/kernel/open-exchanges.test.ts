import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeExchange } from '../../../test/kit/exchange.ts';
import { OpenExchanges } from './open-exchanges.ts';

test('holds what a set would hold, whatever comes and goes in whichever order', () => {
  const steps = fc.array(fc.record({ isAdded: fc.boolean(), which: fc.nat(9) }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      const exchanges = Array.from({ length: 10 }, () => makeExchange());
      const list = new OpenExchanges();
      const set = new Set<object>();
      for (const { isAdded, which } of all) {
        const x = exchanges[which]!;
        if (isAdded) {
          list.add(x);
          set.add(x);
        } else {
          list.remove(x);
          set.delete(x);
        }
        expect(list.size).toBe(set.size);
        expect(new Set<object>(list)).toEqual(set);
      }
    }),
  );
});

test('can be gone through while those in it leave', () => {
  const list = new OpenExchanges();
  for (let i = 0; i < 5; i++) list.add(makeExchange());
  for (const x of list) list.remove(x);
  expect(list.size).toBe(0);
});
