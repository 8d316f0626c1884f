import { expect, test } from 'vitest';
import { principalOf } from '../kernel/index.ts';
import { WatchedResources } from './watched-resources.ts';

const ada = principalOf({ id: 'ada', kind: 'user', verifiedBy: 'token' });
/** The same person with another token. */
const again = principalOf({ id: 'ada', kind: 'user', verifiedBy: 'token' });

test('the first who wants a resource and the last who leaves it are told apart from others', () => {
  const watched = new WatchedResources();
  expect(watched.add('a://1', ada)).toBe(true);
  expect(watched.add('a://1', again)).toBe(false);
  expect(watched.add('a://1', ada)).toBe(false);
  expect(watched.all()).toEqual([
    { uri: 'a://1', principal: ada },
    { uri: 'a://1', principal: again },
  ]);
  expect(watched.remove('a://2', ada)).toBe(false);
  expect(watched.remove('a://1', ada)).toBe(false);
  expect(watched.remove('a://1', ada)).toBe(false);
  expect(watched.remove('a://1', again)).toBe(true);
  expect(watched.remove('a://1', again)).toBe(false);
  expect(watched.all()).toEqual([]);
});
