import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasDuplicate, jsonText, naiveTree } from '../../../../test/kit/naive-json.ts';
import { scanJson, type ScanFault } from './scan.ts';
import { JsonView } from './view.ts';

const DEEP = { maxDepth: 1000, recordDepth: 1000 };

const verdict = (bytes: Buffer): ScanFault['fault'] | 'ok' => {
  const scanned = scanJson(bytes, DEEP);
  return scanned instanceof JsonView ? 'ok' : scanned.fault;
};

/** What the scanner must say, by the platform's own decoder and parser. */
function expected(bytes: Buffer): ScanFault['fault'] | 'ok' {
  let text = '';
  try {
    text = new TextDecoder('utf8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return 'not_utf8';
  }
  try {
    JSON.parse(text);
  } catch {
    return 'not_json';
  }
  return hasDuplicate(naiveTree(text)) ? 'duplicate_key' : 'ok';
}

/**
 * What the scanner says where the platform says something else; '' where they agree. Both see a
 * fault in a text that has several; which one is named may differ.
 */
function disagreement(bytes: Buffer): string {
  const found = verdict(bytes);
  const wanted = expected(bytes);
  if (found === wanted || (wanted === 'not_json' && found === 'duplicate_key')) return '';
  return `${JSON.stringify(bytes.toString())} is ${found}, not ${wanted}`;
}

describe('the grammar', () => {
  test('is accepted as JSON.parse accepts it, duplicate keys aside', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(disagreement(Buffer.from(text))).toBe('');
      }),
      { numRuns: 3000 },
    );
  });

  const mutation = fc.record({
    at: fc.nat(400),
    remove: fc.nat(3),
    insert: fc.array(
      fc.oneof(
        fc.constantFrom(...Buffer.from('{}[],:"\\ntrue0123456789.eE+-u \t\n/')),
        fc.nat(255),
      ),
      { maxLength: 3 },
    ),
  });

  test('is refused as JSON.parse refuses it after random mutations', () => {
    fc.assert(
      fc.property(jsonText, fc.array(mutation, { minLength: 1, maxLength: 3 }), (text, changes) => {
        let bytes = [...Buffer.from(text)];
        for (const { at, remove, insert } of changes) {
          bytes = bytes.toSpliced(at % (bytes.length + 1), remove, ...insert);
        }
        expect(disagreement(Buffer.from(bytes))).toBe('');
      }),
      { numRuns: 10_000 },
    );
  });

  test('of texts cut anywhere', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const bytes = Buffer.from(text);
        for (let end = 0; end < bytes.length; end++) {
          expect(disagreement(bytes.subarray(0, end))).toBe('');
        }
      }),
      { numRuns: 120 },
    );
  });

  test('of short texts made of its own characters', () => {
    const unit = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '0',
      '-',
      '1',
      '.',
      'e',
      'null',
      ' ',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 8 }), (text) => {
        expect(disagreement(Buffer.from(text))).toBe('');
      }),
      { numRuns: 8000 },
    );
  });

  test.each([
    '',
    ' ',
    '\ufeff{}',
    '{} {}',
    '[1,]',
    '[,1]',
    '{"a":1,}',
    '{,"a":1}',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    "{'a':1}",
    '[1 2]',
    '{"a" "b"}',
    '{"a":1 "b":2}',
    '01',
    '-',
    '-01',
    '+1',
    '1.',
    '.5',
    '1e',
    '1e+',
    '0x1',
    'NaN',
    'Infinity',
    '-Infinity',
    'tru',
    'truee',
    'True',
    'nul',
    'undefined',
    '"',
    '"\\"',
    '"\\x"',
    '"\\u12"',
    '"\\u12g4"',
    '"\t"',
    '"\n"',
    '"\0"',
    '[',
    ']',
    '{',
    '}',
    '[}',
    '{]',
    '[[]',
    '[]]',
    '1,2',
    '/**/1',
    '1//',
    '\u00a01',
    '\v1',
    '[1]\0',
    '\0',
    '{"a":1}}',
    '"a"b',
    '1 1',
    '[true false]',
    '{"a":1,,"b":2}',
  ])('%j is refused', (text) => {
    expect(verdict(Buffer.from(text))).toBe('not_json');
  });

  test.each([
    '1',
    '-0',
    '0.0',
    '1e400',
    '1E-5',
    '123456789012345678901234567890',
    '"\u007f"',
    '"\\ud800"',
    '""',
    ' \t\r\n[ \n] ',
    '{"":0}',
    '{"__proto__":1,"constructor":2}',
    '[[],{},"",null]',
    '"\u2028"',
  ])('%j is accepted', (text) => {
    expect(verdict(Buffer.from(text))).toBe('ok');
  });

  test.each([
    ['a lone continuation', [0x22, 0x80, 0x22]],
    ['a cut sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['beyond Unicode', [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('%s is no UTF-8', (_case, bytes) => {
    expect(verdict(Buffer.from(bytes))).toBe('not_utf8');
  });
});
