import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactNumber, type Json } from '../../../kernel/index.ts';
import { encodeParameter } from './parameters.ts';
import type { ParameterData } from './plan-data.ts';

function data(over: Partial<ParameterData>): ParameterData {
  return {
    argument: 'size',
    name: 'size',
    in: 'query',
    style: 'form',
    explode: true,
    allowReserved: false,
    isRequired: false,
    mediaType: '',
    deepArrays: 'repeat',
    ...over,
  };
}

const LIST = ['s', 'm', 'l'];
const OBJECT = { w: 1, h: 2 };

describe('styles', () => {
  const rows: [Partial<ParameterData>, Json, string | null][] = [
    [{ in: 'path', style: 'simple', explode: false }, 'x', 'x'],
    [{ in: 'path', style: 'simple', explode: false }, LIST, 's,m,l'],
    [{ in: 'path', style: 'simple', explode: false }, OBJECT, 'w,1,h,2'],
    [{ in: 'path', style: 'simple', explode: true }, OBJECT, 'w=1,h=2'],
    [{ in: 'path', style: 'simple', explode: false }, 'a/b\\c', 'a%2Fb%5Cc'],
    [{ in: 'path', style: 'simple', explode: false }, ['a,b', 'c'], 'a%2Cb,c'],
    [{ in: 'path', style: 'simple', explode: false, allowReserved: true }, 'a:b/c', 'a:b%2Fc'],
    [{ in: 'path', style: 'label', explode: false }, LIST, '.s,m,l'],
    [{ in: 'path', style: 'label', explode: true }, LIST, '.s.m.l'],
    [{ in: 'path', style: 'label', explode: true }, OBJECT, '.w=1.h=2'],
    [{ in: 'path', style: 'label', explode: true }, '', '.'],
    [{ in: 'path', style: 'matrix', explode: false }, LIST, ';size=s,m,l'],
    [{ in: 'path', style: 'matrix', explode: true }, LIST, ';size=s;size=m;size=l'],
    [{ in: 'path', style: 'matrix', explode: true }, OBJECT, ';w=1;h=2'],
    [{ in: 'path', style: 'matrix', explode: false }, '', ';size'],
    [{}, 'a b&c=d+e#f%41', 'size=a%20b%26c%3Dd%2Be%23f%2541'],
    [{}, LIST, 'size=s&size=m&size=l'],
    [{}, OBJECT, 'w=1&h=2'],
    [{ explode: false }, ['a,b', 'c'], 'size=a%2Cb,c'],
    [{ explode: false }, OBJECT, 'size=w,1,h,2'],
    [{}, '', 'size='],
    [{}, 0, 'size=0'],
    [{}, false, 'size=false'],
    [{}, null, null],
    [{}, [], null],
    [{}, {}, null],
    [{}, [null, 's'], 'size=s'],
    [{ isRequired: true }, null, 'size='],
    [{ isRequired: true }, [], 'size='],
    [{}, new ExactNumber('12345678901234567890.10'), 'size=12345678901234567890.10'],
    [{ name: 'size[min]' }, 1, 'size%5Bmin%5D=1'],
    [{ allowReserved: true }, 'a/b?c:d', 'size=a/b?c:d'],
    [{ allowReserved: true }, 'a&b=c;d#e+f%', 'size=a%26b=c%3Bd%23e%2Bf%25'],
    [{ allowReserved: true, explode: false }, ['a,b', 'c'], 'size=a%2Cb,c'],
    [{ style: 'spaceDelimited', explode: false }, LIST, 'size=s%20m%20l'],
    [{ style: 'pipeDelimited', explode: false }, OBJECT, 'size=w%7C1%7Ch%7C2'],
    [{ style: 'tabDelimited', explode: false }, LIST, 'size=s%09m%09l'],
    [{ style: 'spaceDelimited', explode: true }, LIST, 'size=s&size=m&size=l'],
    [
      { style: 'deepObject' },
      { a: { b: 1 }, c: ['x', 'y'] },
      'size%5Ba%5D%5Bb%5D=1&size%5Bc%5D=x&size%5Bc%5D=y',
    ],
    [{ style: 'deepObject' }, { c: [{ d: 1 }] }, 'size%5Bc%5D%5B0%5D%5Bd%5D=1'],
    [{ style: 'deepObject' }, ['x'], 'size%5B%5D=x'],
    [{ style: 'deepObject', deepArrays: 'indices' }, { c: ['x'] }, 'size%5Bc%5D%5B0%5D=x'],
    [{ mediaType: 'application/json' }, { a: [1] }, 'size=%7B%22a%22%3A%5B1%5D%7D'],
    [{ mediaType: 'application/json' }, 'x', 'size=%22x%22'],
    [{ in: 'querystring', mediaType: 'application/json' }, { a: 1 }, '%7B%22a%22%3A1%7D'],
    [
      { in: 'querystring', mediaType: 'application/x-www-form-urlencoded' },
      { a: 'x y', b: ['1', '2'], c: { d: 1 } },
      'a=x%20y&b=1&b=2&c=%7B%22d%22%3A1%7D',
    ],
    [{ in: 'header', style: 'simple', explode: false }, LIST, 's,m,l'],
    [{ in: 'header', style: 'simple', explode: true }, OBJECT, 'w=1,h=2'],
    [{ in: 'header', style: 'simple', explode: false }, 'a, b/c', 'a, b/c'],
    [{ in: 'header', style: 'simple', explode: false }, 'é', 'Ã©'],
    [{ in: 'header', style: 'simple', explode: false }, { a: [1, 'b,c'] }, '{"a":[1,"b,c"]}'],
    [{ in: 'header', style: 'simple', explode: false }, [], null],
    [{ in: 'cookie' }, 'a;b', 'size=a%3Bb'],
    [{ in: 'cookie', explode: false }, LIST, 'size=s,m,l'],
    [{ in: 'cookie', style: 'cookie' }, LIST, 'size=s; size=m; size=l'],
    [{ in: 'cookie', style: 'cookie' }, OBJECT, 'w=1; h=2'],
    [{ in: 'cookie', style: 'cookie' }, 'a/b:c d;e', 'size=a/b:c%20d%3Be'],
  ];
  test.each(rows)('%j %j', (over, value, expected) => {
    expect(encodeParameter(data(over), value)).toBe(expected);
  });

  test.each(['a\r\nX-Evil: 1', 'a\nb', 'a\u0000b', 'a\u007fb'])('a header refuses %j', (value) => {
    const encoded = encodeParameter(data({ in: 'header', style: 'simple' }), value);
    expect(encoded).toMatchObject({ kind: 'unsendable', argument: 'size' });
  });

  test('half of a surrogate pair is refused', () => {
    expect(encodeParameter(data({}), ['\ud800'])).toMatchObject({ kind: 'unsendable' });
  });
});

