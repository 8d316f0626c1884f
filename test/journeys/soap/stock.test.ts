/** A SOAP service made from its WSDL by another library, behind the gateway, for callers of every dialect. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from '../../../examples/soap/behind.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { callerOf, WAYS, type Caller } from '../apis/world.ts';

const WSDL = fileURLToPath(new URL('../../../examples/soap/stock.wsdl', import.meta.url));

describe.each(WAYS)('%s', (way) => {
  let gateway: TestGateway;
  let caller: Caller;
  let behind: { stop(): Promise<void> };

  beforeAll(async () => {
    behind = await start();
    const soap = {
      wsdl: WSDL,
      url: process.env['STOCK_URL'],
      username: 'erp',
      password: 'canary-word',
    };
    gateway = await startGateway({ upstreams: { stock: { soap } } });
    caller = await callerOf(way, gateway);
  });
  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
    await behind.stop();
  });

  test('operations are tools', async () => {
    expect([...(await caller.tools())].toSorted()).toEqual([
      'stock__get_article',
      'stock__place_order',
      'stock__read_result',
    ]);
  });

  test('an answer is read by its schema: one is a list, nil is null, numbers are exact', async () => {
    const { text, isError } = await caller.call('stock__get_article', { sku: 'AB-100' });
    expect([text, isError]).toEqual([expect.stringContaining('9007199254740993'), false]);
    expect(text).toContain('"place":["north"]');
    expect(text).toContain('"counted":null');
    expect(text).toContain('Rope & hook <20 m>');
  });

  test('values land in the order of the schema, whatever the order of the caller', async () => {
    const line = [{ '@unit': 'box', count: 2, sku: 'AB-100' }];
    const { text, isError } = await caller.call('stock__place_order', {
      line,
      card: '<4111> & "more"',
      customer: 42,
    });
    expect([text, isError]).toEqual([expect.stringContaining('"order":42'), false]);
    expect(text).toContain('"sku":"AB-100"');
    expect(text).toContain('"line":[');
  });

  test('a fault says which argument to change', async () => {
    const { text, isError } = await caller.call('stock__get_article', { sku: 'ZZ-999' });
    expect(isError).toBe(true);
    expect(text).toContain('Change sku: the API says of it "There is no article ZZ-999."');
    expect(text).not.toContain('canary-word');
  });

  test('of a choice one is taken, and the message says so', async () => {
    const line = [{ '@unit': 'box', count: 2, sku: 'AB-100' }];
    const none = await caller.call('stock__place_order', { customer: 1, line });
    expect(none.text).toContain('one of account, card must be given.');
    const both = await caller.call('stock__place_order', {
      customer: 1,
      line,
      card: 'a',
      account: 'b',
    });
    expect(both.text).toContain('the schema takes one or the other');
  });
});
