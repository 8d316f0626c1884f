import { expect, test } from 'vitest';
import { addressLast } from './address-last.ts';

test.each([
  ['https://h/mcp', true],
  ['./risk.proto', true],
  ['127.0.0.1:9003', true],
  ['risk.internal:9003', true],
  ['[::1]:9003', true],
  ['npx', false],
  ['./tools:9003', false],
])('options may follow %s: %s', (word, isMoved) => {
  const written = ['add', word, '--yes'];
  expect(addressLast(written)).toEqual(isMoved ? ['add', '--yes', word] : written);
});
