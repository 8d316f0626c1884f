import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { stringifyExact, type JsonObject } from '../../../kernel/index.ts';
import { DEFAULT_RESULT_LIMITS, type ToolResult } from '../results/contract.ts';
import { DEFAULT_HANDLE_LIMITS, type KeptResult } from './contract.ts';
import { readResult } from './read-tool.ts';
import { createHandleStore } from './store.ts';

const ASKER = { principal: 'ann', endpoint: 'default', readTool: 'crm__read_result' };
const store = createHandleStore('', new ManualClock(), DEFAULT_HANDLE_LIMITS);

function read(values: JsonObject, asker = ASKER): Promise<ToolResult> {
  return readResult(store, 'crm', { ...DEFAULT_RESULT_LIMITS, maxChars: 4000 }, values, asker);
}

async function keep(kept: Partial<KeptResult>): Promise<string> {
  const binary = { kind: 'binary', mimeType: 'application/zip', filename: 'a.zip' } as const;
  const whole = { ...binary, bytes: Buffer.from('PK'), listPath: '', ...kept };
  return (await store.put({ ...ASKER, upstream: 'crm' }, whole)) ?? '';
}

function keepJson(value: JsonObject, listPath = ''): Promise<string> {
  return keep({ kind: 'json', bytes: Buffer.from(stringifyExact(value)), listPath });
}

function texts(result: ToolResult): string[] {
  return result.content.flatMap((block) => {
    const text = (block as JsonObject)['text'];
    return typeof text === 'string' ? [text] : [];
  });
}

describe('read_result', () => {
  test.each<[JsonObject, string]>([
    [{}, 'handle is needed'],
    [{ handle: 'nonsense' }, 'There is no result at this handle'],
    [{ handle: 'drawbridge-result://shop/AAAAAAAAAAAAAAAAAAAAAA' }, 'There is no result'],
    [{ handle: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'There is no result'],
    [{ handle: 'x', ofset: 1 }, 'There is no argument "ofset"'],
    [{ handle: 'x', offset: -1 }, 'offset must be'],
    [{ handle: 'x', offset: 1.5 }, 'offset must be'],
    [{ handle: 'x', max_chars: 'many' }, 'max_chars must be'],
    [{ handle: 'x', path: 7 }, 'path must be'],
  ])('%j', async (values, words) => {
    const result = await read(values);
    expect(result.isError).toBe(true);
    expect(texts(result)[0]).toContain(words);
  });

  test('names the nearest path, and nothing of another asker', async () => {
    const handle = await keepJson({ items: [{ name: 'a' }] });
    const wrong = await read({ handle, path: 'items.0.nmae' });
    expect(texts(wrong)[0]).toBe('There is nothing at path items.0.nmae. Nearest: items.name.');
    const other = await read({ handle }, { ...ASKER, endpoint: 'other' });
    expect(texts(other)[0]).toContain('There is no result');
  });

  test('shows a picture and only speaks of other files', async () => {
    const bytes = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    const handle = await keep({ bytes, mimeType: 'image/png' });
    expect((await read({ handle })).content[0]).toMatchObject({ type: 'image' });
    const zip = await read({ handle: await keep({}) });
    expect(JSON.stringify(zip)).not.toContain(Buffer.from('PK').toString('base64'));
    expect(texts(zip)[0]).toContain('a.zip (application/zip, 2 bytes) cannot be read as text');
  });

  test('says where in the whole a part stands that is cut', async () => {
    const items = Array.from({ length: 4 }, (_, id) => ({ id, text: 'x'.repeat(9000) }));
    const handle = await keepJson({ page: { items } }, 'page.items');
    const result = await read({ handle, offset: 2 });
    const [part = '', note = ''] = texts(result);
    expect(JSON.parse(part)).toMatchObject([{ id: 2 }, { id: 3 }]);
    expect(note).toContain('2 items from 2 on, of 4');
    expect(note).toContain('path=page.items.3.text');
    const object = await read({ handle, path: 'page.items.3' });
    expect(texts(object)[0]).toContain('path=page.items.3.text');
  });
});
