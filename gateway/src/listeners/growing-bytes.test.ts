import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrowingBytes } from './growing-bytes.ts';

test('holds what was pushed, in whatever pieces', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 12 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const bytes = new GrowingBytes();
      for (const part of parts) bytes.push(Buffer.from(part));
      const whole = Buffer.concat(parts);
      expect(bytes.length).toBe(whole.length);
      expect(bytes.take().equals(whole)).toBe(true);
    }),
  );
});