describe('what is encoded decodes to the same', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed());
  const list = fc.array(word, { minLength: 1 });

  test('one value in a query', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.boolean(), (value, allowReserved) => {
        const text = encodeParameter(data({ allowReserved }), value);
        expect([...new URLSearchParams(String(text))]).toEqual([['size', value]]);
      }),
    );
  });

  test('a list in a query, repeated', () => {
    fc.assert(
      fc.property(list, fc.boolean(), (values, allowReserved) => {
        const text = encodeParameter(data({ allowReserved }), values);
        expect(new URLSearchParams(String(text)).getAll('size')).toEqual(values);
      }),
    );
  });

  test('a list behind bare commas, in path, query and cookie', () => {
    const places: Partial<ParameterData>[] = [
      { in: 'path', style: 'simple', explode: false },
      { in: 'path', style: 'simple', explode: false, allowReserved: true },
      { in: 'query', explode: false },
      { in: 'query', explode: false, allowReserved: true },
      { in: 'cookie', explode: false },
    ];
    fc.assert(
      fc.property(fc.constantFrom(...places), list, (place, values) => {
        const text = String(encodeParameter(data(place), values)).replace(/^size=/, '');
        expect(text.split(',').map(decodeURIComponent)).toEqual(values);
      }),
    );
  });

  test('an object whose members are pairs', () => {
    const object = fc.dictionary(word, word, { minKeys: 1 });
    fc.assert(
      fc.property(object, (value) => {
        const text = String(encodeParameter(data({}), value));
        expect([...new URLSearchParams(text)]).toEqual(Object.entries(value));
      }),
    );
  });

  test('an exploded path object and a matrix', () => {
    const object = fc.dictionary(word, word, { minKeys: 1 });
    fc.assert(
      fc.property(object, fc.boolean(), (value, isMatrix) => {
        const style = isMatrix ? 'matrix' : 'simple';
        const text = String(encodeParameter(data({ in: 'path', style, explode: true }), value));
        const parts = isMatrix ? text.slice(1).split(';') : text.split(',');
        const read = parts.map((part) => part.split('=').map(decodeURIComponent));
        expect(read).toEqual(Object.entries(value));
      }),
    );
  });

  test('deep objects of any depth', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), fc.oneof(word, tie('value')), {
        minKeys: 1,
        maxKeys: 3,
      }),
    }));
    fc.assert(
      fc.property(value, (object) => {
        const text = String(encodeParameter(data({ style: 'deepObject' }), object as Json));
        const read = {};
        for (const [name, item] of new URLSearchParams(text)) put(read, name, item);
        expect(read).toEqual(object);
      }),
    );
  });

  interface Tree {
    [name: string]: Tree | string;
  }

  function put(target: Tree, name: string, value: string): void {
    const keys = [...name.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]!);
    const last = keys.pop()!;
    let place = target;
    for (const key of keys) place = (place[key] ??= {}) as Tree;
    place[last] = value;
  }
});
