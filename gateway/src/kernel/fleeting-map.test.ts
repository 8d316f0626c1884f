import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FleetingMap } from './fleeting-map.ts';

test('holds what a map would hold, in its order', () => {
  const step = fc.record({ isSet: fc.boolean(), key: fc.nat(5), value: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const map = new Map<number, number>();
      const fleeting = new FleetingMap<number, number>();
      for (const { isSet, key, value } of steps) {
        if (isSet) {
          map.set(key, value);
          fleeting.set(key, value);
        } else {
          map.delete(key);
          fleeting.delete(key);
        }
        expect(fleeting.get(key)).toBe(map.get(key));
      }
      expect(fleeting.entries()).toEqual([...map]);
      expect(fleeting.size).toBe(map.size);
    }),
  );
});
