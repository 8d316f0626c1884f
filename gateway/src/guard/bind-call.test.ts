import { describe, expect, test } from 'vitest';
import {
  Refusal,
  itemBindings,
  replaceValue,
  splice,
  type BoundArgument,
  type Exchange,
} from '../kernel/index.ts';
import { LOCAL, METHOD_TABLE, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { createGuard } from './index.ts';

const guard = createGuard({ maxResultBytes: 1000 });

const fixed = (name: string, isHidden = false): BoundArgument => ({
  name,
  path: [name],
  kind: 'fix',
  isHidden,
  isNamed: true,
  shown: isHidden ? undefined : '"V"',
  valueFor: () => '"V"',
});

function exchangeOf(method: string, params: string, all: readonly BoundArgument[]) {
  const message = `{"jsonrpc":"2.0","id":1, "params" : ${params} ,"method":"${method}"}`;
  const call = makeCall({ method, row: METHOD_TABLE.get(method), message });
  return Object.assign(makeExchange(), { call, principal: LOCAL, bindings: itemBindings(all) });
}

function screened(x: Exchange): string {
  const step = guard.screenIn(x);
  if (step instanceof Refusal) return `${step.reason}: ${step.text}`;
  const { call } = x;
  if (call === undefined) throw new Error('no call');
  // What is known of the call is true of the bytes that leave.
  const parsed = JSON.parse(splice(call.view.bytes, x.edits).toString());
  const known: unknown = call.arguments < 0 ? undefined : JSON.parse(call.view.raw(call.arguments));
  expect(parsed.params.arguments).toEqual(known);
  return splice(call.view.bytes, x.edits).toString().slice('{"jsonrpc":"2.0","id":1, '.length);
}

describe('the call that leaves', () => {
  test.each([
    [
      'tools/call',
      '{"name":"t","arguments":{"b":1.0}}',
      '{"name":"t","arguments":{"a":"V","b":1.0}}',
    ],
    ['tools/call', '{"name":"t"}', '{"arguments":{"a":"V"},"name":"t"}'],
    ['tools/call', '{ "name":"t", "arguments":{ } }', '{ "name":"t", "arguments":{"a":"V" } }'],
    ['prompts/get', '{"arguments":{"a":"V"},"name":"p"}', '{"arguments":{"a":"V"},"name":"p"}'],
    [
      'completion/complete',
      '{"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"b","value":"x"}}',
      '{"context":{"arguments":{"a":"V"}},"ref":{"type":"ref/prompt","name":"p"},"argument":{"name":"b","value":"x"}}',
    ],
    [
      'completion/complete',
      '{"context":{"arguments":{"c":"1"}},"argument":{"name":"b","value":"x"}}',
      '{"context":{"arguments":{"a":"V","c":"1"}},"argument":{"name":"b","value":"x"}}',
    ],
    [
      'completion/complete',
      '{"context":{},"argument":{"name":"b","value":"x"}}',
      '{"context":{"arguments":{"a":"V"}},"argument":{"name":"b","value":"x"}}',
    ],
  ])('%s of %s', (method, params, expected) => {
    const x = exchangeOf(method, params, [fixed('a')]);
    expect(screened(x)).toBe(`"params" : ${expected} ,"method":"${method}"}`);
    expect(x.bound).toEqual(['a']);
  });

  test('keeps the edits of others in their places', () => {
    const params =
      '{"requestState":"s","arguments":{"b":"é"},"_meta":{"progressToken":7},"name":"public"}';
    const x = exchangeOf('tools/call', params, [fixed('a')]);
    const { view, params: at } = x.call;
    x.edits = [
      replaceValue(view, view.member(at, 'name'), '"own"'),
      replaceValue(view, view.member(at, 'requestState'), '"longer state"'),
    ];
    const left =
      '{"requestState":"longer state","arguments":{"a":"V","b":"é"},"_meta":{"progressToken":7},"name":"own"}';
    expect(screened(x)).toBe(`"params" : ${left} ,"method":"tools/call"}`);
    expect(x.call.view.raw(x.call.meta)).toBe('{"progressToken":7}');
  });

  test('is left alone where nothing is bound, or nothing has to be put in', () => {
    const none = exchangeOf('tools/call', '{"name":"t","arguments":[1]}', []);
    const free: Exchange = none;
    free.bindings = undefined;
    const { call } = free;
    expect(guard.screenIn(free)).toBe(free);
    expect(free.call).toBe(call);
    const same = exchangeOf('tools/call', '{"name":"t","arguments":{"a":"V"}}', [fixed('a')]);
    const before = same.call;
    screened(same);
    expect(same.call).toBe(before);
    expect(same.bound).toEqual(['a']);
  });
});

describe('inside call_tool', () => {
  const wrapped = (inner: string): Exchange & { readonly call: NonNullable<Exchange['call']> } => {
    const x = exchangeOf('tools/call', `{"name":"call_tool","arguments":${inner}}`, [fixed('a')]);
    const { view, params } = x.call;
    const outer = view.member(params, 'arguments');
    const args = view.member(outer, 'arguments');
    const name = replaceValue(view, view.member(params, 'name'), '"own"');
    x.via = 'call_tool';
    x.call = { ...x.call, arguments: args };
    x.edits =
      args < 0
        ? [name, replaceValue(view, outer, '{}')]
        : [
            name,
            { start: view.start(outer), end: view.start(args), text: '' },
            { start: view.end(args), end: view.end(outer), text: '' },
          ];
    return x;
  };

  test.each([
    ['{"name":"t","arguments":{"b":[1,{"a":2}]}}', '{"a":"V","b":[1,{"a":2}]}'],
    ['{"arguments":{},"name":"t"}', '{"a":"V"}'],
    ['{"name":"t"}', '{"a":"V"}'],
  ])('%s', (inner, expected) => {
    const x = wrapped(inner);
    expect(guard.screenIn(x)).toBe(x);
    const left = JSON.parse(splice(x.call.view.bytes, x.edits).toString());
    expect(JSON.stringify(left.params.arguments)).toBe(expected);
    expect(left.params.name).toBe('own');
    expect(x.call.view.raw(x.call.arguments)).toBe(expected);
  });
});

describe('what is refused', () => {
  test.each([
    ['tools/call', '{"name":"t","arguments":{"a":"W"}}', 'argument_fixed', 'always "V"'],
    ['tools/call', '{"name":"t","arguments":{"h":1}}', 'argument_fixed', '"h" is not taken here'],
    ['tools/call', '{"name":"t","arguments":[{"a":"W"}]}', 'params_invalid', 'must be an object'],
    ['tools/call', '{"name":"t","arguments":"{}"}', 'params_invalid', 'must be an object'],
    ['prompts/get', '{"name":"t","arguments":{"a":"W"}}', 'argument_fixed', 'always "V"'],
    [
      'completion/complete',
      '{"argument":{"name":"h","value":""}}',
      'argument_fixed',
      '"h" is not taken',
    ],
    ['completion/complete', '{"argument":{"name":"a","value":""}}', 'argument_fixed', 'always "V"'],
    [
      'completion/complete',
      '{"argument":{"name":"b","value":""},"context":{"arguments":{"h":"1"}}}',
      'argument_fixed',
      '"h" is not taken',
    ],
    [
      'completion/complete',
      '{"argument":{"name":"b","value":""},"context":[]}',
      'params_invalid',
      '"context"',
    ],
  ])('%s of %s', (method, params, reason, text) => {
    const said = screened(exchangeOf(method, params, [fixed('a'), fixed('h', true)]));
    expect(said).toContain(`${reason}: `);
    expect(said).toContain(text);
  });
});
