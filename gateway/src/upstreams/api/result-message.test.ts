import { expect, test } from 'vitest';
import { ExactNumber, type Dialect, type Json } from '../../kernel/index.ts';
import { errorResult, resultMessage } from './result-message.ts';

const TEXT = { type: 'text', text: 'x' };

test.each<[Dialect, Json | undefined, string]>([
  ['modern', { a: new ExactNumber('1.0') }, ',"structuredContent":{"a":1.0}'],
  ['modern', [1], ',"structuredContent":[1]'],
  ['rest', [1], ',"structuredContent":[1]'],
  ['legacy', [1], ',"structuredContent":{"result":[1]}'],
  ['legacy', null, ',"structuredContent":{"result":null}'],
  ['legacy', { a: 1 }, ',"structuredContent":{"a":1}'],
  ['legacy', undefined, ''],
])('%s callers get %j as %s', (dialect, structuredContent, text) => {
  const result = { content: [TEXT], structuredContent, isError: false, meta: {} };
  expect(resultMessage(result, dialect)).toEqual({
    kind: 'local',
    result: `{"content":[{"type":"text","text":"x"}]${text}}`,
  });
});

test('an error has no structured content, and _meta stands last', () => {
  const result = { ...errorResult('no', { k: 1 }), structuredContent: { a: 1 } };
  expect(resultMessage(result, 'modern')).toEqual({
    kind: 'local',
    result: '{"content":[{"type":"text","text":"no"}],"isError":true,"_meta":{"k":1}}',
    isToolError: true,
  });
});
