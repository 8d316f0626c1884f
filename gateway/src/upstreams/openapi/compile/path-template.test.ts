import { describe, expect, test } from 'vitest';
import { buildPath, climbs, plainVariable, splitTemplate } from './path-template.ts';

const build = (template: string) => buildPath(splitTemplate(template), (name) => name.length);

describe('path templates', () => {
  test.each([
    ['/a/{id}.json', ['/a/', 2, '.json']],
    ['a/{id}', ['/a/', 2]],
    ['{id}', ['/', 2]],
    ['//host/{id}', ['/host/', 2]],
    ['/a b/é"', ['/a%20b/%C3%A9%22']],
    ['/a%20b/100%', ['/a%20b/100%25']],
    ['/a#Action=x', ['/a']],
    ['/a?b=c&d={id}', ['/a?b=c&d=', 2]],
    ['/a{?limit,offset}', ['/a']],
    ['/a/{x}{;y}', ['/a/', 1, 2]],
    ['/a\r\nb', ['/a%0D%0Ab']],
  ])('%j', (template, expected) => {
    expect(build(template)).toEqual(expected);
  });

  test.each(['/../a', '/a/..', '/%2e%2E/a', '/./a'])('%s climbs', (template) => {
    expect(climbs(build(template))).toBe(true);
  });

  test.each(['/a', '/.../a', '/a?b=../c', '/.well-known/x'])('%s does not climb', (template) => {
    expect(climbs(build(template))).toBe(false);
  });

  test.each([
    ['+name', 'name'],
    ['path*', 'path'],
    ['key+', 'key'],
    [' id ', 'id'],
    ['id:3', 'id'],
  ])('%s names %s', (variable, name) => {
    expect(plainVariable(variable)).toBe(name);
  });
});
