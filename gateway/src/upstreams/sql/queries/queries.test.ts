import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../../../kernel/index.ts';
import type { SqlDialect } from '../dialect.ts';
import { readHeader } from './header.ts';
import { isQuery, lineOf, readQuery } from './query.ts';
import { readStatement } from './statement.ts';
import { boundOf, readType, schemaOf } from './types.ts';

describe('parameters become placeholders, and nothing else does', () => {
  test.each([
    ['postgres', 'select :a, :b, :a', 'select $1, $2, $1', ['a', 'b']],
    ['sqlite', 'select :a, :b, :a', 'select ?1, ?2, ?1', ['a', 'b']],
    ['mysql', 'select :a, :b, :a', 'select ?, ?, ?', ['a', 'b', 'a']],
    ['postgres', 'select :a::int, x::text', 'select $1::int, x::text', ['a']],
    ['postgres', "select ':a', e'\\':b', $$:c$$, $t$ :d $$ $t$, \":e\"", '', []],
    ['postgres', 'select 1 /* :a /* :b */ :c */ -- :d', 'select 1', []],
    ['mysql', "select ':a\\':b', `:c`, \":d\" # :e", "select ':a\\':b', `:c`, \":d\"", []],
    ['mysql', 'select 1--:a', 'select 1--?', ['a']],
    ['sqlite', 'select [:a], ":b" ;', 'select [:a], ":b"', []],
    ['postgres', "select '''' || :a; -- end", "select '''' || $1", ['a']],
    ['postgres', 'select data ? :key', 'select data ? $1', ['key']],
    ['postgres', 'select e:a$$:b$$', 'select e $1 $$:b$$', ['a']],
  ] as const)('%s %s', (dialect, text, sql, order) => {
    expect(readStatement(text, dialect)).toMatchObject({ sql: sql || text, order });
  });

  test.each([
    ['postgres', 'select 1; select 2', /second statement/],
    ['sqlite', 'select 1;;\n drop table x', /second statement/],
    ['postgres', "select 'open", /never ends/],
    ['postgres', 'select 1 /* /* */', /never ends/],
    ['postgres', 'drop table x', /begins with one of/],
    ['postgres', 'begin', /begins with one of/],
    ['sqlite', "attach 'x' as y", /begins with one of/],
    ['postgres', '-- nothing\n;', /no SQL statement/],
    ['postgres', 'select $1', /as :name/],
    ['sqlite', 'select ?1', /as :name/],
    ['mysql', 'select ?', /as :name/],
    ['postgres', 'select $:a$ or 1', /as :name/],
    ['sqlite', 'select $$:a', /as :name/],
  ] as const)('%s refuses %s', (dialect, text, why) => {
    expect(readStatement(text, dialect)).toMatchObject({ text: expect.stringMatching(why) });
  });

  test('any text is read in bounded time, and no statement grows a second one', () => {
    const piece = fc.constantFrom(
      "'",
      '"',
      '`',
      '$$',
      '$t$',
      '$',
      '/*',
      '*/',
      '--',
      '\n',
      ';',
      ':a',
      '::',
      '\\',
      'e',
      ' ',
      '[',
    );
    const dialects = fc.constantFrom<SqlDialect>('postgres', 'mysql', 'sqlite');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), dialects, (pieces, dialect) => {
        const read = readStatement(`select ${pieces.join('')}`, dialect);
        if ('at' in read) return;
        const again = readStatement(read.sql.replace(/[$?]\d+|\?/g, '(1)'), dialect);
        expect('sql' in again || again.text).toBe(true);
      }),
    );
  });
});

