import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, REDACTED } from './redaction.ts';

const SECRET = 'h4nter2-Zq';
const HEX = '9f86d081884c7d659a2feaa0c55ad015';
const PEM = `-----BEGIN RSA PRIVATE KEY-----\nMIIE${SECRET}\nabc=\n-----END RSA PRIVATE KEY-----`;

describe('shapes that hide their value', () => {
  test.each([
    `Authorization: Bearer ${SECRET}`,
    `authorization: Basic ${SECRET} more`,
    `"Authorization":"Token ${SECRET}"`,
    `bearer ${SECRET}`,
    `key=${SECRET}`,
    `token: ${SECRET}`,
    `password = ${SECRET}`,
    `GITHUB_TOKEN=${SECRET}`,
    `{"apiKey":"${SECRET}","a":1}`,
    `{"api_key": "x\\"${SECRET}"}`,
    `"{\\"client_secret\\":\\"${SECRET}\\"}"`,
    `{ accessToken: '${SECRET}' }`,
    `password => "two words ${SECRET}"`,
    `--api-key ${SECRET}`,
    `--token ${SECRET}`,
    `the token ${HEX}${SECRET}`,
    `Cookie: a=b; sid=${SECRET}`,
    `postgres://ada:${SECRET}@db/x`,
    `sk-ant-api03-${SECRET}${SECRET}`,
    `ghp_${HEX}${SECRET}`,
    `jwt eyJhbGciOiJIUzI1NiJ9.e30.${SECRET}`,
    `token=\u001b[32m${SECRET}\u001b[0m`,
    `pass\u0000word=${SECRET}`,
    PEM,
    PEM.replaceAll('\n', '\\n'),
    PEM.slice(0, 60),
  ])('%j', (text) => {
    const redacted = createRedactor([])(`before ${text}\nafter`);
    expect(redacted).not.toContain(SECRET.slice(0, 7));
    expect(redacted).toContain(REDACTED);
    expect(redacted).toMatch(/^before /);
    expect(redacted).toMatch(/after$/);
  });
});

describe('text that stays', () => {
  test.each([
    'Error: connect ECONNREFUSED 127.0.0.1:5432',
    'max_tokens: 512, keyboard: us, monkeys: 3',
    'the key was not found',
    'https://example.com:8080/path?q=1',
    'listening on http://localhost:3000/mcp',
    'at Object.<anonymous> (/srv/app/index.js:1:7)',
    'two\nlines\twith a tab and ünïcödé 🎉',
  ])('%j', (text) => {
    expect(createRedactor([])(text)).toBe(text);
  });
});

describe('given values', () => {
  test.each([
    ['as it is', ['pa$$ w.rd'], 'login pa$$ w.rd failed'],
    ['inside a word', [SECRET], `x${SECRET}y`],
    ['escaped in JSON', ['a"b\\c-long'], JSON.stringify({ v: 'a"b\\c-long' })],
    ['escaped in a URL', ['a b/c?d'], `GET /?v=${encodeURIComponent('a b/c?d')}`],
    ['one inside the other', ['abcd', 'abcd1234'], 'abcd1234'],
    ['overlapping', ['abcd1234', '1234wxyz'], 'abcd1234wxyz'],
    ['coloured in the middle', ['abcd1234'], 'abcd\u001b[1m1234'],
    ['a line of several', ['first line of a key\nsecond line of a key'], 'x second line of a key'],
    ['an unpaired surrogate', ['abc\ud800def'], 'abc\ud800def'],
  ])('%s', (_name, secrets, text) => {
    const redacted = createRedactor(secrets)(text);
    expect(redacted).toContain(REDACTED);
    for (const word of ['pa$$', 'hunter', 'b\\\\c', 'b%2Fc', '1234', 'wxyz', 'second line', 'def'])
      expect(redacted).not.toContain(word);
  });

  test('ones too short to tell from text are left', () => {
    expect(createRedactor(['a', '', 'tru'])('a true story')).toBe('a true story');
  });

  test('never come out, whatever stands around them', () => {
    const around = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(around, around, fc.nat(3), (before, after, times) => {
        const text = before + `${SECRET}${after}`.repeat(times);
        expect(createRedactor([SECRET])(text)).not.toContain(SECRET);
      }),
    );
  });
});

describe('hostile text takes time in proportion to its length', () => {
  test.each([
    'token=',
    'token ',
    'token="',
    '--token ',
    '"token":"\\',
    '://a:',
    'a:b@',
    '-----BEGIN A-----',
    '-----BEGIN A-----\n-----END ',
    '\u001b[0;',
    'Bearer ',
    'sk-',
    'authorization:',
    'key\\\\\\\\"',
    'aaaa',
  ])('%j', (piece) => {
    const redact = createRedactor(['baaaaaaa', 'aaaaaaab']);
    // Quadratic time on 1 MB would outlast the test's limit many times over.
    expect(redact(piece.repeat(1_000_000 / piece.length))).toBeTypeOf('string');
  });
});
