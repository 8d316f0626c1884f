/** What callers are told where an API or the gateway says no, and that it is enough to go on. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestGateway } from '../../kit/gateway.ts';
import { callerOf, done, startApis, WAYS, type Caller } from './world.ts';

const PAYMENT = { amountMinor: 1250, currency: 'EUR', payee: 'Harbour Office' };

describe.each(WAYS)('%s', (way) => {
  let gateway: TestGateway;
  let caller: Caller;

  beforeAll(async () => {
    gateway = await startApis();
    caller = await callerOf(way, gateway);
  });
  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
  });

  /** Every call here is wrong in one way; whoever does as the first line or the example says is right. */
  test.each([
    [
      'weather__get_forecast',
      { latitude: 100, longitude: 8 },
      'latitude must be a number from -90',
    ],
    [
      'weather__get_forecast',
      { lat: 47, lon: 8 },
      'lat is not an argument here; did you mean latitude?',
    ],
    ['weather__get_forecast', { latitude: 47, longitude: 8, days: 2.5 }, 'days must be an integer'],
    [
      'weather__get_warnings',
      { region: 'south' },
      'one of "north", "coast", "plains" or "islands"',
    ],
    ['crm__get_contact', { ID: 3 }, 'did you mean id?'],
    ['crm__get_contact', { id: 'first' }, 'id must be an integer, not "first"'],
    ['crm__add_contact', { name: 'Zoe' }, 'email is missing: it must be a string (email)'],
    ['crm__open_deal', { contactId: 1, title: 't', valueEur: -3 }, 'at least 0, not -3'],
    ['crm__list_contacts', { pageSize: 500 }, 'pageSize must be an integer from 1 to 100, not 500'],
    ['payments__create_payment', { ...PAYMENT, currency: 'GBP' }, '"EUR", "USD", "CHF" or "JPY"'],
    ['payments__create_payment', { ...PAYMENT, amountMinor: 12.5 }, 'an integer from 1 to 1000000'],
    ['payments__create_payment', { ...PAYMENT, amount: 1 }, 'amount is not an argument here'],
  ])('%s %j is put right by what is said: %s', async (tool, args, said) => {
    const told = await caller.call(tool, args);
    expect(told.isError).toBe(true);
    expect(told.text).toContain(said);
    expect(told.text).toContain('Nothing was sent to the API.');
    const [, example = ''] = /A valid call has the arguments (\{.*\})$/.exec(told.text) ?? [];
    await done(caller, tool, JSON.parse(example) as object);
  });

  test('one of the allowed values will do', async () => {
    const told = await caller.call('weather__get_warnings', { region: 'south' });
    const [, allowed = ''] = /must be one of (.*), not/.exec(told.text) ?? [];
    for (const [, region] of allowed.matchAll(/"(\w+)"/g)) {
      expect((await done(caller, 'weather__get_warnings', { region })).value).toMatchObject({
        region,
      });
    }
  });

  test('what only the API knows to be wrong is told in the name of the argument', async () => {
    const told = await caller.call('crm__add_contact', { name: 'Zoe', email: 'nonsense' });
    expect(told.text).toMatch(/^Change email: the API says of it "must be an e-mail address"\./);
  });

  test.each([
    ['crm__get_contact', 'crm__list_contacts', (id: unknown) => ({ id })],
    ['crm__get_photo', 'crm__list_contacts', (id: unknown) => ({ id })],
    ['crm__move_deal', 'crm__list_deals', (id: unknown) => ({ id, stage: 'offer' })],
  ])('%s of what there is not names %s', async (tool, lister, args) => {
    const told = await caller.call(tool, args(99_999));
    expect(told.isError).toBe(true);
    expect(told.text).toMatch(/^Change id: the API knows nothing by this value\./);
    expect(/The tool (\w+) lists/.exec(told.text)?.[1]).toBe(lister);
    const list = await done(caller, lister, { _max_items: 1 });
    const { items } = list.value as { items: { id: number }[] };
    const again = await caller.call(tool, args(items[0]?.id));
    expect(again.text).not.toContain('99999');
  });

  test('a conflict names what reads the current state', async () => {
    const { value } = await done(caller, 'crm__list_deals', { stage: 'won', pageSize: 1 });
    const [deal] = (value as { items: { id: number }[] }).items;
    const told = await caller.call('crm__move_deal', { id: deal?.id, stage: 'new' });
    expect(told.text).toMatch(/^Read the current state with the tool crm__list_deals first/);
    expect(told.text).toContain('The deal is won; it cannot be moved any more.');
  });

  test.each([
    ['keyless', 'What would help: a value for auth.schemes.key in the configuration.'],
    ['locked', 'What the gateway sent was not accepted.'],
  ])('%s: a 401 says what is needed, and who sets it where', async (upstream, why) => {
    const told = await caller.call(`${upstream}__list_payments`);
    expect(told.isError).toBe(true);
    expect(told.text).toContain('This operation needs key (API key in the header X-Api-Key).');
    expect(told.text).toContain(why);
    expect(told.text).toContain(
      `Whoever runs the gateway sets auth.schemes.key of upstreams.${upstream}.`,
    );
    expect(told.text).not.toContain('no key of it');
  });

  test('a refund waits for a person, and nothing is given back', async () => {
    const { value } = await done(caller, 'payments__create_payment', PAYMENT);
    const { id } = value as { id: string };
    const told = await caller.call('payments__refund_payment', { id, amountMinor: 50 });
    expect([told.isError, told.reason]).toEqual([true, 'approval_required']);
    expect(told.text).toContain('a person approves refunds');
    const payment = await done(caller, 'payments__get_payment', { id });
    expect(payment.value).toMatchObject({ refundedMinor: 0 });
  });

  test('what is denied is not there', async () => {
    const names = await caller.tools();
    expect(names).toContain('crm__get_contact');
    expect(names).not.toContain('crm__remove_contact');
    const [denied, absent] = await Promise.all(
      ['crm__remove_contact', 'crm__never_was'].map(async (name) => {
        const told = await caller.call(name, { id: 1 });
        return { ...told, text: told.text.replace(/decision [\w-]+/, 'decision') };
      }),
    );
    expect(denied?.reason).toBe('item_unknown');
    expect(denied).toEqual(absent);
    await done(caller, 'crm__get_contact', { id: 1 });
  });

  test('only a repeated key keeps a payment from being made twice', async () => {
    const args = { ...PAYMENT, 'Idempotency-Key': `of ${way}` };
    const [one, two] = [
      await done(caller, 'payments__create_payment', args),
      await done(caller, 'payments__create_payment', args),
    ];
    expect(two.value).toEqual(one.value);
  });
});

