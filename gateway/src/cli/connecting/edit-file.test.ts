import { describe, expect, test } from 'vitest';
import { CLAUDE_CODE, CODEX, OPENCODE } from '../clients/layouts.ts';
import { diffLines } from './diff.ts';
import { editFile } from './edit-file.ts';

const ENTRY = { command: 'd', args: ['stdio'] };
const LINES = ['{', '  "command": "d",', '  "args": [', '    "stdio"', '  ]', '}'];

/** The entry's lines at an indentation, after the first. */
function entry(indent: string, step = '  ', eol = '\n'): string {
  return LINES.map((line) => line.replaceAll('  ', step)).join(eol + indent);
}

describe('JSON', () => {
  const server = (rest: string) =>
    `{\n  "mcpServers": {\n    "a": { "command": "x" }${rest}\n  }\n}\n`;

  test.each<[what: string, before: string, after: string]>([
    ['an empty file', '', `{\n  "mcpServers": {\n    "drawbridge": ${entry('    ')}\n  }\n}\n`],
    ['an empty object', '{}', `{\n  "mcpServers": {\n    "drawbridge": ${entry('    ')}\n  }\n}`],
    ['after the last one', server(''), server(`,\n    "drawbridge": ${entry('    ')}`)],
    ['after a trailing comma', server(','), server(`,\n    "drawbridge": ${entry('    ')},`)],
    [
      'after a comment',
      server(' // mine'),
      server(`, // mine\n    "drawbridge": ${entry('    ')}`),
    ],
    [
      'beside other settings',
      '{\n  "theme": "dark" /* so */\n}',
      `{\n  "theme": "dark", /* so */\n  "mcpServers": {\n    "drawbridge": ${entry('    ')}\n  }\n}`,
    ],
    [
      'in one line',
      '{"mcpServers":{"a":{"command":"x"}}}',
      '{"mcpServers":{"a":{"command":"x"}, "drawbridge": {"command":"d","args":["stdio"]}}}',
    ],
    [
      'with tabs and carriage returns',
      '\ufeff{\r\n\t"mcpServers": {}\r\n}\r\n',
      `\ufeff{\r\n\t"mcpServers": {\r\n\t\t"drawbridge": ${entry('\t\t', '\t', '\r\n')}\r\n\t}\r\n}\r\n`,
    ],
    [
      'in place of another',
      server(',\n    "drawbridge": {}'),
      server(`,\n    "drawbridge": ${entry('    ')}`),
    ],
  ])('%s', (_what, before, after) => {
    expect(editFile(before, CLAUDE_CODE, 'drawbridge', ENTRY)).toBe(after);
  });

  test('taken out again, the rest stays', () => {
    const before = '{\n  // all\n  "mcpServers": { "a": { "command": "x" } } // end\n}\n';
    const after = editFile(before, CLAUDE_CODE, 'drawbridge', ENTRY) ?? '';
    expect(editFile(after, CLAUDE_CODE, 'drawbridge', undefined)).toBe(before);
  });

  test.each([
    ['broken', '{ "mcpServers": '],
    ['something else at the place', '{ "mcpServers": [] }'],
    ['one key twice', '{ "mcpServers": {"drawbridge":{"x":1}}, "mcpServers": {} }'],
  ])('%s is left alone', (_what, text) => {
    expect(editFile(text, CLAUDE_CODE, 'drawbridge', ENTRY)).toBeUndefined();
  });

  test('another layout', () => {
    const text = editFile('{ "mcp": {} }', OPENCODE, 'drawbridge', {
      type: 'local',
      command: ['d'],
    });
    expect(JSON.parse(text ?? '')).toEqual({
      mcp: { drawbridge: { type: 'local', command: ['d'] } },
    });
  });
});

describe('TOML', () => {
  const block = '[mcp_servers.drawbridge]\ncommand = "d"\nargs = [ "stdio" ]\n';
  const before = '# mine\nmodel = "m"\n\n[mcp_servers.a] # first\ncommand = "x"\n';

  test('at the end, and out again', () => {
    expect(editFile(before, CODEX, 'drawbridge', ENTRY)).toBe(`${before}\n${block}`);
    expect(editFile(`${before}\n${block}`, CODEX, 'drawbridge', undefined)).toBe(before);
    expect(editFile('', CODEX, 'drawbridge', ENTRY)).toBe(block);
  });

  test('in place of another, with the tables below it', () => {
    const old = `${before}\n[mcp_servers.drawbridge]\nurl = "u"\n[mcp_servers.drawbridge.tools.x]\ny = 1\n[other]\nz = 2\n`;
    expect(editFile(old, CODEX, 'drawbridge', ENTRY)).toBe(`${before}[other]\nz = 2\n\n${block}`);
  });

  test.each([
    ['an inline table', 'mcp_servers = { a = { command = "x" } }\n'],
    ['a dotted key', 'mcp_servers.drawbridge.command = "x"\n'],
    ['broken', '[mcp_servers'],
  ])('%s is left alone', (_what, text) => {
    expect(editFile(text, CODEX, 'drawbridge', ENTRY)).toBeUndefined();
  });
});

describe('a preview shows what comes, and of the rest only brackets', () => {
  const change = (without: string) => ({
    without,
    with: editFile(without, CLAUDE_CODE, 'drawbridge', ENTRY) ?? '',
    name: 'drawbridge',
    entry: ENTRY,
    keys: ['mcpServers'],
  });

  test.each([
    '{\n  "mcpServers": {\n    "a": { "env": { "K": "secret" } }\n  }\n}\n',
    '{\n  "mcpServers": {\n    "a": { "env": { "K": "secret" } } // last\n  }\n}\n',
  ])('%j', (without) => {
    const lines = diffLines(change(without), false);
    expect(lines.join('\n')).not.toContain('secret');
    expect(lines.slice(0, 5)).toEqual([
      '@@ line 3 @@',
      '- (a line of the file)',
      '+ (a line of the file)',
      '+     "drawbridge": {',
      '+       "command": "d",',
    ]);
    expect(diffLines(change(without), true)[3]).toBe('-     "drawbridge": {');
  });

  test('in a file of one line', () => {
    expect(diffLines(change('{"mcpServers":{"a":{"env":{"K":"secret"}}}}'), false)).toEqual([
      '@@ line 1 @@',
      '- (a line of the file)',
      '+ (a line of the file)',
      '+ "drawbridge": {"command":"d","args":["stdio"]}',
    ]);
  });

  test('in TOML', () => {
    const without = 'key = "secret"';
    const after = editFile(without, CODEX, 'drawbridge', ENTRY) ?? '';
    const lines = diffLines(
      { without, with: after, name: 'drawbridge', entry: ENTRY, keys: CODEX.keys },
      false,
    );
    expect(lines).toContain('+ args = [ "stdio" ]');
    expect(lines.join()).not.toContain('secret');
  });
});
