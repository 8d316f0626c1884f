import { describe, expect, test } from 'vitest';
import { API_KINDS, kindOf } from './api/kind-names.ts';
import { KIND_ROWS, kindsFor } from './kinds.ts';

describe('which kinds a source may be', () => {
  test.each([
    ['./crm.openapi.yaml', ['openapi']],
    ['C:\\api\\crm.YML', ['openapi']],
    ['https://example.com/openapi.json?v=1', ['openapi', 'graphql']],
    ['https://example.com/v1', ['openapi', 'graphql', 'soap']],
    ['https://example.com/api/graphql', ['graphql', 'openapi', 'soap']],
    ['https://example.com/erp?wsdl', ['soap', 'openapi', 'graphql']],
    ['./erp.wsdl', ['soap']],
    ['grpc://risk.internal:9003', ['grpc']],
    ['./risk.proto', ['grpc']],
    ['127.0.0.1:9003', ['grpc']],
    ['risk.internal:9003', ['grpc']],
    ['[::1]:9003', ['grpc']],
    ['./shop.graphqls', ['graphql']],
    ['./introspection.json', ['openapi', 'graphql']],
    ['postgres://db.internal/sales', ['sql']],
    ['sqlite:./shop.db', ['sql']],
    ['shop.sqlite3', ['sql']],
    ['./queries', ['sql', 'grpc']],
    ['./server.js', []],
    ['npx', []],
    ['', []],
  ] as const)('%s', (source, kinds) => {
    expect(kindsFor(source)).toEqual(kinds);
  });
});

test.each([
  ['risk.internal:9003', { url: 'grpc://risk.internal:9003' }],
  ['grpcs://risk.internal', { url: 'grpcs://risk.internal' }],
  ['./protos', { protos: ['./protos'] }],
  ['./risk.proto', { protos: ['./risk.proto'] }],
  ['./risk.binpb', { descriptors: './risk.binpb' }],
])('%s is written down as what it is', (source, section) => {
  expect(KIND_ROWS.grpc.section(source)).toEqual(section);
});

test('an entry has a kind where it has its section', () => {
  expect(kindOf({ openapi: './a.yaml' })).toBe('openapi');
  expect(kindOf({})).toBeUndefined();
});

test.each(API_KINDS)('the machinery of %s can be loaded', async (name) => {
  const kind = await KIND_ROWS[name].load();
  expect(kind.open).toBeInstanceOf(Function);
});
