import { describe, expect, test } from 'vitest';
import { missingCapability, readClientCapabilities } from './client-capabilities.ts';
import type { QuestionMethod } from './question.ts';

const NONE = {
  elicitationForm: false,
  elicitationUrl: false,
  sampling: false,
  samplingTools: false,
  samplingContext: false,
  roots: false,
};

describe('what a client declares', () => {
  test.each<[string, Partial<typeof NONE>]>([
    ['', {}],
    ['{}', {}],
    ['nonsense', {}],
    ['[]', {}],
    ['{"elicitation":true,"sampling":[],"roots":"yes"}', {}],
    ['{"elicitation":{}}', { elicitationForm: true }],
    ['{"elicitation":{"form":{}}}', { elicitationForm: true }],
    ['{"elicitation":{"url":{}}}', { elicitationUrl: true }],
    ['{"elicitation":{"form":{},"url":{}}}', { elicitationForm: true, elicitationUrl: true }],
    ['{"sampling":{}}', { sampling: true }],
    [
      '{"sampling":{"tools":{},"context":{}}}',
      { sampling: true, samplingTools: true, samplingContext: true },
    ],
    ['{"roots":{"listChanged":true},"vendor":{"a":1e400}}', { roots: true }],
  ])('%s', (text, expected) => {
    expect(readClientCapabilities(text)).toEqual({ ...NONE, ...expected });
  });
});

describe('what a question needs', () => {
  test.each<[QuestionMethod, string, string, object | undefined]>([
    ['roots/list', '', '{}', { roots: {} }],
    ['roots/list', '', '{"roots":{}}', undefined],
    ['elicitation/create', '{"message":"?"}', '{}', { elicitation: { form: {} } }],
    ['elicitation/create', '{"message":"?"}', '{"elicitation":{}}', undefined],
    ['elicitation/create', '{"mode":"url"}', '{"elicitation":{}}', { elicitation: { url: {} } }],
    ['elicitation/create', '{"mode":"url"}', '{"elicitation":{"url":{}}}', undefined],
    [
      'elicitation/create',
      '{"mode":"form"}',
      '{"elicitation":{"url":{}}}',
      { elicitation: { form: {} } },
    ],
    ['sampling/createMessage', '{"messages":[]}', '{}', { sampling: {} }],
    ['sampling/createMessage', '{"messages":[]}', '{"sampling":{}}', undefined],
    ['sampling/createMessage', '{"tools":[]}', '{"sampling":{}}', { sampling: { tools: {} } }],
    ['sampling/createMessage', '{"tools":[]}', '{"sampling":{"tools":{}}}', undefined],
  ])('%s with %s of a client with %s', (method, params, has, missing) => {
    expect(missingCapability({ method, params }, readClientCapabilities(has))).toEqual(missing);
  });
});
