import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOCAL } from '../../../test/kit/exchange.ts';
import { bindArguments } from './bind-arguments.ts';
import { itemBindings, type BoundArgument } from './bindings.ts';
import { scanJson } from './json/scan.ts';
import { splice } from './json/splice.ts';

interface Said {
  readonly fix?: unknown;
  readonly default?: unknown;
  readonly hide?: boolean;
  /** The caller lacks what the value is made of. */
  readonly isLacking?: boolean;
}

function bound(name: string, said: Said): BoundArgument {
  const value = JSON.stringify(said.fix ?? said.default);
  const isHidden = said.hide === true;
  return {
    name,
    path: name.startsWith('/') ? name.slice(1).split('/') : [name],
    kind: said.fix !== undefined ? 'fix' : said.default !== undefined ? 'default' : 'hide',
    isHidden,
    isNamed: true,
    shown: isHidden || said.isLacking === true ? undefined : value,
    valueFor: () => (said.isLacking === true ? undefined : value),
  };
}

function bind(args: string, said: Readonly<Record<string, Said>>): string {
  const all = Object.entries(said).map(([name, each]) => bound(name, each));
  const bytes = Buffer.from(args);
  const made = bindArguments(bytes, itemBindings(all), LOCAL);
  return typeof made === 'string' ? made : splice(bytes, made.edits).toString();
}

describe('what leaves', () => {
  test.each<[string, string, Record<string, Said>, string]>([
    ['is put in', '{}', { a: { fix: 'x' } }, '{"a":"x"}'],
    ['is put in front of the rest', '{ "b" : 1.0 }', { a: { fix: 'x' } }, '{"a":"x", "b" : 1.0 }'],
    ['may be sent as it is', '{"a" :"x"}', { a: { fix: 'x' } }, '{"a" :"x"}'],
    ['is written as here', '{"\\u0061":"\\u0078"}', { a: { fix: 'x' } }, '{"\\u0061":"x"}'],
    [
      'is equal as a value',
      '{"a":{"c":2,"b":1}}',
      { a: { fix: { b: 1, c: 2 } } },
      '{"a":{"b":1,"c":2}}',
    ],
    ['is a default where nothing is said', '{}', { a: { default: 5 } }, '{"a":5}'],
    ['is what the caller says otherwise', '{"a":7}', { a: { default: 5 } }, '{"a":7}'],
    ['may be null by the caller', '{"a":null}', { a: { default: 5 } }, '{"a":null}'],
    ['lies inside others', '{"f":{"x":1}}', { '/f/a': { fix: 1 } }, '{"f":{"a":1,"x":1}}'],
    [
      'makes what it lies in',
      '{"x":1}',
      { '/f/g/a': { fix: 1 }, '/f/b': { default: 2 } },
      '{"f":{"g":{"a":1},"b":2},"x":1}',
    ],
    [
      'leaves a default out of what is no object',
      '{"f":"x"}',
      { '/f/a': { default: 1 } },
      '{"f":"x"}',
    ],
    ['has no hidden argument', '{"b":1}', { a: { hide: true } }, '{"b":1}'],
    ['has a hidden value', '{"b":1}', { a: { fix: 's', hide: true } }, '{"a":"s","b":1}'],
    ['has no default that the caller lacks', '{}', { a: { default: 1, isLacking: true } }, '{}'],
    [
      'keeps odd keys',
      '{"__proto__":{"a":1},"é":1e400}',
      { a: { fix: 1 } },
      '{"a":1,"__proto__":{"a":1},"é":1e400}',
    ],
    ['may be called __proto__', '{}', { __proto__x: { fix: 1 } }, '{"__proto__x":1}'],
  ])('%s: %s', (_case, args, said, expected) => {
    expect(bind(args, said)).toBe(expected);
  });

  test('may be called __proto__ itself', () => {
    const all = [bound('__proto__', { fix: 1 })];
    const made = bindArguments(Buffer.from('{"__proto__":2}'), itemBindings(all), LOCAL);
    expect(made).toBe(
      'The argument "__proto__" is always 1 here; leave it out or send exactly that. ' +
        'Example: {"arguments":{"__proto__":1}}.',
    );
  });
});

