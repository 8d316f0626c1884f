import { beforeEach, describe, expect, test } from 'vitest';
import { CatalogWorld, listingOf } from '../../../../test/kit/catalog-world.ts';
import {
  LOCAL,
  answerOf,
  makeCall,
  makeExchange,
  METHOD_TABLE,
} from '../../../../test/kit/exchange.ts';
import { splice } from '../../kernel/index.ts';
import { nameResultLinks } from './result-links.ts';

describe('what callers call a resource', () => {
  let world: CatalogWorld;
  beforeEach(async () => {
    world = await CatalogWorld.open({
      default: {},
      own: { names: 'original' },
      alone: { include: ['a/*'] },
    });
    await world.start({
      a: listingOf({ resources: ['x://1', 'y://1'], templates: ['t://{id}'] }),
      b: listingOf({ resources: ['x://1', 'z://1'] }),
    });
  });

  test.each<[string, string, string, string]>([
    ['listed by it alone', 'a', 'y://1', 'y://1'],
    ['listed by another before it', 'b', 'x://1', 'drawbridge://b/x%3A%2F%2F1'],
    ['listed by another alone', 'a', 'z://1', 'drawbridge://a/z%3A%2F%2F1'],
    ['of its own template', 'a', 't://7', 't://7'],
    ["of another's template", 'b', 't://7', 'drawbridge://b/t%3A%2F%2F7'],
    ['nobody lists', 'b', 'u://1', 'drawbridge://b/u%3A%2F%2F1'],
    ['of the web', 'b', 'https://example.com/', 'https://example.com/'],
    [
      'that looks wrapped',
      'b',
      'drawbridge://a/y%3A%2F%2F1',
      'drawbridge://b/drawbridge%3A%2F%2Fa%2Fy%253A%252F%252F1',
    ],
    ['of no text', 'b', '', ''],
    ['of no Unicode', 'b', 'u://\ud800', 'u://\ud800'],
    ['longer than any', 'b', `u://${'x'.repeat(9000)}`, `u://${'x'.repeat(9000)}`],
  ])('%s', (_what, upstream, uri, name) => {
    const link = (endpoint: string): string => world.stage.linkName(endpoint, LOCAL, upstream, uri);
    expect(link('default')).toBe(name);
    expect(link('own')).toBe(uri);
    expect(link('none')).toBe(uri);
  });

  test('that only one upstream can have keeps its name', () => {
    expect(world.stage.linkName('alone', LOCAL, 'a', 'u://1')).toBe('u://1');
  });
});

const answerFor = (result: string) => answerOf(`{"result":${result}}`, 'modern');

describe('results', () => {
  const named = (
    method: string,
    result: string,
    revision = '2026-07-28',
    isOfMany = true,
  ): string => {
    const row = METHOD_TABLE.get(method);
    const call = { ...makeCall({ method, row, message: `{"method":"${method}"}` }), revision };
    const id = { upstream: 'a', kind: 'tool', name: 't' } as const;
    const item = {
      id,
      publicName: 'a__t',
      definition: Buffer.alloc(0),
      era: 'modern',
      headerBindings: [],
    } as const;
    const target = { kind: 'item', item, originalName: 't' } as const;
    const x = Object.assign(makeExchange(), { call, target, isOfMany });
    const answer = answerFor(result);
    const message = nameResultLinks(x, answer, (upstream, uri) => `${upstream}:${uri}`);
    if (message.kind !== 'result') throw new Error(message.kind);
    return splice(message.view.bytes, message.edits).toString();
  };
  const whole = (result: string): string => String(answerFor(result).view.bytes);

  test.each([
    [
      'tools/call',
      '{"content":[{"type":"resource_link" , "uri":"u\\u003a1","x":1.0}]}',
      '{"content":[{"type":"resource_link" , "uri":"a:u:1","x":1.0}]}',
    ],
    [
      'tools/call',
      '{"content":[{"resource":{"uri":"u"},"type":"resource"}]}',
      '{"content":[{"resource":{"uri":"a:u"},"type":"resource"}]}',
    ],
    [
      'prompts/get',
      '{"messages":[{"content":{"type":"resource_link","uri":"u"}}]}',
      '{"messages":[{"content":{"type":"resource_link","uri":"a:u"}}]}',
    ],
    [
      'resources/read',
      '{"contents":[{"uri":"u","text":""},{"uri":"v"}]}',
      '{"contents":[{"uri":"a:u","text":""},{"uri":"a:v"}]}',
    ],
  ])('of %s are renamed: %s', (method, result, expected) => {
    expect(named(method, result)).toBe(whole(expected));
    expect(named(method, result, '2026-07-28', false)).toBe(whole(result));
  });

  test.each([
    ['tools/call', '{"content":{"type":"resource_link","uri":"u"}}'],
    [
      'tools/call',
      '{"content":["resource_link",7,null,{"type":"resource"},{"type":"resource_link","uri":7}]}',
    ],
    ['tools/call', '{"structuredContent":{"type":"resource_link","uri":"u"},"content":[]}'],
    ['tools/call', '{"content":[{"type":"text","text":"resource","uri":"u"}]}'],
    ['resources/read', '{"contents":["u",{"uri":["u"]}]}'],
    ['tools/list', '{"content":[{"type":"resource_link","uri":"u"}]}'],
  ])('of %s stay as they are: %s', (method, result) => {
    expect(named(method, result)).toBe(whole(result));
  });

  test('a link that is told as text keeps what it was called', () => {
    const result =
      '{"content":[{"type":"resource_link","uri":"u"},{"type":"resource","resource":{"uri":"u"}}]}';
    expect(named('tools/call', result, '2025-03-26')).toBe(
      whole(
        '{"content":[{"type":"resource_link","uri":"u"},{"type":"resource","resource":{"uri":"a:u"}}]}',
      ),
    );
  });
});
