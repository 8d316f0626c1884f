import { expect, test } from 'vitest';
import type { ArgumentPlan } from '../model.ts';
import { takeFiles } from './take-files.ts';

const deps = {
  maxBytes: 10,
  signal: new AbortController().signal,
  kept: () => Promise.resolve(undefined),
  fetchFile: undefined,
};
const plan = (name: string, more: Partial<ArgumentPlan>): ArgumentPlan => ({
  name,
  wire: name,
  location: 'variable',
  isRequired: false,
  role: 'value',
  ...more,
});
const PLANS = [
  plan('one', { role: 'file' }),
  plan('many', { files: ['/*', '/*/image'] }),
  plan('input', { files: ['/image', '/parts/*/image'] }),
  plan('other', {}),
];
const file = (text: string) => ({ text, filename: `${text}.txt` });

test('files are found wherever they are given, with null in their places', async () => {
  const values = {
    one: file('a'),
    input: { image: file('b'), parts: [{ image: file('c') }, { image: null }, { name: 'x' }] },
    other: file('d'),
  };
  const taken = await takeFiles(PLANS, values, deps);
  if (taken.kind === 'fault') throw new Error(taken.text);
  expect(taken.values).toEqual({
    input: { image: null, parts: [{ image: null }, { image: null }, { name: 'x' }] },
    other: file('d'),
  });
  expect([...taken.files].map(([key, { filename }]) => [key, filename])).toEqual([
    ['one', 'a.txt'],
    ['input/image', 'b.txt'],
    ['input/parts/0/image', 'c.txt'],
  ]);
});

test.each([
  [{ many: [file('x'), 5] }, 'many[1] is no file'],
  [{ many: [file('ten bytes!'), file('ten bytes!'), file('x')] }, 'many[2] has about 1 bytes'],
  [{ input: { parts: [{ image: { uri: 'x' } }] } }, 'input.parts[0].image has an address'],
])('%j is refused by the place', async (values, text) => {
  const taken = await takeFiles(PLANS, values, deps);
  expect(taken.kind === 'fault' ? taken.text : '').toContain(text);
});

test('a value of another shape is left to whoever checks it', async () => {
  const values = { many: 'x', input: [1], other: null };
  expect(await takeFiles(PLANS, values, deps)).toMatchObject({ kind: 'taken', values });
});
