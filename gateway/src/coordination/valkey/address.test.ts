import { expect, test } from 'vitest';
import { CoordinationError } from '../error.ts';
import { readAddress } from './address.ts';

const plain = { port: 6379, isTls: false, username: undefined, password: undefined, database: 0 };

test.each([
  ['redis://localhost', { ...plain, host: 'localhost' }],
  ['valkey://localhost/', { ...plain, host: 'localhost' }],
  ['redis://[::1]:7000/3', { ...plain, host: '::1', port: 7000, database: 3 }],
  ['rediss://:p%40ss@h', { ...plain, host: 'h', isTls: true, password: 'p@ss' }],
  ['valkeys://u:p@h', { ...plain, host: 'h', isTls: true, username: 'u', password: 'p' }],
])('%s is read', (url, address) => expect(readAddress(url)).toEqual(address));

test.each([
  'hunter2',
  'localhost:6379',
  'http://u:hunter2@h',
  'redis://',
  'redis://u:hunter2@',
  'redis://u:hunter2@h:99999',
  'redis://u:hunter2@h/zero',
  'redis://u:hunter2@h/0?db=1',
  'redis://u:hunter2@h/0#1',
  'redis://u:hunter2%@h',
])('%s is refused, and never repeated', (url) => {
  let caught: unknown;
  try {
    readAddress(url);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(CoordinationError);
  expect(caught).toMatchObject({ failure: 'address_invalid' });
  expect(JSON.stringify(caught) + String(caught)).not.toContain('hunter2');
});
