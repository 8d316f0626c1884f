/** The example of docs/access.md is one that the gateway takes. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkConfig, configSchema } from '../../../gateway/src/compose/index.ts';

test('signing in with a browser', () => {
  const page = readFileSync(new URL('../../../docs/access.md', import.meta.url), 'utf8');
  const [, part = ''] = page.split('\n## Signing in with a browser\n');
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(part) ?? [];
  const config = configSchema.parse(parse(example.replace('${OIDC_SECRET}', 'secret')));
  expect(config.login.providers).toHaveLength(1);
  expect(checkConfig(config)).toEqual([]);
});
