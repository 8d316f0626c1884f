/** Secrets of the vault in a configuration. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { escapePlaceholders, loadConfig } from './index.ts';

const schema = z.strictObject({ a: z.string(), n: z.number().optional() });

function load(text: string, secrets: Record<string, string> = {}) {
  return loadConfig({
    file: '/drawbridge.yaml',
    schema,
    env: { NAME: 'secret:crm' },
    readFile: () => Buffer.from(text),
    secret: (name) =>
      Object.hasOwn(secrets, name) ? { text: secrets[name] ?? '' } : { why: 'it is not there' },
  });
}

test.each([
  ['a: secret:crm', 'top'],
  ['a: "secret:crm"', 'top'],
  ['a: Token ${secret:crm}!', 'Token top!'],
  ['a: "${secret: crm}"', 'top'],
  ['a: secret::crm', 'secret:crm'],
  ['a: "secret::${NAME} and $$"', 'secret:secret:crm and $'],
  ['a: ${NAME}', 'secret:crm'],
  ['a: my secret:crm', 'my secret:crm'],
  ['a: x\nn: secret:count', 'x'],
])('%j means %j', (text, a) => {
  const loaded = load(text, { crm: 'top', count: '7' });
  expect(loaded).toMatchObject({ ok: true, value: { a } });
});

test('what stands in a secret is not expanded again', () => {
  const loaded = load('a: secret:crm', { crm: '${NAME} secret:x $$' });
  expect(loaded).toMatchObject({ ok: true, value: { a: '${NAME} secret:x $$' } });
});

test.each([
  ['a: secret:crm', 1, 4, 'the secret "crm" cannot be had: it is not there'],
  ['n: 1\na:    Token ${secret:crm}', 2, 7, 'the secret "crm" cannot be had: it is not there'],
  ['a: "secret:my crm"', 1, 4, 'this names no secret of the vault'],
  ['a: "secret:"', 1, 4, 'this names no secret of the vault'],
  ['a: "${secret:../x}"', 1, 4, 'this names no secret of the vault'],
])('%j is an error with its place', (text, line, column, message) => {
  const loaded = load(text);
  expect(loaded.ok ? [] : loaded.problems).toContainEqual(
    expect.objectContaining({ line, column, message }),
  );
});

test('without a vault no secret can be had', () => {
  const readFile = () => Buffer.from('a: secret:crm');
  const loaded = loadConfig({ file: '/x.yaml', schema, env: {}, readFile });
  expect(loaded).toMatchObject({ ok: false });
});

test('messages show the name and not the text', () => {
  const loaded = load('a: x\nn: secret:crm', { crm: 'not-a-number-5' });
  expect(JSON.stringify(loaded)).not.toContain('not-a-number-5');
});

test.each(['secret:crm', 'secret::crm', 'secret:${x}', 'a secret:b'])(
  '%j can be written so that it means itself',
  (text) => {
    const loaded = load(JSON.stringify({ a: escapePlaceholders(text) }));
    expect(loaded).toMatchObject({ ok: true, value: { a: text } });
  },
);
