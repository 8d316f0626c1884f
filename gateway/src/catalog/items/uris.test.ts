import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksWrapped, unwrapUri, wrapUri } from './uris.ts';

describe('wrapped URIs', () => {
  test('come back as they were, whatever they hold', () => {
    const kinds = fc.constantFrom('resource' as const, 'template' as const);
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
        kinds,
        (uri, kind) => {
          const wrapped = wrapUri('crm', kind, uri);
          expect(looksWrapped(wrapped)).toBe(true);
          expect(unwrapUri(wrapped)).toEqual({ upstream: 'crm', uri });
        },
      ),
    );
  });

  test.each([
    ['resource', 'test://a/b?c=d%20e#f', 'drawbridge://crm/test%3A%2F%2Fa%2Fb%3Fc%3Dd%2520e%23f'],
    ['resource', 'ui://a/b', 'ui://drawbridge/crm/ui%3A%2F%2Fa%2Fb'],
    ['template', 'ui://{id}', 'drawbridge://crm/:ui://{id}'],
    ['template', 'test://{id}/b', 'drawbridge://crm/:test://{id}/b'],
  ] as const)('a %s', (kind, uri, wrapped) => {
    expect(wrapUri('crm', kind, uri)).toBe(wrapped);
  });

  test('an expanded template unwraps to the expansion, escapes untouched', () => {
    const expanded = 'drawbridge://crm/:test://a%2Fb%20c/b';
    expect(unwrapUri(expanded)).toEqual({ upstream: 'crm', uri: 'test://a%2Fb%20c/b' });
  });

  test.each([
    'test://a',
    'drawbridge://',
    'drawbridge://crm',
    'drawbridge://crm/',
    'drawbridge://crm/:',
    'drawbridge://CRM/test',
    'drawbridge:///test',
    'drawbridge://crm/%',
    'drawbridge://crm/%ff',
  ])('%s is none', (text) => {
    expect(unwrapUri(text)).toBeUndefined();
  });

  test.each([
    ['DrawBridge://x/y', true],
    ['drawbridge:/x', false],
    ['file:///drawbridge://', false],
  ])('%s has the form of one: %s', (text, expected) => {
    expect(looksWrapped(text)).toBe(expected);
  });
});
