import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig, readBounded, type Finding } from './index.ts';

const mcp = z.union([
  z.url({ error: 'must be an address such as https://host/mcp' }),
  z.strictObject({
    command: z.string(),
    args: z.array(z.string()).optional(),
    env: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ url: z.url(), headers: z.record(z.string(), z.string()).optional() }),
]);

const schema = z.strictObject({
  server: z
    .strictObject({ listen: z.string().default('127.0.0.1:8080'), stateDir: z.string().optional() })
    .prefault({}),
  upstreams: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'use small letters, digits and dashes'),
      z.strictObject({
        mcp,
        timeoutMs: z.number().int().min(1).optional(),
        shared: z.boolean().optional(),
      }),
    )
    .default({}),
  endpoints: z
    .record(z.string(), z.strictObject({ mode: z.enum(['full', 'compact']).optional() }))
    .optional(),
});

type Config = z.infer<typeof schema>;

function load(text: string, options: { check?: (config: Config) => Finding[] } = {}) {
  return loadConfig({
    file: '/etc/drawbridge/drawbridge.yaml',
    schema,
    env: { TOKEN: 'hunter2hunter2', MS: '250', YES: 'true', EMPTY: '', MODE: 'fulll' },
    readFile: (path, maxBytes) => {
      if (path.endsWith('drawbridge.yaml')) return Buffer.from(text);
      if (path === '/etc/drawbridge/secret') return Buffer.from('s3cret\n');
      return readBounded(path, maxBytes);
    },
    ...options,
  });
}

