import { expect, test } from 'vitest';
import { makeExchange } from '../../../../test/kit/exchange.ts';
import { accepts, acceptsAnyAnswer, answerForm } from './accept.ts';

const headOf = (accept: string | undefined) => makeExchange({ headers: { accept } }).head;

test.each([
  [undefined, 'plain'],
  ['', 'plain'],
  ['*/*', 'plain'],
  ['application/json', 'json'],
  ['application/json;charset=utf-8', 'json'],
  ['APPLICATION/JSON', 'json'],
  ['application/json, text/plain, */*', 'json'],
  ['application/json;q=0.5, */*', 'json'],
  ['application/json;q=0.5, text/plain', 'plain'],
  ['application/json;q=0, */*', 'plain'],
  ['application/*', 'plain'],
  ['text/plain', 'plain'],
  ['image/png', 'plain'],
  ['text/event-stream', 'stream'],
  ['text/event-stream, */*', 'stream'],
  ['text/event-stream, application/json;q=0.9', 'stream'],
  ['application/json, text/event-stream', 'json'],
  ['text/event-stream;q=0', 'plain'],
  ['text/event-stream;q=2', 'plain'],
  ['text/*', 'plain'],
  [', ,', 'plain'],
])('Accept %j asks for %s', (accept, form) => {
  expect(answerForm(headOf(accept))).toBe(form);
});

test.each([
  [undefined, true],
  ['*/*', true],
  ['application/json', true],
  ['text/*', true],
  ['image/png', true],
  ['audio/*;q=0.1', true],
  ['application/xml', false],
  ['text/html', false],
  ['*/*;q=0', false],
  ['application/xml, application/json;q=0', false],
  ['image/png;q=0', false],
  [',', false],
])('Accept %j leaves a form in which a tool may answer: %j', (accept, expected) => {
  expect(acceptsAnyAnswer(headOf(accept))).toBe(expected);
});

test('the most particular range decides', () => {
  expect(accepts(headOf('application/json;q=0, application/*'), 'application/json')).toBe(false);
  expect(accepts(headOf('application/*;q=0, */*'), 'application/json')).toBe(false);
  expect(accepts(headOf('application/*, */*;q=0'), 'application/json')).toBe(true);
});