describe('what is refused', () => {
  test.each<[string, string, Record<string, Said>, string]>([
    [
      'another value',
      '{"a":"y"}',
      { a: { fix: 'x' } },
      'The argument "a" is always "x" here; leave it out or send exactly that. Example: {"arguments":{"a":"x"}}.',
    ],
    ['null', '{"a":null}', { a: { fix: 'x' } }, 'always "x"'],
    ['a number as text', '{"a":"1"}', { a: { fix: 1 } }, 'always 1'],
    ['an escaped name', '{"\\u0061":"y"}', { a: { fix: 'x' } }, 'always "x"'],
    [
      'one that lies inside',
      '{"f":{"a":2}}',
      { '/f/a': { fix: 1 } },
      'Example: {"arguments":{"f":{"a":1}}}.',
    ],
    [
      'text in the place of an object',
      '{"f":"{\\"a\\":2}"}',
      { '/f/a': { fix: 1 } },
      'must be an object',
    ],
    [
      'a list in the place of an object',
      '{"f":[{"a":2}]}',
      { '/f/a': { hide: true } },
      'must be an object',
    ],
    ['null in the place of an object', '{"f":null}', { '/f/a': { fix: 1 } }, 'must be an object'],
    [
      'a hidden one',
      '{"a":"s"}',
      { a: { fix: 's', hide: true } },
      'The argument "a" is not taken here; leave it out.',
    ],
    ['one that is never sent', '{"a":1}', { a: { hide: true } }, 'not taken here'],
    [
      'what the credential lacks',
      '{}',
      { a: { fix: 1, isLacking: true } },
      'sets the argument "a" from what the credential says',
    ],
    [
      'what it lacks, hidden',
      '{}',
      { a: { fix: 1, hide: true, isLacking: true } },
      'The gateway sets an argument from',
    ],
    ['no object', '[]', { a: { fix: 1 } }, 'must be an object'],
    [
      'a long value is not repeated',
      '{"a":1}',
      { a: { fix: 'x'.repeat(300) } },
      'always has the same value here',
    ],
  ])('%s', (_case, args, said, expected) => {
    const text = bind(args, said);
    expect(text).toContain(expected);
    expect(text).not.toContain('"s"');
  });
});

/** JSON as somebody might write it to be misread: escapes, space, odd names, long numbers. */
const spaced = fc.constantFrom('', ' ', '\n', '\t ');
const key = fc.constantFrom('a', 'f', 'g', 'b', '__proto__', 'constructor', 'A', 'ａ', '');
const written = (name: string, escape: boolean): string =>
  escape ? `"${name.replaceAll(/[^]/g, escaped)}"` : JSON.stringify(name);
const escaped = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
const scalar = fc.constantFrom(
  '1.0',
  '1e400',
  '9007199254740993',
  '"x"',
  '"\\ud800"',
  'null',
  'true',
  '"{\\"a\\":2}"',
);
const { value: json } = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }).map((all) => `[${all.join(',')}]`),
  ),
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(key, fc.boolean(), tie('value')), {
        maxLength: 5,
        selector: ([name]) => name,
      }),
      spaced,
    )
    .map(
      ([members, space]) =>
        `{${space}${members.map(([name, escape, value]) => `${space}${written(name, escape)}${space}:${space}${value}`).join(`${space},`)}${space}}`,
    ),
}));
const said: fc.Arbitrary<Said> = fc.constantFrom<Said>(
  { fix: 'FIXED' },
  { default: 'PRESET' },
  { hide: true },
  { fix: 'SECRET', hide: true },
  { default: 'SECRET', hide: true },
);
const several = fc.record(
  { a: said, '/f/a': said, '/f/g/a': said, b: said, __proto__x: said },
  { requiredKeys: [] },
);

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, each) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, each)
        ? Reflect.get(inner, each)
        : undefined,
    value,
  );
}

/** What may leave where `sent` was sent. */
function allowed({ kind, isHidden }: BoundArgument, sent: unknown): readonly unknown[] {
  if (kind === 'fix') return [isHidden ? 'SECRET' : 'FIXED'];
  if (kind === 'hide') return [undefined];
  // Nothing is put into what is no object.
  if (isHidden) return ['SECRET'];
  return sent === undefined ? ['PRESET', undefined] : [sent];
}

test('whatever is sent, what leaves has the fixed values, no hidden ones of the caller, and all else', () => {
  fc.assert(
    fc.property(json, several, (args, which) => {
      const all = Object.entries(which).map(([name, each]) => bound(name, each));
      const bytes = Buffer.from(args);
      const made = bindArguments(bytes, itemBindings(all), LOCAL);
      const told = typeof made === 'string' ? made : '';
      expect(told).not.toMatch(/SECRET|PRESET/);
      if (typeof made === 'string') return;
      const left = splice(bytes, made.edits);
      const scan = scanJson(left, { maxDepth: 64, recordDepth: 1 });
      expect('fault' in scan ? scan.fault : '').toBe('');
      const before: unknown = JSON.parse(args);
      const after: unknown = JSON.parse(left.toString());
      for (const each of all) {
        expect(allowed(each, at(before, each.path))).toContainEqual(at(after, each.path));
      }
      // Between what was put in, every byte is as it was sent.
      let sentAt = 0;
      let leftAt = 0;
      for (const { start, end, text } of made.edits.toSorted((one, two) => one.start - two.start)) {
        const kept = start - sentAt;
        expect(left.subarray(leftAt, leftAt + kept)).toEqual(bytes.subarray(sentAt, start));
        leftAt += kept + Buffer.byteLength(text);
        expect(left.subarray(leftAt - Buffer.byteLength(text), leftAt).toString()).toBe(text);
        sentAt = end;
      }
      expect(left.subarray(leftAt)).toEqual(bytes.subarray(sentAt));
    }),
    { numRuns: 2000 },
  );
});
