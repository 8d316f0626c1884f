import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { addUpstream, escapePlaceholders, replaceFile } from './index.ts';
import { expand } from './expand.ts';

const entry = { mcp: { command: 'npx', args: ['-y', 'a: b', './data'] } };

function added(text: string): string {
  const result = addUpstream(text, 'new', entry);
  if (!result.ok) throw new Error(result.why);
  return result.text;
}

const block =
  '  new:\n    mcp:\n      command: npx\n      args:\n        - -y\n        - "a: b"\n        - ./data\n';

describe('adding an upstream', () => {
  test.each<[name: string, before: string, after: string]>([
    ['a new file', '', `upstreams:\n${block}`],
    ['only a comment', '# mine\n', `# mine\nupstreams:\n${block}`],
    [
      'no section yet',
      'server:   { listen: h }  # x\n',
      `server:   { listen: h }  # x\n\nupstreams:\n${block}`,
    ],
    ['no newline at the end', 'server: {}', `server: {}\n\nupstreams:\n${block}`],
    [
      'an empty section',
      'upstreams: # none\nserver: {}\n',
      `upstreams: # none\n${block}server: {}\n`,
    ],
    [
      'a section in the middle, with comments and odd spacing',
      '# head\nupstreams:\n  a:   { mcp:   "http://h" } # why\n\n  # about b\n  b: { mcp: http://i }   # why\n\n# policy\npolicy:  {}\n',
      `# head\nupstreams:\n  a:   { mcp:   "http://h" } # why\n\n  # about b\n  b: { mcp: http://i }   # why\n${block}\n# policy\npolicy:  {}\n`,
    ],
    [
      'another indentation',
      'upstreams:\n    a:\n        mcp: http://h\nserver: {}\n',
      `upstreams:\n    a:\n        mcp: http://h\n${block.replaceAll('  ', '    ')}server: {}\n`,
    ],
    [
      'a block scalar at the end',
      'upstreams:\n  a:\n    mcp: |\n      text\n',
      `upstreams:\n  a:\n    mcp: |\n      text\n${block}`,
    ],
    [
      'an entry without a value',
      'upstreams:\n  a:\nserver: {}\n',
      `upstreams:\n  a:\n${block}server: {}\n`,
    ],
    [
      'lines that end as on Windows',
      'upstreams:\r\n  a: { mcp: http://h }\r\n',
      `upstreams:\r\n  a: { mcp: http://h }\r\n${block.replaceAll('\n', '\r\n')}`,
    ],
  ])('%s', (_name, before, after) => {
    expect(added(before)).toBe(after);
  });

  test('a section in braces is written anew and keeps the rest', () => {
    const text = added('# head\nupstreams: { a: { mcp: http://h } } # tail\nserver: {} # kept\n');
    expect(text).toContain('# head');
    expect(text).toContain('server: {} # kept');
    expect(parse(text)).toEqual({ upstreams: { a: { mcp: 'http://h' }, new: entry }, server: {} });
  });

  test.each([
    ['a taken id', 'upstreams: { new: 1 }\n', 'already'],
    ['a broken file', 'upstreams: [\n', 'has errors'],
    ['a list', '- a\n', 'does not begin with keys'],
    ['a section of another kind', 'upstreams: 5\n', 'cannot be added to'],
  ])('%s is refused', (_name, text, why) => {
    const result = addUpstream(text, 'new', entry);
    expect(result).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  });

  test('any text survives being escaped and expanded', () => {
    const sources = {
      variable: () => undefined,
      secret: () => ({ why: 'no' }),
      file: () => ({ why: 'none' }),
    };
    const text = fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ':') });
    fc.assert(
      fc.property(text, (raw) => {
        expect(expand(escapePlaceholders(raw), sources)).toMatchObject({ ok: true, text: raw });
      }),
    );
  });
});

describe('replacing a file', () => {
  test('keeps the mode and the link, leaves nothing behind', () => {
    const directory = mkdtempSync(join(tmpdir(), 'drawbridge-'));
    const target = join(directory, 'real.yaml');
    const link = join(directory, 'drawbridge.yaml');
    writeFileSync(target, 'old');
    chmodSync(target, 0o640);
    symlinkSync('real.yaml', link);
    replaceFile(link, 'new');
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(readdirSync(directory).toSorted()).toEqual(['drawbridge.yaml', 'real.yaml']);
  });

  test('a new file is for its owner only', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'drawbridge-')), 'drawbridge.yaml');
    replaceFile(file, 'text');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
