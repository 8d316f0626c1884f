import { expect, test } from 'vitest';
import { clientBasic } from './index.ts';

test.each([
  ['gw', 's3cret', 'gw:s3cret'],
  ['https://gw.example.com', 'a:b', 'https%3A%2F%2Fgw.example.com:a%3Ab'],
  ['gw', 'a b+c%/!*', 'gw:a+b%2Bc%25%2F%21*'],
  ['gw', 'ä', 'gw:%C3%A4'],
])('%s and %s are form-encoded one by one', (id, secret, pair) => {
  const [scheme, encoded = ''] = clientBasic(id, secret).split(' ');
  expect(scheme).toBe('Basic');
  expect(Buffer.from(encoded, 'base64').toString()).toBe(pair);
});