function value(text: string): Config {
  const loaded = load(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.value;
}

function problems(text: string): string[] {
  const loaded = load(text);
  if (loaded.ok) return [];
  return loaded.problems.map(
    ({ line, column, path, message, hint }) =>
      `${line}:${column} ${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

const unset = 'set NOPE where the gateway is started, or write $${NOPE} to mean the text itself';

describe('what is wrong, and where', () => {
  test.each<[name: string, text: string, expected: string[]]>([
    [
      'an unknown top-level key',
      'sever: {}\n',
      ['1:1 sever: unknown key "sever" (did you mean "server"?)'],
    ],
    [
      'an unknown key that is near to none',
      'zzzzzzzz: 1\n',
      ['1:1 zzzzzzzz: unknown key "zzzzzzzz" (known keys here: server, upstreams, endpoints)'],
    ],
    [
      'an unknown key in an alternative',
      'upstreams:\n  a:\n    mcp:\n      comand: npx\n',
      [
        '3:5 upstreams.a.mcp.command: "command" is missing here',
        '4:7 upstreams.a.mcp.comand: unknown key "comand" (did you mean "command"?)',
      ],
    ],
    [
      'a key of the other alternative',
      'upstreams:\n  a: { mcp: { command: x, url: "http://h" } }\n',
      ['2:27 upstreams.a.mcp.url: "url" does not go together with the other keys here'],
    ],
    [
      'a wrong type deep inside',
      'upstreams:\n  a:\n    mcp: { command: npx, args: [ok, 3] }\n',
      [
        '3:37 upstreams.a.mcp.args[1]: must be text, but is a whole number (put it in quotes to mean text)',
      ],
    ],
    [
      'no alternative at all',
      'upstreams:\n  a:\n    mcp: [x]\n',
      ['3:10 upstreams.a.mcp: must be text or a section with keys, but is a list'],
    ],
    [
      'a bad text where text is meant',
      'upstreams:\n  a: { mcp: nonsense }\n',
      ['2:13 upstreams.a.mcp: must be an address such as https://host/mcp'],
    ],
    [
      'a missing key',
      'upstreams:\n  a:\n    timeoutMs: 1\n',
      ['2:3 upstreams.a.mcp: "mcp" is missing here'],
    ],
    [
      'a bound',
      'upstreams:\n  a: { mcp: "http://h", timeoutMs: 0 }\n',
      ['2:36 upstreams.a.timeoutMs: must be at least 1'],
    ],
    [
      'a name that cannot be one',
      'upstreams:\n  Big: { mcp: "http://h" }\n',
      ['2:3 upstreams.Big: "Big" cannot be a name here: use small letters, digits and dashes'],
    ],
    [
      'a word that is not on the list',
      'endpoints: { e: { mode: compcat } }\n',
      ['1:25 endpoints.e.mode: must be one of "full", "compact" (did you mean "compact"?)'],
    ],
    [
      'several things at once',
      'server: { listen: 1 }\nsever: 1\nendpoints: { e: { mdoe: full } }\n',
      [
        '1:19 server.listen: must be text, but is a whole number (put it in quotes to mean text)',
        '2:1 sever: unknown key "sever" (did you mean "server"?)',
        '3:19 endpoints.e.mdoe: unknown key "mdoe" (did you mean "mode"?)',
      ],
    ],
    [
      'a duplicate key',
      'server: {}\nserver: {}\n',
      ['2:1 : this key stands here twice (remove one of the two, or merge their contents)'],
    ],
    [
      'a duplicate upstream',
      'upstreams:\n  a: { mcp: "http://h" }\n  a: { mcp: "http://i" }\n',
      ['3:3 : this key stands here twice (remove one of the two, or merge their contents)'],
    ],
    ['a tab', 'upstreams:\n\ta: 1\n', ['2:1 : a tab is used for indentation (indent with spaces)']],
    [
      'a custom tag',
      'server: !include other.yaml\n',
      ['1:9 : tags like !this are not allowed here (remove the tag)'],
    ],
    [
      'two documents',
      'server: {}\n---\nserver: {}\n',
      ['2:1 : the file holds several YAML documents (keep one, without a line of three dashes)'],
    ],
    [
      'a merge key',
      'x-a: &a { listen: h }\nserver:\n  <<: *a\n',
      [
        '3:3 server: merge keys (<<) are not supported (write the keys out, or use an alias as a whole value)',
      ],
    ],
    ['a list at the top', '- a\n', ['1:1 : must be a section with keys, but is a list']],
    [
      'an unset variable, and what else is wrong',
      'server:\n  listen: "${NOPE}"\nsever: 1\n',
      [
        `2:11 server.listen: the environment variable NOPE is not set (${unset})`,
        '3:1 sever: unknown key "sever" (did you mean "server"?)',
      ],
    ],
    [
      'a file that is not there',
      'server: { listen: "${file:nowhere}" }\n',
      [
        '1:19 server.listen: the file "nowhere" cannot be read: it does not exist (paths are relative to the configuration file)',
      ],
    ],
    [
      'an open placeholder',
      'server: { listen: "${TOKEN" }\n',
      ['1:19 server.listen: "${" has no closing "}" (write $${ for a literal ${)'],
    ],
    [
      'a default, which does not exist',
      'server: { listen: "${A:-b}" }\n',
      [
        '1:19 server.listen: ${A:-b} is no placeholder (write ${NAME} for an environment variable, ${file:path} for the text of a file, ${secret:name} for a secret, $${ for a literal ${)',
      ],
    ],
    [
      'an alias in a circle',
      'server: &a\n  listen: *a\n',
      [
        '2:11 server.listen.listen.listen: the file is nested more than 64 levels deep (aliases count each time)',
      ],
    ],
    [
      'an empty variable where a word is needed',
      'endpoints: { e: { mode: "${EMPTY}" } }\n',
      ['1:25 endpoints.e.mode: must be one of "full", "compact"'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('a billion laughs stop early', () => {
    const rows = ['x-0: &a0 [l, l, l, l, l, l, l, l, l, l]'];
    for (let level = 1; level < 12; level += 1) {
      rows.push(`x-${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`);
    }
    expect(problems(rows.join('\n'))).toEqual([
      expect.stringContaining('the file holds more than 50000 values (aliases count each time)'),
    ]);
  });

  test('a file of a hundred thousand brackets is a problem, not a crash', () => {
    expect(problems('['.repeat(100_000))[0]).toMatch(/^1:/);
  });

  test('bytes that are no text', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'drawbridge-')), 'drawbridge.yaml');
    writeFileSync(file, Buffer.from([0x61, 0xff, 0xfe]));
    const loaded = loadConfig({ file, schema, env: {}, readFile: readBounded });
    expect(loaded).toMatchObject({
      ok: false,
      problems: [
        { file, line: 1, message: 'the configuration cannot be read: it is not UTF-8 text' },
      ],
    });
  });

  test('a file over the bound, a directory, and none', () => {
    const directory = mkdtempSync(join(tmpdir(), 'drawbridge-'));
    const big = join(directory, 'big.yaml');
    writeFileSync(big, Buffer.alloc(1_048_577, 0x20));
    const why = (file: string) => {
      const loaded = loadConfig({ file, schema, env: {}, readFile: readBounded });
      return loaded.ok ? '' : loaded.problems[0]?.message;
    };
    expect(why(big)).toContain('it is larger than 1048576 bytes');
    expect(why(directory)).toContain('it is no regular file');
    expect(why(join(directory, 'none.yaml'))).toContain('it does not exist');
  });

  test('what a placeholder was filled with never stands in a problem', () => {
    const check = (config: Config) => [
      { path: ['server', 'listen'], message: `bad address ${config.server.listen}` },
    ];
    const loaded = load('server: { listen: "${TOKEN}" }\n', { check });
    expect(loaded).toMatchObject({
      problems: [{ message: 'bad address ${TOKEN}', line: 1, column: 19 }],
    });
  });
});

describe('what comes out', () => {
  test('an empty file is an empty configuration', () => {
    expect(value('')).toEqual({ server: { listen: '127.0.0.1:8080' }, upstreams: {} });
    expect(value('# only words\n').upstreams).toEqual({});
  });

  test('placeholders are expanded in values, once, and only there', () => {
    const { upstreams } = value(
      [
        'upstreams:',
        '  a:',
        '    mcp:',
        '      command: "a${TOKEN}b"',
        '      args: ["$${TOKEN}", "$5", "${file:secret}", "$$", "${EMPTY}"]',
        '      env: { "${TOKEN}": x }',
      ].join('\n'),
    );
    expect(upstreams['a']?.mcp).toEqual({
      command: 'ahunter2hunter2b',
      args: ['${TOKEN}', '$5', 's3cret', '$', ''],
      env: { '${TOKEN}': 'x' },
    });
  });

  test('a placeholder may stand for a number or a truth value', () => {
    const { upstreams } = value(
      'upstreams: { a: { mcp: "http://h", timeoutMs: "${MS}", shared: "${YES}" } }',
    );
    expect(upstreams['a']).toMatchObject({ timeoutMs: 250, shared: true });
    expect(problems('upstreams: { a: { mcp: "http://h", timeoutMs: "250" } }')).toHaveLength(1);
  });

  test('x- keys are allowed in every section and dropped, but not out of free tables', () => {
    const { upstreams } = value(
      [
        'x-common: &common { url: "http://h", headers: { x-api-key: k }, x-note: 1 }',
        'server: { x-owner: me }',
        'upstreams:',
        '  a: { x-team: core, mcp: *common }',
      ].join('\n'),
    );
    expect(upstreams['a']).toEqual({ mcp: { url: 'http://h', headers: { 'x-api-key': 'k' } } });
  });

  test('problems behind an alias are shown at the alias', () => {
    expect(problems('x-a: &a { url: 5 }\nupstreams: { a: { mcp: *a } }\n')).toEqual([
      '1:16 upstreams.a.mcp.url: must be text, but is a whole number (put it in quotes to mean text)',
    ]);
  });

  test('warnings come with their place and do not refuse', () => {
    const check = (): Finding[] => [
      { path: ['upstreams', 'a'], message: 'odd', severity: 'warning', atKey: true },
    ];
    const loaded = load('upstreams:\n  a: { mcp: "http://h" }\n', { check });
    expect(loaded).toMatchObject({
      ok: true,
      directory: '/etc/drawbridge',
      warnings: [{ line: 2, column: 3, message: 'odd' }],
    });
  });
});
