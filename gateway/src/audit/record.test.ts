import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  principalOf,
  type Exchange,
  type Item,
  type Principal,
  type Target,
} from '../kernel/index.ts';
import { LOCAL, makeCall, makeExchange } from '../../../test/kit/exchange.ts';
import { RecordFormat, type RecordedOutcome } from './record.ts';

const NOW = Date.UTC(2026, 6, 28, 12, 0, 0, 7);
const ANSWERED: RecordedOutcome = {
  kind: 'answered',
  reason: '',
  isError: false,
  resultBytes: 1024,
};

function itemOf(name: string, publicName = `crm__${name}`): Item {
  return {
    id: { upstream: 'crm', kind: 'tool', name },
    publicName,
    definition: Buffer.alloc(0),
    era: 'modern',
    headerBindings: [],
  };
}

function targetOf(item: Item): Target {
  return { kind: 'item', item, originalName: item.id.name };
}

/** An exchange that began 5 ms before `NOW`, with fields set as stages would have. */
function exchange(fields: Partial<Exchange>): Exchange & { readonly principal: Principal } {
  const principal = fields.principal ?? LOCAL;
  return Object.assign(makeExchange(), { startedMs: NOW - 5, ...fields, principal });
}

function lineOf(fields: Partial<Exchange>, outcome = ANSWERED): string {
  return new RecordFormat().line(exchange(fields), outcome, NOW);
}

const parsed = (fields: Partial<Exchange>, outcome = ANSWERED): Record<string, unknown> =>
  JSON.parse(lineOf(fields, outcome));

