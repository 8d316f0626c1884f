import { expect, test } from 'vitest';
import { buildExchange, modernCall } from '../../../../test/kit/upstream-exchange.ts';
import { stringifyExact } from '../../kernel/index.ts';
import { exactArguments } from './exact-arguments.ts';

/** Edits as (what is replaced, by what). */
function exact(rest: string, edits: readonly (readonly [string, string])[]): string | undefined {
  const { call } = buildExchange(modernCall('get', rest));
  const made = edits.map(([from, text]) => {
    const start = call.view.bytes.indexOf(from);
    return { start, end: start + from.length, text };
  });
  const value = exactArguments(call, made);
  return value === undefined ? undefined : stringifyExact(value);
}

const ARGS = ',"arguments":{"id":1.0,"note":"secret"}';

test.each([
  ['none', '', [], undefined],
  ['as written', ARGS, [], '{"id":1.0,"note":"secret"}'],
  ['an edit beside them', ARGS, [['"get"', '"other"']], '{"id":1.0,"note":"secret"}'],
  ['an edit in them', ARGS, [['secret', 'gone']], '{"id":1.0,"note":"gone"}'],
  ['all of them', ARGS, [['{"id":1.0,"note":"secret"}', '{"a":1}']], '{"a":1}'],
  ['more than them', ARGS, [[ARGS, '']], undefined],
  ['added ones', '', [['"get"', '"get","arguments":{"a":1}']], '{"a":1}'],
] as const)('%s', (_what, rest, edits, values) => {
  expect(exact(rest, edits)).toBe(values);
});
