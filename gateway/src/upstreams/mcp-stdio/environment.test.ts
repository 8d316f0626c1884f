import { expect, test } from 'vitest';
import { childEnvironment } from './environment.ts';

const OWN = {
  PATH: '/usr/bin',
  HOME: '/home/ada',
  LANG: 'C.UTF-8',
  LC_TIME: 'de_DE.UTF-8',
  TERM: '() { :; }; echo no',
  AWS_SECRET_ACCESS_KEY: 'canary',
  NODE_OPTIONS: '--require ./evil.js',
  LD_PRELOAD: '/tmp/evil.so',
  PROXY: 'http://proxy',
  UNSET: undefined,
};

test.each([
  ['harmless names only', {}, [], { PATH: '/usr/bin', HOME: '/home/ada' }],
  ['names the operator passes on', {}, ['PROXY', 'UNSET'], { PROXY: 'http://proxy' }],
  ['configured values win', { PATH: '/opt/bin', A: '1' }, ['PATH'], { PATH: '/opt/bin', A: '1' }],
  ['a name that is special in JavaScript', { ['__proto__']: 'x' }, [], { ['__proto__']: 'x' }],
])('%s', (_name, env, inheritEnv, expected) => {
  const always = {
    PATH: '/usr/bin',
    HOME: '/home/ada',
    LANG: 'C.UTF-8',
    LC_TIME: 'de_DE.UTF-8',
  };
  const result = childEnvironment({ env, inheritEnv }, OWN, 'linux');
  expect(new Map(Object.entries(result))).toEqual(
    new Map([...Object.entries(always), ...Object.entries(expected)]),
  );
});

test('names on Windows have no case', () => {
  const own = { Path: 'C:\\bin', SystemRoot: 'C:\\Windows', Secret: 'canary' };
  expect(childEnvironment({ env: {}, inheritEnv: [] }, own, 'win32')).toEqual({
    Path: 'C:\\bin',
    SystemRoot: 'C:\\Windows',
  });
  expect(childEnvironment({ env: { PATH: 'D:\\' }, inheritEnv: ['SECRET'] }, own, 'win32')).toEqual(
    { SystemRoot: 'C:\\Windows', Secret: 'canary', PATH: 'D:\\' },
  );
});
