import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { adminDocument } from './index.ts';

test('the committed OpenAPI document is that of this release (node tools/generate.ts)', async () => {
  const committed = new URL('../../../docs/admin-api.openapi.json', import.meta.url);
  const text = await readFile(committed, 'utf8');
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(await adminDocument())));
});
