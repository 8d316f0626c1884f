import { describe, expect, test } from 'vitest';
import { buildExchange, ENVELOPE } from '../../../../test/kit/upstream-exchange.ts';
import { removeMembers } from '../../kernel/index.ts';
import { encodeLegacy } from './outgoing.ts';

const request = (params: string, method = 'tools/call'): string =>
  `{"jsonrpc":"2.0","id":"c","method":"${method}","params":{${params}}}`;

describe('a request for a legacy session', () => {
  const envelope = `"_meta":{${ENVELOPE}}`;

  test.each([
    [`"name":"n",${envelope}`, '"name":"n"'],
    [`${envelope},"name":"n"`, '"name":"n"'],
    [`"name":"n","_meta":{${ENVELOPE},"v":1.0}`, '"name":"n","_meta":{"v":1.0}'],
  ])('has no envelope: %s', (params, expected) => {
    const x = buildExchange(request(params));
    expect(encodeLegacy(x, '5', '2025-11-25').toString()).toBe(
      request(expected).replace('"c"', '5'),
    );
  });

  test.each([
    [`"name":"n","requestState":"s","inputResponses":{},${envelope}`, { name: 'n', _meta: {} }],
    [`"name":"n",${envelope},"inputResponses":{},"requestState":"s"`, { name: 'n', _meta: {} }],
    [`"requestState":"s","inputResponses":{},"name":"n",${envelope}`, { name: 'n' }],
    [
      `"requestState":"s","inputResponses":{},"name":"n","_meta":{"v":1,${ENVELOPE}}`,
      { name: 'n', _meta: { v: 1 } },
    ],
  ])('also where answers to questions were taken out: %s', (params, expected) => {
    const x = buildExchange(request(params));
    const { view } = x.call;
    const gone = ['requestState', 'inputResponses'].map((key) => view.member(x.call.params, key));
    x.edits = removeMembers(view, x.call.params, gone);
    const sent = JSON.parse(encodeLegacy(x, '5', '2025-11-25').toString());
    expect(sent).toEqual({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: expected });
  });
});

describe('the context of a completion', () => {
  const ref = '"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"a","value":""}';
  const context = '"context":{"arguments":{"b":"c"}}';
  const envelope = `"_meta":{${ENVELOPE}}`;

  test.each([
    ['2025-11-25', 'legacy', `${ref},${context}`, `${ref},${context}`],
    ['2025-06-18', 'modern', `${ref},${context},${envelope}`, `${ref},${context}`],
    ['2025-03-26', 'legacy', `${ref},${context}`, ref],
    ['2025-03-26', 'modern', `${ref},${context},${envelope}`, ref],
    ['2024-11-05', 'modern', `${context},${ref},${envelope}`, ref],
    ['2024-11-05', 'modern', `${envelope},${context},${ref},"x":1`, `${ref},"x":1`],
    ['2024-11-05', 'legacy', ref, ref],
  ] as const)('to a server of %s from a %s caller: %s', (revision, dialect, params, expected) => {
    const x = buildExchange(request(params, 'completion/complete'), { dialect });
    expect(encodeLegacy(x, '"c"', revision).toString()).toBe(
      request(expected, 'completion/complete'),
    );
  });

  test('stays what it is in other methods', () => {
    const text = request(`"name":"n","arguments":{},${context}`);
    const x = buildExchange(text, { dialect: 'legacy' });
    expect(encodeLegacy(x, '"c"', '2024-11-05').toString()).toBe(text);
  });
});