describe('headers', () => {
  test('say what a query is called, takes and does', () => {
    const header = readHeader(`-- name: a_b
-- title: A title
-- description: First line
--   goes on.
-- tags: x, y
-- param s enum(a|b)[] required : which
-- param n numeric default 9007199254740993 : how much
-- param d text default "two words"
-- destroys
-- idempotent
select 1`);
    expect(header).toMatchObject({
      name: 'a_b',
      title: 'A title',
      description: 'First line goes on.',
      tags: ['x', 'y'],
      params: [
        { name: 's', type: { base: 'enum', isArray: true, values: ['a', 'b'] }, isRequired: true },
        { name: 'n', defaultValue: new ExactNumber('9007199254740993'), description: 'how much' },
        { name: 'd', defaultValue: 'two words', isRequired: false },
      ],
      effect: 'destroy',
      isIdempotent: true,
    });
  });

  test.each([
    ['-- param a', 1, /write a parameter as/],
    ['\n-- param a thing', 2, /no type "thing"/],
    ['-- param a int\n-- param a int', 2, /declared twice/],
    ['-- param a int default x', 1, /default of :a/],
    ['-- param a enum(x|y) default z', 1, /default of :a/],
    ['-- param a integer(1..5) default 6', 1, /default of :a/],
    ['-- param a integer(5..1)', 1, /least value/],
    ['-- param a integer(0..9999999999)', 1, /least value/],
    ['-- file: content as pdf', 1, /write "file:/],
    ['-- page: by hand', 1, /write "page/],
    ['-- name: no spaces please', 1, /a name has/],
  ])('%j is refused', (text, line, why) => {
    expect(readHeader(text)).toMatchObject({ line, text: expect.stringMatching(why) });
  });
});

describe('a file', () => {
  test.each([
    ['select\n :a', 2, /:a is not declared/],
    ['-- param a int\nselect 1', 1, /statement has none/],
    ['delete from x', 1, /declare it/],
    ['-- page: offset :o limit :l\nselect 1', 1, /page names :l/],
    ['-- x\nselect 1;\n\nselect 2', 4, /second statement/],
  ])('%j is refused with its line', (text, line, why) => {
    const read = readQuery(text, 'q.sql', 'postgres');
    expect(read).toMatchObject({ file: 'q.sql', line, text: expect.stringMatching(why) });
  });

  test('leads back from the SQL that was sent to its lines', () => {
    const read = readQuery('-- param long int\n\nselect :long,\n :long,\n x', 'q.sql', 'postgres');
    if (!isQuery(read)) throw new Error(read.text);
    expect(lineOf(read, read.statement.sql.indexOf('x'))).toBe(5);
    expect(lineOf(read, 0)).toBe(3);
  });
});

describe('types', () => {
  test.each([
    ['bigint', '9223372036854775807', 'sqlite', 9223372036854775807n],
    ['bigint', '9223372036854775808', 'postgres', { text: expect.any(String) }],
    ['integer', 3, 'postgres', '3'],
    ['numeric', new ExactNumber('1.10'), 'postgres', '1.10'],
    ['numeric', '0.1234567890123456789', 'sqlite', { text: expect.stringContaining('15 digits') }],
    ['boolean', true, 'postgres', 'true'],
    ['boolean', true, 'mysql', 1],
    ['date', '2026-02-30', 'sqlite', { text: expect.stringContaining('a day') }],
    ['uuid', 'x', 'postgres', { text: expect.stringContaining('UUID') }],
    ['text', 'a\0b', 'postgres', { text: expect.stringContaining('NUL') }],
    ['text', 'a\0b', 'sqlite', 'a\0b'],
    ['text', '\ud800', 'sqlite', { text: expect.any(String) }],
    ['json', { a: [1] }, 'mysql', '{"a":[1]}'],
    ['integer[]', [1, null], 'postgres', ['1', null]],
    ['integer[]', [1, null], 'sqlite', '[1,null]'],
    ['text', null, 'sqlite', null],
  ] as const)('%s %j for %s', (written, value, dialect, bound) => {
    const type = readType(written);
    if (typeof type === 'string') throw new Error(type);
    expect(boundOf(value, type, dialect)).toEqual(bound);
    expect(schemaOf(type)).toBeTypeOf('object');
  });
});

test('an integer may have bounds, alone and in a list', () => {
  const bounds = { type: 'integer', minimum: -5, maximum: 20 };
  const [one, many] = [readType('int(-5..20)'), readType('integer(-5..20)[]')];
  if (typeof one === 'string' || typeof many === 'string') throw new Error('no type');
  expect(schemaOf(one)).toEqual(bounds);
  expect(schemaOf(many)).toMatchObject({ type: 'array', items: bounds });
});

test.each([
  ['file: content', { content: 'content', type: '', name: '' }],
  ['file: c type application/pdf', { content: 'c', type: 'application/pdf', name: '' }],
  ['file: c type mime name title', { content: 'c', type: 'mime', name: 'title' }],
])('%s', (line, file) => {
  expect(readHeader(`-- ${line}\nselect 1`)).toMatchObject({ file });
});
