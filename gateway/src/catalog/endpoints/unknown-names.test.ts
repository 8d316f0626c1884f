import { expect, test } from 'vitest';
import { CatalogWorld, listingOf } from '../../../../test/kit/catalog-world.ts';
import { Refusal, compilePattern } from '../../kernel/index.ts';
import { unknownNames } from './unknown-names.ts';

const FIND = '{"name":"find","inputSchema":{"type":"object","properties":{"owner":{}}}}';
const GREET = '{"name":"greet","arguments":[{"name":"who"}]}';

test('what no list has is told, as far as lists are known', async () => {
  const world = await CatalogWorld.open();
  await world.start({
    crm: listingOf({ tools: [FIND], prompts: [GREET] }),
    down: new Refusal('upstream_unavailable'),
  });
  const { parts } = world.catalog.snapshot();
  const bound = (text: string, argument: string) => {
    const pattern = compilePattern(text);
    const patterns = typeof pattern === 'string' ? [] : [pattern];
    return unknownNames(parts, {
      items: [],
      bindings: [{ patterns, argument, path: argument.split('/').filter((key) => key !== '') }],
    });
  };
  const named = (upstream: string, kind: 'tool' | 'prompt', name: string) =>
    unknownNames(parts, { items: [{ upstream, kind, name }], bindings: [] });
  expect(named('crm', 'tool', 'find')).toEqual([]);
  expect(named('crm', 'tool', 'gone')).toEqual(['crm lists no tool "gone"']);
  expect(named('crm', 'prompt', 'find')).toEqual(['crm lists no prompt "find"']);
  expect(named('down', 'tool', 'gone')).toEqual([]);
  expect(bound('crm/find', 'owner')).toEqual([]);
  expect(bound('crm/greet', 'who')).toEqual([]);
  expect(bound('crm/*', 'nothing')).toEqual([]);
  expect(bound('crm/gone', 'owner')).toEqual(['crm lists nothing called "gone"']);
  expect(bound('prompt:crm/find', 'owner')).toEqual(['crm lists nothing called "find"']);
  expect(bound('crm/find', '/owner/id')).toEqual([
    '"crm/find" says of no argument "/owner/id"; it is bound all the same',
  ]);
  expect(bound('down/gone', 'owner')).toEqual([]);
});
