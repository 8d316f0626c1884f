import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stemOf, wordsOf } from './words.ts';

describe('words of a text', () => {
  test.each([
    ['createPullRequest', ['create', 'pull', 'request']],
    ['zia_list-open.orders', ['zia', 'list', 'open', 'orders']],
    ['YouTube', ['tube', 'youtube']],
    ['HTTPServer S3Tables', ['http', 'server', 'httpserver', 's3', 'tables', 's3tables']],
    ['merge PDFs', ['merge', 'pdfs']],
    ['Which tool do I need to send an email?', ['send', 'email']],
    ['获取所有', ['获取', '取所', '所有']],
    ['München', ['münchen']],
    ['', []],
    ['?!', []],
  ])('%s: %j', (text, expected) => {
    expect(wordsOf(text)).toEqual(expected);
  });

  test('are bounded, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const word of wordsOf(text)) {
          expect(word.length).toBeLessThanOrEqual(80);
          expect(stemOf(word).length).toBeLessThanOrEqual(word.length);
        }
      }),
    );
  });
});

describe('a stem', () => {
  test.each([
    ['create creates creating created creation'],
    ['delete deletes deleted deletion'],
    ['query queries'],
    ['class classes'],
    ['box boxes'],
    ['validate validation validating'],
    ['install installs installing installation'],
    ['deploy deployment deployments'],
    ['stop stopping stopped'],
  ])('is the same of %s', (forms) => {
    expect(new Set(forms.split(' ').map(stemOf)).size).toBe(1);
  });

  test.each([
    ['form', 'format'],
    ['status', 'stat'],
    ['user', 'use'],
    ['bus', 'bu'],
  ])('keeps %s and %s apart', (a, b) => {
    expect(stemOf(a)).not.toBe(stemOf(b));
  });
});
