import { describe, expect, test } from 'vitest';
import { endpointProblems, endpointsSchema } from './config.ts';
import { createScope } from './endpoints/scope.ts';

describe('endpoints', () => {
  test('without any there is one that shows everything', () => {
    expect(endpointsSchema.parse(undefined)).toEqual({
      default: { include: ['*'], mode: 'auto', names: 'prefixed', maxNameLength: 64 },
    });
    expect(Object.keys(endpointsSchema.parse({ crm: {} }))).toEqual(['crm']);
  });

  test.each([
    ['an unknown key', { a: { includes: [] } }, 'a', 'includes'],
    ['an unknown mode', { a: { mode: 'code' } }, 'a.mode', '"full"|"compact"|"search"|"auto"'],
    ['a name with capitals', { A: {} }, 'A', 'must be lower-case'],
    ['a bad pattern', { a: { include: ['*', 'crm'] } }, 'a.include.1', 'has no upstream'],
    ['a bad exclude', { a: { exclude: ['x:crm/*'] } }, 'a.exclude.0', 'no kind of item'],
    ['no pattern', { a: { include: [] } }, 'a.include', ''],
    ['names too short', { a: { maxNameLength: 15 } }, 'a.maxNameLength', ''],
  ])('%s is refused at its place', (_case, config, path, message) => {
    const { error } = endpointsSchema.safeParse(config);
    expect(error?.issues[0]?.path.join('.')).toBe(path);
    expect(error?.issues[0]?.message).toContain(message);
  });

  test.each([
    [['*'], ['crm']],
    [['crm/*'], ['crm', 'files']],
  ])('original names of %s among %s are possible', (include, upstreams) => {
    const config = endpointsSchema.parse({ a: { include, names: 'original' } });
    expect(endpointProblems(config, upstreams)).toEqual([]);
  });

  test.each([
    [['*'], ['crm', 'files'], 'includes 2: crm, files'],
    [['crm/*'], ['files'], 'includes none'],
    [['*/get'], ['crm', 'files'], 'includes 2'],
  ])('original names of %s among %s are not: %s', (include, upstreams, message) => {
    const config = endpointsSchema.parse({ a: { include, names: 'original' } });
    const [problem] = endpointProblems(config, upstreams);
    expect(problem?.text).toContain(message);
    expect(problem?.path).toEqual(['endpoints', 'a', 'names']);
  });
});

describe('scope', () => {
  const scope = createScope({
    include: ['crm/*', 'tool:files/read*', 'prompt:*/x'],
    exclude: ['tool:crm/delete*', 'prompt:files/*'],
  });

  test.each([
    ['tool', 'crm', 'get', true],
    ['tool', 'crm', 'delete_all', false],
    ['resource', 'crm', 'delete_all', true],
    ['tool', 'files', 'read_file', true],
    ['tool', 'files', 'write', false],
    ['prompt', 'files', 'x', false],
    ['prompt', 'other', 'x', true],
    ['prompt', 'other', 'y', false],
  ] as const)('%s:%s/%s: %s', (kind, upstream, name, expected) => {
    expect(scope.includes({ kind, upstream, name })).toBe(expected);
  });

  test.each([
    ['crm', undefined, true],
    ['files', undefined, true],
    ['files', 'tool', true],
    ['files', 'prompt', false],
    ['files', 'resource', false],
    ['other', 'prompt', true],
    ['other', 'tool', false],
  ] as const)('anything of %s (%s): %s', (upstream, kind, expected) => {
    expect(scope.covers(upstream, kind)).toBe(expected);
  });
});
