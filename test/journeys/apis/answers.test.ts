/** What APIs answer, as callers of every dialect get it: pages, files, long results, parts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestGateway } from '../../kit/gateway.ts';
import { callerOf, done, startApis, WAYS, type Caller, type Told } from './world.ts';

const PNG_HEAD = '89504e470d0a1a0a';
const NOT_A_PNG = Buffer.from('no picture').toString('base64');

type Item = Readonly<Record<string, unknown>>;

/** The list in an answer, whatever it is called there. */
function itemsIn({ value, text }: Told): readonly Item[] {
  const found: unknown = value ?? JSON.parse(text.slice(0, text.lastIndexOf(']') + 1));
  const list = Array.isArray(found) ? found : Object.values(found as object).find(Array.isArray);
  return (list ?? []) as readonly Item[];
}

/** Follows what notes say to the end. */
async function pagesOf(caller: Caller, tool: string, args: object): Promise<Item[][]> {
  const pages: Item[][] = [];
  for (let page: string | undefined = ''; page !== undefined && pages.length < 20;) {
    const told: Told = await done(caller, tool, page === '' ? args : { ...args, _page: page });
    pages.push([...itemsIn(told)]);
    page = /_page=([\w-]+)/.exec(told.text)?.[1];
  }
  return pages;
}

describe.each(WAYS)('%s', (way) => {
  let gateway: TestGateway;
  let caller: Caller;

  beforeAll(async () => {
    gateway = await startApis();
    caller = await callerOf(way, gateway);
    for (let at = 1; at <= 23; at++) {
      const payment = { amountMinor: at, currency: 'EUR', payee: 'Harbour Office' };
      await done(caller, 'payments__create_payment', payment);
    }
  });
  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
    await gateway.close();
  });

  test.each([
    ['crm__list_contacts', { pageSize: 30 }, [30, 30, 20]],
    ['crm__list_contacts', { search: 'brook', pageSize: 5 }, [5, 5]],
    ['crm__list_contacts', { search: 'nobody' }, [0]],
    ['crm__list_deals', { stage: 'won' }, [6]],
    ['payments__list_payments', {}, [10, 10, 3]],
    ['payments__list_payments', { _fields: ['payments.id'] }, [10, 10, 3]],
  ])('%s %j ends after pages of %j', async (tool, args, sizes) => {
    const pages = await pagesOf(caller, tool, args);
    expect(pages.map((page) => page.length)).toEqual(sizes);
    const ids = pages.flat().map((item) => item['id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each([
    ['crm__list_contacts', {}, 80, 80],
    ['crm__list_contacts', { pageSize: 7 }, 20, 20],
    ['crm__list_contacts', { search: 'brook' }, 50, 10],
    ['payments__list_payments', {}, 23, 23],
    ['payments__list_payments', {}, 11, 11],
  ])('%s %j with _max_items=%i gives %i at once', async (tool, args, wanted, found) => {
    const told = await done(caller, tool, { ...args, _max_items: wanted });
    expect(new Set(itemsIn(told).map(({ id }) => id)).size).toBe(found);
  });

  test('a page is worth nothing with other arguments', async () => {
    const first = await done(caller, 'crm__list_contacts', { pageSize: 5 });
    const page = /_page=([\w-]+)/.exec(first.text)?.[1];
    const told = await caller.call('crm__list_contacts', { pageSize: 6, _page: page });
    expect(told.isError).toBe(true);
    expect(told.text).toContain('_page');
  });

  test('_fields keeps what it names, and says what there is not', async () => {
    const fields = ['items.id', 'items.nmae'];
    const told = await done(caller, 'crm__list_contacts', { pageSize: 1, _fields: fields });
    expect(itemsIn(told)).toEqual([{ id: 1 }]);
    expect(told.text).toContain('there is no items.nmae in the answer; nearest: items.name');
  });

  test('a picture goes from one API to another by its handle, and by its bytes', async () => {
    const place = { latitude: 47.4, longitude: 8.5 };
    const map = await done(caller, 'weather__get_map', place);
    expect(map.image?.toString('hex', 0, 8)).toBe(PNG_HEAD);
    const data = map.image?.toString('base64');
    await done(caller, 'crm__set_photo', { id: 1, body: { data, mimeType: 'image/png' } });
    const photo = await done(caller, 'crm__get_photo', { id: 1 });
    expect(photo.image).toEqual(map.image);
    if (caller.client === undefined) return;
    const uri = /drawbridge-result:\/\/[\w/-]+/.exec(photo.text)?.[0] ?? '';
    await done(caller, 'crm__set_photo', { id: 2, body: { uri } });
    expect((await done(caller, 'crm__get_photo', { id: 2 })).image).toEqual(map.image);
    await done(caller, 'crm__set_photo', { id: 3, body: uri });
    const read = await caller.client.readResource({ uri });
    const [content] = read.contents;
    expect(content).toMatchObject({ mimeType: 'image/png', blob: data });
  });

  test('what is called a picture and is none comes as a file', async () => {
    const body = { data: NOT_A_PNG, mimeType: 'image/png' };
    await done(caller, 'crm__set_photo', { id: 5, body });
    const told = await done(caller, 'crm__get_photo', { id: 5 });
    expect(told.image).toBeUndefined();
  });

  test('texts come as they are', async () => {
    const csv = await done(caller, 'crm__export_deals');
    expect(csv.text).toContain('id,contactId,title,valueEur,stage\n4,3,"Lanterns for Carla Alder"');
    const receipt = await done(caller, 'payments__get_receipt', { id: 'pay_1' });
    expect(receipt.text).toContain('Amount    0.01 EUR');
  });

  test('a long result is read on to its end, by the tool and as a resource', async () => {
    const first = await done(caller, 'crm__activity_report');
    const all = [...itemsIn(first)];
    expect(first.text.length).toBeLessThanOrEqual(25_000);
    const next = /next: (\w+) with handle=(\S+) path=(\w+) offset=(\d+)/;
    const [, , handle = ''] = next.exec(first.text) ?? [];
    for (let way = next.exec(first.text); way !== null;) {
      const [, tool = '', uri, path, offset] = way;
      const told = await done(caller, tool, { handle: uri, path, offset: Number(offset) });
      all.push(...itemsIn({ ...told, value: undefined }));
      way = next.exec(told.text);
    }
    expect(all).toHaveLength(432);
    expect(all.at(-1)).toMatchObject({ text: expect.stringContaining('Jun Hill') as string });
    if (caller.client === undefined) return;
    const [content] = (await caller.client.readResource({ uri: handle })).contents;
    const whole = content !== undefined && 'text' in content ? content.text : '';
    expect(JSON.parse(whole)).toEqual({ entries: all });
  });
});