describe('the same call', () => {
  const CALLS: readonly (readonly [string, Record<string, unknown>])[] = [
    ['crm__get_contact', { id: 1 }],
    ['crm__list_contacts', { search: 'ember', _fields: ['items.email', 'total'] }],
    ['crm__export_deals', {}],
    ['weather__get_map', { latitude: 1, longitude: 2 }],
    ['crm__get_contact', { id: 'x' }],
    ['crm__get_contact', { id: 99_999 }],
    ['crm__remove_contact', { id: 1 }],
    ['crm__never_was', {}],
    ['keyless__list_payments', {}],
    ['payments__refund_payment', { id: 'pay_1', amountMinor: 1 }],
  ];

  test('gets the same decision, record and answer in every dialect', async () => {
    await using gateway = await startApis();
    for (const [tool, args] of CALLS) {
      const seen = [];
      for (const way of WAYS) {
        await using caller = await callerOf(way, gateway);
        const { image, text, value, ...told } = await caller.call(tool, args);
        const calls = (await gateway.records()).filter((one) => one['method'] === 'tools/call');
        const record = calls.at(-1) ?? {};
        expect([tool, record['dialect']]).toEqual([tool, way]);
        const words = image === undefined && !told.reason ? { text, value } : {};
        seen.push({ ...told, ...words, image: image?.toString('hex'), ...comparable(record) });
      }
      const [modern, legacy, rest] = seen;
      expect([tool, legacy]).toEqual([tool, modern]);
      expect([tool, rest]).toEqual([tool, modern]);
    }
  });
});

/** A record without what differs between any two calls. */
function comparable(record: Record<string, unknown>): object {
  const { time, id, requestId, client, session, decision, durationMs, resultBytes, ...rest } =
    record;
  for (const known of [time, id, durationMs, client]) expect(known).toBeDefined();
  void [requestId, session, resultBytes];
  return { ...rest, dialect: '', revision: '', isDecided: decision !== undefined };
}