describe('a record', () => {
  test('of a retry says which call it goes on with', () => {
    expect(parsed({ parked: '63387e52/2/owner' })).toMatchObject({ continues: '63387e52' });
    expect(parsed({})).not.toHaveProperty('continues');
  });

  test('of a call says who, what, which rule and how it ended', () => {
    const x = exchange({
      endpoint: 'default',
      call: makeCall({
        message: '{"id":7}',
        clientInfo: '{"name":"c","version":"1","icons":[{"src":"data:…"}]}',
      }),
      target: targetOf(itemOf('get')),
      decision: { id: 'd-1', outcome: 'allow', rule: '#1', needsApproval: false },
    });
    expect(JSON.parse(new RecordFormat().line(x, ANSWERED, NOW))).toEqual({
      time: '2026-07-28T12:00:00.007Z',
      id: x.id,
      principal: 'local',
      verifiedBy: 'loopback',
      dialect: 'modern',
      endpoint: 'default',
      epoch: 1,
      revision: '2026-07-28',
      method: 'tools/call',
      requestId: 7,
      client: { name: 'c', version: '1' },
      item: 'tool:crm/get',
      upstream: 'crm',
      publicName: 'crm__get',
      decision: 'd-1',
      decided: 'allow',
      rule: '#1',
      outcome: 'answered',
      isError: false,
      resultBytes: 1024,
      durationMs: 5,
    });
  });

  const ADA = principalOf({
    id: 'key:3f0a91c2d4e5',
    kind: 'user',
    verifiedBy: 'key 3f0a91c2d4e5',
    user: 'ada',
    agent: 'crm-bot',
    team: 'sales',
    groups: ['crm', 'eu'],
    scopes: ['tools'],
    claims: { email: 'ada@example.com' },
  });
  const WHO = { principal: 'key:3f0a91c2d4e5', user: 'ada', agent: 'crm-bot', team: 'sales' };

  test('names user, agent and team, and what verified them; nothing more of a credential', () => {
    const decision = { id: 'd-1', outcome: 'allow', rule: 'r', needsApproval: false } as const;
    const record = parsed({ principal: ADA, decision });
    expect(record).toMatchObject({ ...WHO, verifiedBy: 'key 3f0a91c2d4e5' });
    for (const key of ['groups', 'scopes', 'claims', 'considered', 'rules']) {
      expect(record).not.toHaveProperty(key);
    }
    const nobody = parsed({ principal: { ...ADA, user: '', agent: '', team: '' } });
    for (const key of ['user', 'agent', 'team']) expect(nobody).not.toHaveProperty(key);
  });

  test('names the arguments that the configuration decided', () => {
    expect(parsed({ bound: ['region', 'limits.max'] })).toMatchObject({
      bound: ['region', 'limits.max'],
    });
    expect(parsed({})).not.toHaveProperty('bound');
  });

  test('of a decision against somebody says with what it was asked, and under which rules', () => {
    const considered = ['sales reads', 'nobody deletes'];
    const x = exchange({
      principal: ADA,
      decision: {
        id: 'd-1',
        outcome: 'deny',
        rule: 'nobody deletes',
        needsApproval: false,
        considered,
        failed: ['sales reads'],
        hidden: { upstream: 'crm', kind: 'tool', name: 'delete' },
      },
    });
    const format = new RecordFormat();
    const lines = [0, 0].map(() => format.line(x, ANSWERED, NOW, '0a1b2c3d'));
    expect(lines[1]).toBe(lines[0]);
    const record: Record<string, unknown> = JSON.parse(lines[0]!);
    expect(record).toMatchObject({
      ...WHO,
      groups: ['crm', 'eu'],
      scopes: ['tools'],
      considered,
      failed: ['sales reads'],
      rules: '0a1b2c3d',
      hidden: 'tool:crm/delete',
    });
    expect(record).not.toHaveProperty('claims');
  });

  test('of somebody with many groups, under many rules, is bounded', () => {
    const many = Array.from({ length: 5000 }, (_, at) => `group ${at} ${'x'.repeat(300)}`);
    const line = lineOf({
      principal: { ...ADA, groups: many, scopes: many },
      decision: { id: 'd', outcome: 'deny', rule: 'r', needsApproval: false, considered: many },
    });
    expect(line.length).toBeLessThan(80_000);
    expect(JSON.parse(line)).toMatchObject({ groupsLeft: 4900, consideredLeft: 4980 });
  });

  test('of a refusal before anything was found says what was asked and why it was refused', () => {
    const outcome = { kind: 'refused', reason: 'item_unknown', isError: true, resultBytes: 90 };
    const record = parsed({ asked: 'crm__nothing', call: makeCall() }, outcome);
    expect(record).toMatchObject({
      asked: 'crm__nothing',
      outcome: 'refused',
      reason: 'item_unknown',
      isError: true,
    });
    expect(record).not.toHaveProperty('item');
    expect(record).not.toHaveProperty('decision');
    expect(record).not.toHaveProperty('requestId');
  });

  const item = itemOf('get');
  test.each([
    [
      'a vendor method',
      { kind: 'passthrough', upstream: 'crm' },
      { asked: 'v/m', upstream: 'crm' },
    ],
    ['a view', { kind: 'view' }, { asked: 'v/m' }],
    ['a session', { kind: 'session' }, { asked: 'v/m' }],
    ['a stream', { kind: 'subscription', item: undefined, originalName: '' }, { asked: 'v/m' }],
    ['a subscription', { kind: 'subscription', item, originalName: '' }, { item: 'tool:crm/get' }],
  ] as const)('of %s names it', (_case, target, expected) => {
    expect(parsed({ target, asked: 'v/m' })).toMatchObject(expected);
  });

  test('of a method of the protocol names it', () => {
    const row = { method: 'prompts/get', target: 'item', dialects: ['modern'] } as const;
    expect(parsed({ call: makeCall({ method: row.method, row }) })).toMatchObject({
      method: 'prompts/get',
    });
  });

  test.each([
    ['stream', 'GET'],
    ['end', 'DELETE'],
    ['response', 'response'],
    ['notification', 'tools/call'],
  ] as const)('of a legacy %s has the method %s', (kind, method) => {
    expect(parsed({ call: makeCall({ kind }) })).toMatchObject({ method });
  });

  test.each([
    ['', undefined],
    ['{}', {}],
    ['{"name":7,"version":"1"}', { version: '1' }],
    ['{"name":"c"}', { name: 'c' }],
    ['"c"', {}],
    ['null', {}],
    ['not json', {}],
  ])('of the client %j says %j', (clientInfo, expected) => {
    expect(parsed({ call: makeCall({ clientInfo }) })['client']).toEqual(expected);
  });

  test('is made of the same parts however often they come', () => {
    const format = new RecordFormat();
    const x = exchange({
      target: targetOf(itemOf('get')),
      call: makeCall({ clientInfo: '{"name":"c"}' }),
    });
    const lines = [0, 0, 1].map((laterMs) => format.line(x, ANSWERED, NOW + laterMs));
    expect(lines[1]).toBe(lines[0]);
    expect(JSON.parse(lines[2]!)).toMatchObject({
      time: '2026-07-28T12:00:00.008Z',
      client: { name: 'c' },
      item: 'tool:crm/get',
    });
  });

  test('has no negative duration when the clock was set back', () => {
    expect(parsed({ startedMs: NOW + 1000 })).toMatchObject({ durationMs: 0 });
  });
});

