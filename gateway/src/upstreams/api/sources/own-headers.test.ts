import { describe, expect, test } from 'vitest';
import { documentHeaders, ownHeaders } from './own-headers.ts';

test('headers of an entry and its fixed credentials, of which the latter win', () => {
  const headers = { 'X-Tenant': 't', Authorization: 'Basic x' };
  expect(ownHeaders({ headers, auth: { bearer: 'b' } })).toEqual([
    'x-tenant',
    't',
    'authorization',
    'Bearer b',
  ]);
  expect(ownHeaders({})).toEqual([]);
});

describe('a document is asked for with them', () => {
  const entry = { headers: { 'x-key': 'k' } };
  test.each([
    ['where it is the API that has it', 'https://a.test/x.json', 'https://a.test/v1', true],
    ['where it says where the API is', 'https://a.test/x.json', undefined, true],
    ['not where the API is elsewhere', 'https://docs.test/x.json', 'https://a.test/v1', false],
    ['not at another port', 'https://a.test:8443/x.json', 'https://a.test', false],
    ['not on the way from https to http', 'http://a.test/x.json', 'https://a.test', false],
    ['not where it is a file', './x.json', undefined, false],
  ])('%s', (_what, document, url, isAsked) => {
    expect(documentHeaders(entry, document, url)).toEqual(isAsked ? ['x-key', 'k'] : []);
  });
});
