import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAnswer } from './check-answer.ts';

const form = (properties: string, required = '[]') => ({
  key: 'k',
  method: 'elicitation/create' as const,
  params: `{"message":"m","requestedSchema":{"type":"object","properties":${properties},"required":${required}}}`,
});
const accept = (content: string): string => `{"action":"accept","content":${content}}`;

describe('the content of a form', () => {
  test.each([
    ['{"a":{"type":"string"}}', '{"a":"x"}'],
    ['{"a":{"type":"string"}}', '{}'],
    ['{"a":{"type":"string"}}', '{"b":1}'],
    ['{"a":{"type":"boolean"}}', '{"a":false}'],
    ['{"a":{"type":"number"}}', '{"a":1.50}'],
    ['{"a":{"type":"integer"}}', '{"a":1.0}'],
    ['{"a":{"type":"integer","minimum":1,"maximum":3}}', '{"a":3}'],
    ['{"a":{"type":"string","minLength":1,"maxLength":2}}', '{"a":"𝒳𝒳"}'],
    ['{"a":{"type":"string","enum":["x","y"]}}', '{"a":"y"}'],
    ['{"a":{"type":"string","oneOf":[{"const":"x","title":"X"}]}}', '{"a":"x"}'],
    ['{"a":{"type":"array","items":{"type":"string","enum":["x","y"]}}}', '{"a":["x"]}'],
    ['{"a":{"type":"array","items":{"anyOf":[{"const":"x"}]},"minItems":0}}', '{"a":[]}'],
    [
      '{"a":{"type":"string","pattern":"^(a+)+$","format":"email"}}',
      '{"a":"aaaaaaaaaaaaaaaaaaaaaa!"}',
    ],
    ['{"a":{"type":"unheard"}}', '{"a":1}'],
    ['{"a":5}', '{"a":1}'],
    ['[]', '{"a":1}'],
    ['{"__proto__":{"type":"string"}}', '{"__proto__":"x"}'],
  ])('%s takes %s', (properties, content) => {
    expect(checkAnswer(form(properties), accept(content))).toBeUndefined();
  });

  test.each([
    ['{"a":{"type":"string"}}', '{"a":1}', 'a string'],
    ['{"a":{"type":"boolean"}}', '{"a":"true"}', 'a boolean'],
    ['{"a":{"type":"integer"}}', '{"a":1.5}', 'an integer'],
    ['{"a":{"type":"number"}}', '{"a":"1"}', 'a number'],
    ['{"a":{"type":"integer","minimum":1}}', '{"a":0}', 'at least 1'],
    ['{"a":{"type":"integer","maximum":1}}', '{"a":1e400}', 'an integer'],
    ['{"a":{"type":"number","maximum":1}}', '{"a":1e400}', 'at most 1'],
    ['{"a":{"type":"string","minLength":2}}', '{"a":"𝒳"}', 'at least 2'],
    ['{"a":{"type":"string","maxLength":1}}', '{"a":"xy"}', '1 characters at most'],
    ['{"a":{"type":"string","enum":["x"]}}', '{"a":"y"}', 'choices'],
    ['{"a":{"oneOf":[{"const":"x"}]}}', '{"a":"y"}', 'choices'],
    ['{"a":{"type":"array","items":{"enum":["x"]}}}', '{"a":["x","y"]}', '"y"'],
    ['{"a":{"type":"array","minItems":1}}', '{"a":[]}', 'at least 1'],
    ['{"a":{"type":"array","maxItems":1}}', '{"a":["x","y"]}', '1 elements'],
    ['{"a":{"type":"array"}}', '{"a":"x"}', 'array of strings'],
    ['{"a":{"type":"string"}}', '{"a":["x"]}', 'not an array'],
    ['{}', '{"a":[1]}', 'array of strings'],
    ['{}', '{"a":{"b":1}}', 'must be a string'],
    ['{}', '{"a":null}', 'must be a string'],
    ['{}', '[]', 'must be an object'],
    ['{"__proto__":{"type":"string"}}', '{"__proto__":1}', 'a string'],
  ])('%s does not take %s', (properties, content, words) => {
    expect(checkAnswer(form(properties), accept(content))).toContain(words);
  });

  test('has every member that is required', () => {
    const asked = form('{"a":{"type":"string"}}', '["a"]');
    expect(checkAnswer(asked, '{"action":"accept"}')).toContain('"a"');
    expect(checkAnswer(asked, accept('{"b":"x"}'))).toContain('"a"');
    expect(checkAnswer(asked, '{"action":"decline"}')).toBeUndefined();
    expect(checkAnswer(asked, '{"action":"cancel","content":5}')).toBeUndefined();
  });

  test('is bounded', () => {
    const many = JSON.stringify(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [i, 1])));
    expect(checkAnswer(form('{}'), accept(many))).toContain('256');
    const choices = JSON.stringify({ a: Array.from({ length: 2000 }, () => 'x') });
    expect(checkAnswer(form('{}'), accept(choices))).toContain('1024');
  });

  test('and its form may be any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (schema, content) => {
        const params = `{"requestedSchema":${schema}}`;
        const wrong = checkAnswer(
          { key: 'k', method: 'elicitation/create', params },
          accept(content),
        );
        expect(wrong === undefined || wrong.endsWith('.')).toBe(true);
      }),
    );
  });
});

describe('the answer to', () => {
  const url = { key: 'k', method: 'elicitation/create', params: '{"mode":"url"}' } as const;
  const sampling = { key: 'k', method: 'sampling/createMessage', params: '{}' } as const;
  const roots = { key: 'k', method: 'roots/list', params: '' } as const;
  const text = '{"type":"text","text":"t"}';

  test.each([
    [url, '{"action":"accept"}'],
    [sampling, `{"role":"assistant","model":"m","content":${text}}`],
    [sampling, `{"role":"user","model":"m","content":[${text}]}`],
    [roots, '{"roots":[]}'],
    [roots, '{"roots":[{"uri":"file:///a","name":"a"}]}'],
  ])('%j may be %s', (question, result) => {
    expect(checkAnswer(question, result)).toBeUndefined();
  });

  test.each([
    [url, '{}'],
    [url, 'null'],
    [sampling, '{"action":"accept"}'],
    [sampling, `{"role":"system","model":"m","content":${text}}`],
    [sampling, `{"role":"user","content":${text}}`],
    [sampling, '{"role":"user","model":"m","content":"t"}'],
    [sampling, '{"role":"user","model":"m","content":[{}]}'],
    [roots, '{"roots":{}}'],
    [roots, '{"roots":["file:///a"]}'],
    [roots, '{}'],
  ])('%j may not be %s', (question, result) => {
    expect(checkAnswer(question, result)).toMatch(/\.$/);
  });
});
