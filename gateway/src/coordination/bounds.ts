import type { BackendValues } from './backend.ts';
import { CoordinationError } from './error.ts';
import type { SharedValues } from './port.ts';

const NAME = /^[A-Za-z0-9:_-]{1,200}$/;

/** @throws {RangeError} where it is no name: those are made by us, so it is a bug */
export function checkName(name: string): string {
  if (!NAME.test(name)) throw new RangeError('A name has characters or a length it must not have.');
  return name;
}

/** @throws {CoordinationError} `too_large` */
export function checkBytes(text: string, maxBytes: number): void {
  // A character has at least one byte, so the count is only taken where it can matter.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return;
  throw new CoordinationError('too_large', `A text is longer than ${maxBytes} bytes.`);
}

function checkTtl(ttlMs: number): number {
  if (Number.isSafeInteger(ttlMs) && ttlMs > 0) return ttlMs;
  throw new RangeError('A time to live must be a whole number of milliseconds above 0.');
}

/** Values whose keys begin with `prefix`, held to their bounds. */
export function boundedValues(
  values: BackendValues,
  prefix: string,
  maxBytes: number,
): SharedValues {
  const key = (name: string): string => prefix + checkName(name);
  return {
    get: async (name) => await values.get(key(name)),
    set: async (name, text, ttlMs) => {
      checkBytes(text, maxBytes);
      await values.set(key(name), text, checkTtl(ttlMs));
    },
    setIfAbsent: async (name, text, ttlMs) => {
      checkBytes(text, maxBytes);
      return await values.setIfAbsent(key(name), text, checkTtl(ttlMs));
    },
    take: async (name) => await values.take(key(name)),
    delete: async (name) => await values.delete(key(name)),
    compareAndSet: async (name, expected, next, ttlMs) => {
      checkBytes(next, maxBytes);
      return await values.compareAndSet(key(name), expected, next, checkTtl(ttlMs));
    },
    hold: async (name, holder, places) => {
      const { used, wanted, max, ttlMs } = places;
      for (const count of [used, wanted, max]) checkWhole(count);
      checkTtl(ttlMs);
      return await values.hold(key(name), checkName(holder), places);
    },
    tryAdd: async (name, by, max, ttlMs) => {
      if (!Number.isSafeInteger(by)) throw new RangeError('Counters count whole numbers.');
      return await values.tryAdd(key(name), by, max, checkTtl(ttlMs));
    },
  };
}

function checkWhole(count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  throw new RangeError('Places are whole numbers from 0 on.');
}