describe('what others chose', () => {
  test('never stands in a record where it may be secret', () => {
    const secret = 'hunter2';
    const call = makeCall({
      message: JSON.stringify({
        id: 1,
        params: { name: 'x', arguments: { password: secret }, _meta: { token: secret } },
      }),
      capabilities: JSON.stringify({ secret }),
      clientInfo: JSON.stringify({ name: 'c', secret }),
      rawProgressToken: JSON.stringify(secret),
    });
    const headers = { authorization: `Bearer ${secret}`, cookie: secret };
    const x = Object.assign(makeExchange({ headers, path: `/mcp?key=${secret}` }), {
      principal: LOCAL,
      call,
    });
    expect(new RecordFormat().line(x, ANSWERED, NOW)).not.toContain(secret);
  });

  test('is bounded', () => {
    const long = 'é'.repeat(1_000_000);
    const line = lineOf({
      endpoint: long,
      asked: long,
      call: makeCall({
        method: long,
        revision: long,
        rawId: `"${long}"`,
        clientInfo: JSON.stringify({ name: long, version: long }),
      }),
    });
    expect(line.length).toBeLessThan(4096);
    expect(JSON.parse(line)).toMatchObject({
      method: expect.stringContaining('(1000000 characters)'),
      requestId: '(1000002 characters)',
    });
  });

  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom(
        '"',
        '\\',
        '\n',
        '\r',
        '\0',
        '\u007f',
        '\u0085',
        '\u2028',
        '\u2029',
        '\u202e',
      ),
      fc.constantFrom('\ud800', '\udfff', '🙂', 'é', '}', ','),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    maxLength: 40,
  });
  // Raw ids were bytes once, so they are well-formed; here they need no escapes.
  const rawId = hostile.map((text) => text.toWellFormed().replaceAll(/[^\P{Cc}]|["\\]/gu, ''));

  test('makes one line of valid JSON whatever it is, and comes out as it was', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, rawId, (a, b, c, d, e) => {
        const line = lineOf({
          endpoint: a,
          call: makeCall({
            method: b,
            rawId: `"${e}"`,
            clientInfo: JSON.stringify({ name: c }),
          }),
          target: targetOf(itemOf(d, c)),
          decision: { id: 'd', outcome: 'allow', rule: d, needsApproval: false },
        });
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028-\u202e]/u);
        expect(line.endsWith('}\n')).toBe(true);
        expect(JSON.parse(Buffer.from(line).toString())).toMatchObject({
          endpoint: a,
          method: b,
          requestId: e,
          client: { name: c },
          publicName: c,
          rule: d,
          item: `tool:crm/${d}`,
        });
      }),
      { numRuns: 2000 },
    );
  });
});

test('a call that came in another names both', () => {
  const target = targetOf(itemOf('get'));
  expect(parsed({ target, via: 'call_tool', asked: 'crm__get' })).toMatchObject({
    item: 'tool:crm/get',
    publicName: 'crm__get',
    via: 'call_tool',
  });
  expect(parsed({ via: 'call_tool', asked: 'crm__none' })).toMatchObject({
    asked: 'crm__none',
    via: 'call_tool',
  });
  expect(parsed({ target })).not.toHaveProperty('via');
});
