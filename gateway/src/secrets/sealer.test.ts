import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../kernel/index.ts';
import type { Key, Keyring } from './keyring.ts';
import { createSealer } from './sealer.ts';

function key(id = randomBytes(6).toString('base64url')): Key {
  return { id, secret: createSecretKey(randomBytes(32)) };
}

function ring(...keys: Key[]): Keyring {
  return {
    newest: keys.at(-1)!,
    installation: keys[0]!.id,
    find: (id) => keys.find((one) => one.id === id),
  };
}

function clockAt(nowMs: number): Clock & { now: number } {
  return {
    now: nowMs,
    nowMs() {
      return this.now;
    },
    after: () => ({ cancel: () => undefined }),
  };
}

describe('sealer', () => {
  const keyring = ring(key());
  const clock = clockAt(1000);
  const sealer = createSealer(keyring, clock);

  test('opens what it sealed, whatever the text', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(anyText, anyText, anyText, (purpose, text, context) => {
        const token = sealer.seal(purpose, text, context, 2000);
        expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(sealer.open(purpose, token, context)).toBe(text);
      }),
    );
  });

  test('two seals of one text differ', () => {
    expect(sealer.seal('a', 'x', 'c', 2000)).not.toBe(sealer.seal('a', 'x', 'c', 2000));
  });

  test('opens nothing that was changed in any byte, or cut or extended', () => {
    const token = sealer.seal('cursor', 'some text to protect', 'p', 2000);
    const bytes = Buffer.from(token, 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 0x80]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        expect(sealer.open('cursor', changed.toString('base64url'), 'p')).toBeUndefined();
      }
      expect(
        sealer.open('cursor', bytes.toString('base64url', 0, at), 'p'),
        `cut at ${at}`,
      ).toBeUndefined();
    }
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      expect(sealer.open('cursor', changed, 'p')).toBeUndefined();
    }
    for (const odd of [`${token}A`, `${token}=`, ` ${token}`, `${token}\n`, `${token}!`]) {
      expect(sealer.open('cursor', odd, 'p')).toBeUndefined();
    }
  });

  test('has one spelling per token: unused bits of the last character must be zero', () => {
    for (const text of ['', 'a', 'ab']) {
      const token = sealer.seal('cursor', text, 'p', 2000);
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const accepted = alphabet
        .split('')
        .filter((last) => sealer.open('cursor', token.slice(0, -1) + last, 'p') !== undefined);
      expect(accepted).toEqual([token.at(-1)]);
    }
  });

  test('opens nothing for another purpose or context, however the two are split', () => {
    const token = sealer.seal('ab', 'x', 'cd', 2000);
    for (const [purpose, context] of [
      ['ab', ''],
      ['ab', 'cde'],
      ['a', 'bcd'],
      ['abc', 'd'],
      ['', 'abcd'],
      ['cd', 'ab'],
    ] as const) {
      expect(sealer.open(purpose, token, context)).toBeUndefined();
    }
  });

  test('opens nothing that has expired', () => {
    const token = sealer.seal('a', 'x', 'c', 1500);
    clock.now = 1499;
    expect(sealer.open('a', token, 'c')).toBe('x');
    clock.now = 1500;
    expect(sealer.open('a', token, 'c')).toBeUndefined();
    clock.now = 1000;
  });

  test('never throws on garbage', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.base64String(), fc.string({ unit: 'binary' })),
        (text) => {
          expect(sealer.open('a', text, 'c')).toBeUndefined();
        },
      ),
    );
  });

  test('after rotation the newest key seals and the older ones still open', () => {
    const older = key();
    const newer = key();
    const before = createSealer(ring(older), clock).seal('a', 'x', 'c', 2000);
    const rotated = createSealer(ring(older, newer), clock);
    expect(rotated.open('a', before, 'c')).toBe('x');
    const after = rotated.seal('a', 'y', 'c', 2000);
    expect(createSealer(ring(newer), clock).open('a', after, 'c')).toBe('y');
    expect(createSealer(ring(newer), clock).open('a', before, 'c')).toBeUndefined();
    expect(createSealer(ring(key(older.id)), clock).open('a', before, 'c')).toBeUndefined();
  });
});
