import { expect, test } from 'vitest';
import { isRecord } from './record.ts';

const STAMP = { size: 12, mtimeMs: 1_700_000_000_000.5, ino: 7 };
const SOURCE = {
  role: 'document',
  location: '/apis/shop.yaml',
  foundAt: '/apis/shop.yaml',
  digest: 'ab',
  stamp: STAMP,
  etag: '',
};
const RECORD = {
  options: 'cd',
  bundle: '0123456789abcdef'.repeat(4),
  sources: [SOURCE],
};

const withSource = (change: object) => ({ ...RECORD, sources: [SOURCE, { ...SOURCE, ...change }] });
const withStamp = (change: object) => withSource({ stamp: { ...STAMP, ...change } });

test.each<[string, unknown]>([
  ['of a file', RECORD],
  ['of an address', withSource({ role: 'reference', stamp: null, etag: '"1"' })],
  ['of something that could not be had', withSource({ role: 'overlay', digest: '', stamp: null })],
])('a record %s is one', (_what, value) => {
  expect(isRecord(value)).toBe(true);
  expect(isRecord(JSON.parse(JSON.stringify(value)))).toBe(true);
});

const { options: _options, ...optionless } = RECORD;
const { etag: _etag, ...tagless } = SOURCE;

test.each<[string, unknown]>([
  ['null', null],
  ['a text', 'record'],
  ['a list', [RECORD]],
  ['nothing', {}],
  ['a member too few', optionless],
  ['a member too many', { ...RECORD, more: 1 }],
  ['another member in the place of one', { ...optionless, option: 'cd' }],
  ['options that are no text', { ...RECORD, options: 1 }],
  ['a bundle that is no digest', { ...RECORD, bundle: '../../elsewhere' }],
  ['a bundle that is too long', { ...RECORD, bundle: `${RECORD.bundle}0` }],
  ['a bundle with a line behind it', { ...RECORD, bundle: `${RECORD.bundle}\n` }],
  ['no sources', { ...RECORD, sources: [] }],
  ['sources by name', { ...RECORD, sources: { 0: SOURCE } }],
  ['a source that is none', { ...RECORD, sources: [SOURCE, null] }],
  ['a source with a member too few', { ...RECORD, sources: [tagless] }],
  ['a source with a member too many', withSource({ more: '' })],
  ['a role that there is not', withSource({ role: 'index' })],
  ['a location that is no text', withSource({ location: 1 })],
  ['an address it led to that is no text', withSource({ foundAt: null })],
  ['a digest that is no text', withSource({ digest: null })],
  ['an entity tag that is no text', withSource({ etag: null })],
  ['a stamp that is left out', withSource({ stamp: undefined })],
  ['a stamp that is a text', withSource({ stamp: '12' })],
  ['a stamp with a member too few', withSource({ stamp: { size: 1, ino: 2 } })],
  ['a stamp with a member too many', withStamp({ ctimeMs: 1 })],
  ['a size that is a text', withStamp({ size: '12' })],
  ['a time that is none', withStamp({ mtimeMs: Number.NaN })],
  ['a node without end', withStamp({ ino: Number.POSITIVE_INFINITY })],
])('a record with or as %s is none', (_what, value) => {
  expect(isRecord(value)).toBe(false);
});
