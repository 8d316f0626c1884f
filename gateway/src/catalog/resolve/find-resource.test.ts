import { beforeEach, describe, expect, test } from 'vitest';
import { principalOf } from '../../kernel/index.ts';
import { CatalogWorld, listingOf, original, sent } from '../../../../test/kit/catalog-world.ts';

let world: CatalogWorld;

describe('resources', () => {
  beforeEach(async () => {
    world = await CatalogWorld.open({
      default: {},
      two: { include: ['one/*', 'two/*'] },
      alone: { include: ['two/*'] },
      narrow: { include: ['template:one/*'], exclude: ['resource:one/x://item/secret*'] },
    });
    await world.start({
      one: listingOf({
        resources: ['x://1', 'x://both', 'drawbridge://two/x'],
        templates: ['x://item/{id}', 'x://shared/{id}'],
        capabilities: { subscribe: true },
      }),
      two: listingOf({
        resources: ['x://2', 'x://both'],
        templates: ['x://item/{id}', 'x://other/{id}', 'x://shared/{+id}'],
      }),
      tools: listingOf({ tools: ['t'] }),
    });
  });

  const BOTH = 'drawbridge://two/x%3A%2F%2Fboth';

  test.each([
    ['x://1', 'resource:one/x://1'],
    ['x://2', 'resource:two/x://2'],
    ['x://both', 'resource:one/x://both'],
    [BOTH, 'resource:two/x://both'],
    ['drawbridge://one/drawbridge%3A%2F%2Ftwo%2Fx', 'resource:one/drawbridge://two/x'],
    ['x://item/7', 'resource:one/x://item/7'],
    ['drawbridge://two/:x://item/a%20b', 'resource:two/x://item/a%20b'],
    ['x://other/7', 'resource:two/x://other/7'],
    ['drawbridge://one/x%3A%2F%2F1', 'resource:one/x://1'],
    ['drawbridge://two/x%3A%2F%2Funlisted', 'resource:two/x://unlisted'],
  ])('%s is %s and leaves under its own URI', async (name, expected) => {
    const x = await world.found('resources/read', { name });
    expect(original(x)).toBe(expected);
    expect(sent(x)['uri']).toBe(expected.slice(expected.indexOf('/') + 1));
    expect(x.edits).toHaveLength(sent(x)['uri'] === name ? 0 : 1);
  });

  test.each([
    ['not in any list, and two upstreams have resources', 'x://unlisted'],
    ['templates of two upstreams stand for it', 'x://shared/7'],
    ['wrapped for an upstream that has no resources', 'drawbridge://tools/x%3A%2F%2F1'],
    ['wrapped for an upstream that is not there', 'drawbridge://none/x%3A%2F%2F1'],
    ['no URI', ''],
    ['endless', `x://item/${'7'.repeat(40_000)}`],
  ])('%s: unknown, with the URI', async (_case, name) => {
    const refusal = await world.refused('resources/read', { name });
    expect(refusal.reason).toBe('resource_unknown');
    expect(refusal.detail.data).toEqual({ uri: name, decision: 'd-0' });
  });

  test('where one upstream alone has resources, it is asked for every URI', async () => {
    const x = await world.found('resources/read', { endpoint: 'alone', name: 'x://unlisted' });
    expect(original(x)).toBe('resource:two/x://unlisted');
    const both = await world.found('resources/read', { endpoint: 'alone', name: 'x://both' });
    expect(original(both)).toBe('resource:two/x://both');
  });

  test('lists change a URI only where it belongs to another upstream', async () => {
    const { resources } = await world.list('resources/list');
    expect(resources.map((item) => item.uri)).toEqual([
      'x://1',
      'x://both',
      'drawbridge://one/drawbridge%3A%2F%2Ftwo%2Fx',
      'x://2',
      BOTH,
    ]);
    const { resourceTemplates } = await world.list('resources/templates/list');
    expect(resourceTemplates.map((item) => item.uriTemplate)).toEqual([
      'x://item/{id}',
      'x://shared/{id}',
      'drawbridge://two/:x://item/{id}',
      'x://other/{id}',
      'x://shared/{+id}',
    ]);
  });

  test('the owner stays the owner when it has gone', async () => {
    world.catalog.configure([{ id: 'two', timeoutMs: 1000 }]);
    const { resources } = await world.list('resources/list');
    expect(resources.map((item) => item.uri)).toEqual(['x://2', BOTH]);
  });

  test.each([
    ['a listed resource', 'resource:one/x://1', 'x://1'],
    ['the same, wrapped', 'resource:one/x://1', 'drawbridge://one/x%3A%2F%2F1'],
    ['a resource behind a template', 'resource:one/x://item/7', 'x://item/7'],
    ['the only template that stands for it', 'template:two/x://other/{id}', 'x://other/7'],
    ['the same, wrapped', 'template:two/x://other/{id}', 'drawbridge://two/:x://other/7'],
    ['the same, encoded', 'template:two/x://other/{id}', 'drawbridge://two/x%3A%2F%2Fother%2F7'],
  ])('%s that is hidden is unknown', async (_case, id, name) => {
    await world.found('resources/read', { name });
    world.hidden.add(id);
    expect((await world.refused('resources/read', { name })).reason).toBe('resource_unknown');
  });

  test('a hidden template is no way around, even where one upstream alone has resources', async () => {
    world.hidden.add('template:two/x://other/{id}');
    const asked = { endpoint: 'alone', name: 'x://other/7' };
    expect((await world.refused('resources/read', asked)).reason).toBe('resource_unknown');
  });

  test('an endpoint that includes a template includes what it stands for, but what is excluded', async () => {
    const asked = (name: string) => ({ endpoint: 'narrow', name });
    await world.found('resources/read', asked('x://item/7'));
    expect((await world.refused('resources/read', asked('x://item/secret'))).reason).toBe(
      'resource_unknown',
    );
    expect((await world.refused('resources/read', asked('x://1'))).reason).toBe('resource_unknown');
  });

  test('subscriptions: the resource, where its upstream takes them', async () => {
    const legacy = { dialect: 'legacy' } as const;
    const x = await world.found('resources/subscribe', { ...legacy, name: 'x://1' });
    expect(x.target).toMatchObject({ kind: 'subscription', originalName: 'x://1' });
    const other = await world.refused('resources/subscribe', { ...legacy, name: 'x://2' });
    expect(other.reason).toBe('method_unknown');
    const gone = await world.refused('resources/unsubscribe', { ...legacy, name: 'y://2' });
    expect(gone.reason).toBe('resource_unknown');
  });

  test('other rooms find resources by either URI, as the caller sees them', () => {
    const who = principalOf({ id: 'local', kind: 'local', verifiedBy: 'loopback' });
    const { stage } = world;
    expect(stage.visibleResource('default', who, 'two', 'x://both')?.publicName).toBe(BOTH);
    expect(stage.visibleResource('default', who, 'one', 'x://both')?.publicName).toBe('x://both');
    expect(stage.findResource('default', who, BOTH)?.id.upstream).toBe('two');
    expect(stage.findResource('default', who, 'drawbridge://one/x%3A%2F%2F1')?.publicName).toBe(
      'x://1',
    );
    world.hidden.add('resource:two/x://both');
    expect(stage.visibleResource('default', who, 'two', 'x://both')).toBeUndefined();
    expect(stage.includes('alone', 'one')).toBe(false);
    expect(stage.includes('alone', 'two')).toBe(true);
  });
});
